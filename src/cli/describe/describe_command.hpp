// `xtap describe`: one operation, its path and its parameters with what each allows.
#pragma once

#include <string>

namespace xtap::cli {

// Readable text of at most 100 columns, made from the library's JSON description.
std::string described(const std::string &description);

void run_describe_command(const std::string &operation, bool as_json);

} // namespace xtap::cli
