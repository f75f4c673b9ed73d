// The one thread of a client: drives all its streams with read-ahead. Named xtap-io, all signals blocked.
#pragma once

#include "edge/clock.hpp"
#include "edge/pump.hpp"

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

namespace xtap::edge {

class IoMember {
public:
    // Does all that is due; returns the monotonic time at which to call again at the latest. Must not throw.
    virtual std::int64_t service(Now now, Pump &pump) noexcept = 0;
    // The last call: takes its transfers out of the pump.
    virtual void leave(Pump &pump) noexcept = 0;

protected:
    ~IoMember() = default;
};

class IoThread {
public:
    IoThread();
    ~IoThread();
    IoThread(const IoThread &) = delete;
    IoThread &operator=(const IoThread &) = delete;

    void add(IoMember &member);
    // Returns when the thread does not know the member any more.
    void remove(IoMember &member) noexcept;
    void stop() noexcept; // and waits for its end; later calls do nothing
    EventFlag &flag() noexcept { return pump_.flag(); }

private:
    void run() noexcept;
    bool take_orders();

    Pump pump_;
    std::mutex mutex_;
    std::condition_variable done_;
    std::vector<IoMember *> arriving_, leaving_;
    std::vector<IoMember *> members_; // the thread's own, except after its end
    bool stop_ = false, stopped_ = false;
    std::thread thread_;
};

} // namespace xtap::edge
