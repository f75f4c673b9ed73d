// Measures one consumer from the end of its warm-up to its end: time, processor time of the process,
// allocations. Knows nothing of streams.
#pragma once

#include "outcome.hpp"

#include <cstdint>
#include <vector>

namespace xtap::bench {

class Meter {
public:
    void warmed_up(std::uint64_t events, std::uint64_t bytes);
    void done(std::uint64_t events, std::uint64_t bytes);
    bool warm() const { return warm_; }
    Outcome outcome() const;

private:
    struct Mark {
        double wall = 0, cpu = 0;
        std::uint64_t events = 0, bytes = 0, allocations = 0;
    };
    static Mark mark(std::uint64_t events, std::uint64_t bytes);
    Mark start_, end_;
    bool warm_ = false;
};

// Time between a stamp in an event and now; keeps everything until the end.
class Latencies {
public:
    explicit Latencies(std::uint64_t expected);
    void add(std::uint64_t sent_ns);
    void into(Outcome &outcome);

private:
    std::vector<std::uint32_t> ns_;
};

std::uint64_t
allocations_so_far(); // calls of malloc and its kin in this process; 0 where they cannot be counted
bool allocations_counted();

} // namespace xtap::bench
