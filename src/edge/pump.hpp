// Drives transfers: libcurl's multi handle and a flag that wakes it. One thread at a time, except raise().
#pragma once

#include "edge/event_flag.hpp"

#include <curl/curl.h>

namespace xtap::edge {

// What a pump moves: a libcurl handle, and who is told that it is over.
class Driven {
public:
    virtual CURL *handle() const noexcept = 0;
    virtual void done(CURLcode result) = 0;

protected:
    ~Driven() = default;
};

// Makes the handle lead back to its owner; before it is added to a pump.
void drive(Driven &driven);

class Pump {
public:
    Pump();
    ~Pump(); // REQUIRES: no transfer inside
    Pump(const Pump &) = delete;
    Pump &operator=(const Pump &) = delete;

    void add(Driven &driven);
    void remove(Driven &driven) noexcept;
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

} // namespace xtap::edge
