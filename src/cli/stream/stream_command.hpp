// `xtap stream`: opens a stream as the arguments say and runs it to its end.
#pragma once

#include "cli/stream/stream_arguments.hpp"

namespace xtap::cli {

// Returns at an end that was asked for; throws a Complaint otherwise.
void run_stream_command(const StreamArguments &arguments);

} // namespace xtap::cli
