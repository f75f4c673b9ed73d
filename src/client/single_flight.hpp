// Something that one thread does at a time, and whose outcome serves the threads that come meanwhile.
// Knows nothing of tokens.
#pragma once

#include "api/failure.hpp"

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

namespace xtap::client {

class TokenEndpoint;

// All of it under one mutex of the owner's, which every `lock` holds.
class SingleFlight {
public:
    using Work = std::function<void()>;

    // Does `work`, without the lock, and throws what it throws; or, when another thread is at it, waits and
    // throws what that one threw. Returns false when that one gave up for reasons of its own (cancelled, out
    // of its time): whoever still needs the work asks again.
    bool run(std::unique_lock<std::mutex> &lock, const Work &work, TokenEndpoint &endpoint);

    // Does `work` itself, after whatever is under way.
    void run_alone(std::unique_lock<std::mutex> &lock, const Work &work, TokenEndpoint &endpoint);

    // With the lock held: all who wait ask their endpoints again.
    void wake() noexcept { landed_.notify_all(); }

private:
    struct Flight {
        std::thread::id runner;
        bool landed = false;
        bool given_up = true; // until the work has an outcome that others may share
        std::optional<Failure> failure;
    };
    class Landing;

    void start(std::unique_lock<std::mutex> &lock, const Work &work);
    std::shared_ptr<Flight> join(std::unique_lock<std::mutex> &lock, TokenEndpoint &endpoint);

    std::shared_ptr<Flight> flight_; // the one under way
    std::condition_variable landed_;
};

} // namespace xtap::client
