// `xtap operations`: what the library's table holds, one operation a line or all of it as JSON.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace xtap::cli {

// Which operations are wanted.
struct OperationFilter {
    std::string text; // in the name, an alias, the path or the summary, in any case
    bool streaming = false;
};
bool is_wanted(const std::string &description, const OperationFilter &filter);

// A table of name, method, path and summary, made from such descriptions.
std::string operations_table(const std::vector<std::string> &descriptions);
// Throws a Complaint when the filter leaves nothing.
void run_operations_command(const OperationFilter &filter, bool as_json);

} // namespace xtap::cli
