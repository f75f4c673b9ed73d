// A script: faults that are played by themselves, each at its time or after so many connections.
#pragma once

#include "faults.hpp"

#include <cstdint>
#include <istream>
#include <optional>
#include <vector>

namespace xtap::sim {

struct ScriptLine {
    std::optional<std::uint64_t> at_ms;             // after the first stream was opened
    std::optional<std::uint64_t> after_connections; // of any kind
    std::vector<FaultOrder> orders;
};

// One object per line, empty lines are skipped. Throws BadFault naming the line.
std::vector<ScriptLine> read_script(std::istream &text);

} // namespace xtap::sim
