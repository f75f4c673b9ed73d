// Maps a library status to an exit status. Knows nothing about how the error is shown.
#include "cli/base/exit_code.hpp"

namespace xtap::cli {

ExitCode exit_code_of(xtap_status status) noexcept {
    switch (status) {
    case XTAP_OK:
    case XTAP_END:
        return ExitCode::success;
    case XTAP_E_ARGUMENT:
    case XTAP_E_UNSUPPORTED:
    case XTAP_E_UNKNOWN_NAME:
    case XTAP_E_VALUE:
    case XTAP_E_MISSING:
        return ExitCode::usage;
    case XTAP_E_NO_CREDENTIAL:
    case XTAP_E_UNAUTHORIZED:
    case XTAP_E_FORBIDDEN:
        return ExitCode::permission;
    default:
        return ExitCode::failure;
    }
}

} // namespace xtap::cli
