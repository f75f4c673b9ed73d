// What a run's journals say: which events came, how often, in which order, and what the gaps name.
#pragma once

#include "journal.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace xtap::chaos {

// Event n of every partition, numbered from 1, happened at base_ms + n * 1000 / rate.
struct Truth {
    std::uint32_t partitions;
    std::int64_t base_ms;
    double rate;
    std::int64_t until_ms; // events up to here count

    std::int64_t time_of(std::uint64_t number) const {
        return base_ms + static_cast<std::int64_t>(static_cast<double>(number) * 1000 / rate);
    }
};

struct Verdict {
    std::uint64_t events = 0;       // different ones that should have come, and did
    std::uint64_t lost = 0;         // that did not come and are in no gap
    std::uint64_t in_gaps = 0;      // that did not come and are in one
    std::uint64_t twice = 0;        // committed deliveries beyond the first of an event
    std::uint64_t uncommitted = 0;  // deliveries that died with their process before they were committed
    std::uint64_t out_of_order = 0; // live ones after a later one, by more than `late_ms`
    std::uint64_t replayed = 0, maybe_repeated = 0, gaps = 0;
    std::int64_t worst_live_lag_ms = 0;
    std::string first_lost;
};

// The journals of one consumer's lives, in order. `commits`: what was not committed when a life was cut off
// does not count as delivered; the last life ended by itself, and all of it counts.
Verdict judge(const std::vector<std::string> &journals, bool commits, const Truth &truth,
              std::int64_t late_ms);

} // namespace xtap::chaos
