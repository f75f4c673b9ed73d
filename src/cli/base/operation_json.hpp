// An operation as the library's table describes it. Knows nothing about what the description says.
#pragma once

#include <string>

namespace xtap::cli {

// The library's JSON description of one operation. Throws a Complaint with the library's words.
std::string operation_json(const std::string &operation);

} // namespace xtap::cli
