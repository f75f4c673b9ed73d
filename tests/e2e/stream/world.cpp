// See world.hpp.
#include "world.hpp"

namespace xtap::test {

std::vector<std::string> truth(std::size_t count, const std::string &operation, std::size_t from,
                               unsigned partition) {
    const std::string text = sim::simulator_output(
        with_known_events({"--print", operation, "--count", std::to_string(count), "--from",
                           std::to_string(from), "--partition", std::to_string(partition)}));
    std::vector<std::string> lines;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = text.find('\n', at);
        lines.push_back(text.substr(at, end - at));
        at = end + 1;
    }
    return lines;
}

void expect_no_hole(const std::vector<Seen> &all, std::uint64_t after) {
    for (const Seen &seen : all) {
        ++after;
        if (seen.is_notice() && seen.position == 0) continue;
        ASSERT_EQ(seen.position, after);
    }
}

} // namespace xtap::test
