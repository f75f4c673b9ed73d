// Plays the faults of a script and random ones, in a thread of its own, until there are none left.
#pragma once

#include "connections.hpp"
#include "fault_script.hpp"
#include "random_faults.hpp"
#include "json/value.hpp"

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace xtap::sim {

class FaultPlayer {
public:
    struct Score {
        std::vector<ScriptLine> script;
        RandomFaults random;
        bool tls = false;
        std::chrono::milliseconds look{5}; // how often it looks at what it waits for
    };
    FaultPlayer(Connections &connections, FaultQueue &queue, Score score);
    ~FaultPlayer() { stop(); }
    FaultPlayer(const FaultPlayer &) = delete;
    FaultPlayer &operator=(const FaultPlayer &) = delete;

    void start();
    void stop();
    // {"script_left":n,"random":{"count","played","lost","done"}}
    Json state() const;

private:
    using Time = std::chrono::steady_clock::time_point;
    void run();
    bool done() const; // under the lock
    void play_script(Time now);
    void play_random(Time now);
    void give_random(bool only_cuts);

    Connections &connections_;
    FaultQueue &queue_;
    mutable std::mutex mutex_;
    std::condition_variable stopped_changed_;
    Score score_;
    std::shared_ptr<FaultTally> tally_ = std::make_shared<FaultTally>();
    std::optional<Time> first_stream_;
    Time next_random_{};
    std::uint64_t given_ = 0;
    bool stopped_ = false;
    std::thread thread_;
};

} // namespace xtap::sim
