// A connection as the relay uses it: reads and writes that wait, but end at once when the server stops.
// Knows nothing of HTTP or faults.
#pragma once

#include "transport.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace xtap::sim {

using SteadyTime = std::chrono::steady_clock::time_point;

enum class Goodbye : std::uint8_t { orderly, cut, reset };

inline constexpr const char *kSlowReader = "slow reader";

// Thrown to end a connection, from however deep: how it ends and what is told about it.
struct Ended {
    std::string how;
    Goodbye way = Goodbye::orderly;
};

class Link {
public:
    // `stop` and `wake` are descriptors that become readable: the server stops; something is to be looked at.
    Link(std::unique_ptr<Transport> transport, int stop, int wake);

    void handshake();
    // Ends it when the server stops. For whoever never has to wait.
    void heed_stop();
    // Waits for bytes; 0 when the peer has closed.
    std::size_t read(char *data, std::size_t size);
    // Writes it all. While it waits, `on_wake` is called when the wake descriptor becomes readable; it may
    // throw.
    void write(std::string_view data);
    void set_on_wake(std::function<void()> on_wake) { on_wake_ = std::move(on_wake); }

    // From now on, when the peer takes nothing for so long, write() calls `on_stuck`; and gives up when it
    // then takes nothing for as long again.
    void set_patience(std::chrono::milliseconds patience, std::function<void()> on_stuck);
    void set_send_buffer(int bytes);

    enum class Woke : std::uint8_t { timeout, wake };
    // Waits for time or a wake. What the peer sends meanwhile is thrown away; when it closes, Ended is
    // thrown.
    Woke wait_until(std::optional<SteadyTime> deadline);
    // Waits until the peer's kernel has everything, so that what follows cannot overtake it. Bounded.
    void drain();

    void leave(Goodbye way);

private:
    enum : unsigned { kReadable = 1, kWritable = 2, kWoken = 4, kTimeout = 8 };
    unsigned poll_for(short events, std::optional<SteadyTime> deadline, bool heed_wake);
    void discard_input();

    std::unique_ptr<Transport> transport_;
    int stop_, wake_;
    std::function<void()> on_wake_, on_stuck_;
    std::chrono::milliseconds patience_{0}; // 0: without end
    bool stuck_ = false;
};

} // namespace xtap::sim
