// Fault number i of a seed: what can hit a running stream, or the next that connects, and leave a correct
// client with work to do but with the truth. A pure function; plays nothing.
#pragma once

#include "json/value.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace xtap::sim {

struct RandomFaults {
    std::uint64_t seed = 1;
    std::uint64_t count = 0;    // 0: none
    std::uint64_t every_ms = 0; // between two
};

// As POST /faults takes it. `only_cuts`: one that makes a stream connect again.
Json random_fault(std::uint64_t seed, std::uint64_t index, bool tls, bool only_cuts);

// The names of the kinds there are.
std::vector<std::string_view> random_fault_names(bool tls);

} // namespace xtap::sim
