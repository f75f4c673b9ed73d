// Watches for what ends a command from outside: a signal, the --duration, a reader that left. Ends it from a
// thread of its own, because the main thread may be waiting for the network or for a slow reader.
#pragma once

#include "cli/base/output.hpp"
#include "cli/base/signals.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <optional>
#include <pthread.h>
#include <thread>

namespace xtap::cli {

enum class Ending {
    none,
    signal,      // finish: what is buffered is still delivered
    at_once,     // cancel: a second signal, or the first where there is nothing to finish
    duration,    // finish
    reader_left, // cancel: nobody is there to take it
};

// How to end what is watched. Called from the watching thread; they must not throw.
struct Endable {
    std::function<void()> finish; // may be empty: then a first signal already cancels
    std::function<void()> cancel;
};

class EndingWatch {
public:
    using Clock = std::chrono::steady_clock;

    // Must be made on the thread that writes to `output`; that thread is interrupted by a second signal.
    // `reader_may_leave`: a reader that leaves is an end, not something to write to until it is noticed.
    EndingWatch(Endable watched, const EndSignals &signals, Output &output,
                std::optional<std::chrono::milliseconds> duration, bool reader_may_leave = true);
    ~EndingWatch();
    EndingWatch(const EndingWatch &) = delete;
    EndingWatch &operator=(const EndingWatch &) = delete;

    Ending ending() const noexcept { return ending_.load(); }

private:
    void watch() noexcept;
    int wait_ms() const noexcept;
    void on_signal() noexcept;

    Endable watched_;
    const EndSignals &signals_;
    Output &output_;
    std::optional<Clock::time_point> deadline_;
    bool reader_may_leave_;
    pthread_t writer_;
    int stop_fd_;
    std::atomic<Ending> ending_ = Ending::none;
    std::thread thread_;
};

} // namespace xtap::cli
