// The command line of xtap-sim. Knows nothing of what the settings do.
#pragma once

#include "settings.hpp"

#include <optional>

namespace xtap::sim {

// Settings to run with, or the exit status of a run that ends here (help, version, wrong usage), in `status`.
std::optional<Settings> parse_command_line(int argc, char **argv, int &status);

} // namespace xtap::sim
