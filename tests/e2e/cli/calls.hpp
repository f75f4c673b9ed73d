// Calls of `xtap` and of a simulator whose events are the same in every run.
#pragma once

#include "cli/child_process.hpp"

#include <cstdint>
#include <process.hpp>
#include <string>
#include <vector>

namespace xtap::e2e {

// xtap-sim with a fixed base time and seed, so that `printing` gives the very bytes it serves.
class Simulator : public sim::SimulatorProcess {
public:
    explicit Simulator(std::vector<std::string> words = {});
};

// The events the simulator serves, one a line: `xtap-sim --print`.
Call printing(const std::string &operation, std::uint64_t count, unsigned partition = 1);

// `xtap` with these words, a token in the environment, and nothing else of ours there.
Call xtap(std::vector<std::string> words);
// `xtap stream OPERATION ...` against the simulator.
Call xtap_stream(const Simulator &simulator, const std::string &operation,
                 const std::vector<std::string> &words = {});

// `xtap WORDS` against the simulator, as a user with these credentials stored in `config`, a folder that
// stands for $XDG_CONFIG_HOME; with no token in the environment.
Call xtap_of_user(const Simulator &simulator, const std::string &config,
                  const std::vector<std::string> &words);

// How many lines say "xtap: error:".
std::size_t errors_in(const std::string &err);

// The stream of most tests.
inline constexpr char kOperation[] = "streamPostsFirehoseJa";

inline constexpr char kToken[] = "e2e-token-that-must-not-be-shown";

} // namespace xtap::e2e
