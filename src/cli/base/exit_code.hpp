// The exit statuses of the command and which library status leads to which.
// A supervisor decides by them whether to start the command again, so they never change meaning.
#pragma once

#include <xtap/xtap.h>

namespace xtap::cli {

enum class ExitCode : int {
    success = 0,    // the end that was asked for: a limit, a signal, the stream's own end, a reader that left
    failure = 1,    // the stream failed, or its output could not be written
    usage = 2,      // the command line or the environment is wrong: the same call fails again
    permission = 3, // credentials are missing, refused or not enough: starting again does not help
};

ExitCode exit_code_of(xtap_status status) noexcept;

} // namespace xtap::cli
