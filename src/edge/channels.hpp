// The connections that requests of a client share: each channel serves one exchange at a time and keeps its
// connections for the next.
#pragma once

#include "edge/easy.hpp"
#include "edge/pump.hpp"

#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

namespace xtap::edge {

struct Channel {
    Sockets sockets; // before the pump: it closes its connections through them
    Pump pump;
};

class Channels {
public:
    // More idle ones would only hold connections that the server closes.
    static constexpr std::size_t kMostIdle = 8;

    // The channel used last, whose connections are the likeliest to be alive; a new one when all are in use.
    std::unique_ptr<Channel> take();
    void give_back(std::unique_ptr<Channel> channel) noexcept;
    void close() noexcept;   // the idle ones
    void abandon() noexcept; // in a forked child: the connections are the parent's

private:
    std::mutex mutex_;
    std::vector<std::unique_ptr<Channel>> idle_;
};

} // namespace xtap::edge
