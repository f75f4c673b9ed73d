// See partitions.hpp.
#include "api/partitions.hpp"

#include <algorithm>
#include <charconv>

namespace xtap::api {
namespace {

// Only the plain form: no sign, no leading zeros, no spaces.
std::optional<std::uint32_t> number(std::string_view digits) {
    if (digits.empty() || digits[0] == '0') return std::nullopt;
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
    return value <= most_partitions ? std::optional(value) : std::nullopt;
}

} // namespace

std::optional<std::vector<std::uint32_t>> parse_partitions(std::string_view text) {
    std::vector<std::uint32_t> all;
    for (std::size_t from = 0; from <= text.size();) {
        const std::size_t comma = std::min(text.find(',', from), text.size());
        const std::string_view item = text.substr(from, comma - from);
        const std::size_t dash = item.find('-');
        const std::optional<std::uint32_t> first = number(item.substr(0, dash));
        const std::optional<std::uint32_t> last =
            dash == std::string_view::npos ? first : number(item.substr(dash + 1));
        if (!first || !last || *first > *last) return std::nullopt;
        for (std::uint32_t each = *first; each <= *last; ++each)
            all.push_back(each);
        from = comma + 1;
    }
    return all;
}

} // namespace xtap::api
