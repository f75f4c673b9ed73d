// The partitions that a stream covers: one, a range or a list of both, "3", "1-20", "1,3-5".
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace xtap::api {

// More than any operation has; keeps a range such as 1-4000000000 from being spelled out.
constexpr std::uint32_t most_partitions = 1000;

// In the order they are given; none when the text is no such list, or a range runs backwards.
std::optional<std::vector<std::uint32_t>> parse_partitions(std::string_view text);

} // namespace xtap::api
