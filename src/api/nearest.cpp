// "Did you mean": Damerau-Levenshtein distance first, then one missing or added stretch.
#include "api/nearest.hpp"

#include "api/ascii.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
#include <utility>

namespace xtap::api {
namespace {

// Names of the API are shorter than this; whatever is longer is no typing mistake and not worth the quadratic
// time.
constexpr std::size_t longest = 96;
// Below this length almost everything is a stretch of something.
constexpr std::size_t shortest_stretch = 4;
constexpr std::size_t none = std::numeric_limits<std::size_t>::max();

constexpr bool same(char left, char right) noexcept { return lower(left) == lower(right); }

// Inserted, deleted, replaced and swapped neighbouring characters (optimal string alignment).
std::size_t distance(std::string_view left, std::string_view right) {
    using Row = std::array<std::size_t, longest + 1>;
    Row before{}, above{}, row{};
    for (std::size_t column = 0; column <= right.size(); ++column)
        above[column] = column;
    for (std::size_t line = 1; line <= left.size(); ++line) {
        row[0] = line;
        for (std::size_t column = 1; column <= right.size(); ++column) {
            const bool equal = same(left[line - 1], right[column - 1]);
            row[column] =
                std::min({above[column] + 1, row[column - 1] + 1, above[column - 1] + (equal ? 0 : 1)});
            if (line > 1 && column > 1 && same(left[line - 1], right[column - 2]) &&
                same(left[line - 2], right[column - 1])) {
                row[column] = std::min(row[column], before[column - 2] + 1);
            }
        }
        before = above;
        above = row;
    }
    return above[right.size()];
}

constexpr std::size_t allowed_mistakes(std::size_t size) noexcept {
    return size < 3 ? 0 : size < 6 ? 1 : 1 + size / 5;
}

// Whether the shorter text is the longer one without one stretch at its front, middle or end.
bool lacks_one_stretch(std::string_view left, std::string_view right) {
    if (left.size() > right.size()) std::swap(left, right);
    if (left.size() < shortest_stretch) return false;
    std::size_t front = 0;
    while (front < left.size() && same(left[front], right[front]))
        ++front;
    std::size_t back = 0;
    while (back < left.size() && same(left[left.size() - 1 - back], right[right.size() - 1 - back]))
        ++back;
    return front + back >= left.size();
}

std::size_t size_difference(std::string_view left, std::string_view right) noexcept {
    return left.size() > right.size() ? left.size() - right.size() : right.size() - left.size();
}

} // namespace

std::string_view nearest(std::string_view given, std::span<const std::string_view> known) {
    if (given.empty() || given.size() > longest) return {};
    std::string_view best;
    std::size_t fewest = none;
    for (const std::string_view name : known) {
        if (name.size() > longest || size_difference(given, name) > allowed_mistakes(given.size())) continue;
        const std::size_t mistakes = distance(given, name);
        if (mistakes <= allowed_mistakes(given.size()) && mistakes < fewest) {
            fewest = mistakes;
            best = name;
        }
    }
    if (!best.empty()) return best;
    for (const std::string_view name : known) {
        const std::size_t stretch = size_difference(given, name);
        if (stretch < fewest && lacks_one_stretch(given, name)) {
            fewest = stretch;
            best = name;
        }
    }
    return best;
}

} // namespace xtap::api
