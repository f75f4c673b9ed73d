// A flag that a poll can wait for and a signal handler may raise: an eventfd.
#pragma once

namespace xtap::edge {

class EventFlag {
public:
    EventFlag();
    ~EventFlag();
    EventFlag(const EventFlag &) = delete;
    EventFlag &operator=(const EventFlag &) = delete;

    void raise() noexcept; // async-signal-safe, any thread
    void lower() noexcept;
    // Waits until it is raised; false after `timeout_ms` (-1: no limit) or when a signal came.
    bool wait(int timeout_ms) const noexcept;
    int fd() const noexcept { return fd_; }

private:
    int fd_;
};

} // namespace xtap::edge
