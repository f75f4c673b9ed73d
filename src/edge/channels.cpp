// See channels.hpp.
#include "edge/channels.hpp"

#include <new>

namespace xtap::edge {

std::unique_ptr<Channel> Channels::take() {
    {
        const std::lock_guard lock(mutex_);
        if (!idle_.empty()) {
            std::unique_ptr<Channel> channel = std::move(idle_.back());
            idle_.pop_back();
            return channel;
        }
    }
    return std::make_unique<Channel>();
}

void Channels::give_back(std::unique_ptr<Channel> channel) noexcept {
    const std::lock_guard lock(mutex_);
    if (idle_.size() >= kMostIdle) return; // closed
    try {
        idle_.push_back(std::move(channel));
    } catch (const std::bad_alloc &) {
        // closed
    }
}

void Channels::close() noexcept {
    const std::lock_guard lock(mutex_);
    idle_.clear();
}

void Channels::abandon() noexcept {
    for (const std::unique_ptr<Channel> &channel : idle_) { // no lock: its owner may not be in this process
        channel->sockets.abandon();
        channel->pump.abandon();
    }
    idle_.clear();
}

} // namespace xtap::edge
