// Texts of JSON put together. Knows nothing about what they say.
#pragma once

#include <string>
#include <vector>

namespace xtap::cli {

// The items as one array, each on a line of its own, as it came.
std::string json_array(const std::vector<std::string> &items);

} // namespace xtap::cli
