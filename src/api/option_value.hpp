// Reads and checks the text of one option's value against the option table.
// Knows nothing of other options, of who set the value, or of where it is kept.
#pragma once

#include "api/option_table.hpp"

#include <cstdint>
#include <string_view>

namespace xtap::api {

// Throws Failure(value) that names the option, the value (never that of a secret) and what is allowed. Gives
// the number that the value stands for: a flag's 0 or 1, an integer, a size in bytes; 0 for texts and
// choices.
std::int64_t check_option(const OptionSpec &spec, std::string_view value);

} // namespace xtap::api
