// Drives transfers: libcurl's multi handle and a flag that wakes it. One thread at a time, except raise().
#pragma once

#include "net/event_flag.hpp"

#include <curl/curl.h>

namespace xtap::net {

class Transfer;

class Pump {
public:
    Pump();
    ~Pump(); // REQUIRES: no transfer inside
    Pump(const Pump &) = delete;
    Pump &operator=(const Pump &) = delete;

    void add(Transfer &transfer);
    void remove(Transfer &transfer) noexcept;
    // Moves what can be moved now, without waiting. Listeners are called in here.
    void step();
    // Waits until a socket is ready, the flag is raised or the time is over.
    void wait(int timeout_ms);
    EventFlag &flag() noexcept { return flag_; }
    void abandon() noexcept { multi_ = nullptr; } // in a forked child

private:
    CURLM *multi_;
    EventFlag flag_;
};

} // namespace xtap::net
