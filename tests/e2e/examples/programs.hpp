// The example programs as a user runs them: their own processes, told by the environment where the API is.
#pragma once

#include "cli/child_process.hpp"

#include <map>
#include <process.hpp>
#include <string>
#include <vector>

namespace xtap::e2e {

using Environment = std::map<std::string, std::string>;

inline const Environment kApp = {{"XTAP_BEARER_TOKEN", "app-token"}};
inline const Environment kUser = {{"XTAP_OAUTH2_ACCESS_TOKEN", "user-token"}};

// examples/NAME with these words against the server; `credentials` is all it has.
Call example(const std::string &name, std::vector<std::string> words, const std::string &base_url,
             const Environment &credentials);

std::vector<std::string> lines_of(const std::string &text);

// What the simulator was asked, streams too, oldest first: "POST /2/tweets 201".
std::vector<std::string> requests_of(sim::SimulatorProcess &simulator);

} // namespace xtap::e2e
