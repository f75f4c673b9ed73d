// `xtap call`: sends one operation and prints its answer, or the items of all its pages.
#pragma once

#include "cli/call/call_arguments.hpp"

namespace xtap::cli {

// Throws a Complaint when the call failed.
void run_call_command(const CallArguments &arguments);

} // namespace xtap::cli
