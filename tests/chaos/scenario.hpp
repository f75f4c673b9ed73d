// One trial: what the simulator does, what the consumer does, and what must come out.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace xtap::chaos {

struct Scenario {
    std::string name, about;
    std::vector<std::string> simulator = {}; // its arguments besides those every one has
    std::vector<std::string> options = {};   // of the library
    std::string partitions = "1-8";
    std::uint64_t events = 0, faults = 0, kills = 0; // in all
    std::size_t in_flight = 0;                       // batches that are not committed yet, where it is killed
    std::int64_t pause_ms = 0;                       // the consumer stands still so long
    std::int64_t down_ms = 0;                        // killed once, it stays away so long
    double rate = 100;                               // events/s of a partition
    double speed = 0;                                // of the time, where it is not the caller's
    bool gaps = false;                 // are allowed; every event that does not come must be in one
    std::int64_t most_live_lag_ms = 0; // where live events must not be held up
};

struct Options {
    double scale = 1, speed = 10;
    std::uint64_t seed = 1;
    std::string folder;
};

std::vector<Scenario> scenarios();

// Prints a line of figures; true when it went as it must.
bool run(const Scenario &scenario, const Options &options);

} // namespace xtap::chaos
