// Reads what the server says about streaming connections, and shows it. Pure: JSON comes in, text goes out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace xtap::cli {

// A table of the connections, each given as its JSON: id, endpoint, times, the reason of the end, address.
std::string connections_table(const std::vector<std::string> &connections);

struct Kills {
    std::optional<std::int64_t> successful; // not every shape of the answer counts
    std::int64_t failed = 0;
    std::string first_failure; // "ID: why"
};

// Either shape: counts with a result for each connection, or only that it was tried. Nothing for any other.
std::optional<Kills> kills_in(std::string_view body);

} // namespace xtap::cli
