// What every end-to-end test begins with: a simulator whose events are known beforehand, and what they are.
#pragma once

#include "patience.hpp"
#include "process.hpp"
#include "tap.hpp"

#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace xtap::test {

using sim::SimulatorProcess;

inline const std::vector<std::string> kKnownEvents = {"--seed", "7", "--base-time", "2026-03-01T00:00:00Z"};

inline std::vector<std::string> with_known_events(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), kKnownEvents.begin(), kKnownEvents.end());
    return arguments;
}

// A simulator with those events. It starts every connection at event 1, as fast as the socket takes, unless
// told.
struct Simulator : SimulatorProcess {
    explicit Simulator(std::vector<std::string> arguments = {})
        : SimulatorProcess(with_known_events(std::move(arguments))) {}
};

// Events `from`, from + 1 ... as the simulator sends them, without line ends.
std::vector<std::string> truth(std::size_t count, const std::string &operation = Tap::kOperation,
                               std::size_t from = 1, unsigned partition = 1);

// Positions are 1, 2, 3 ... where they are known: run tells those of notices to nobody.
void expect_no_hole(const std::vector<Seen> &all, std::uint64_t after = 0);

class EveryMode : public testing::TestWithParam<Mode> {};
inline std::string mode_name(const testing::TestParamInfo<Mode> &info) { return info.param.name(); }

} // namespace xtap::test
