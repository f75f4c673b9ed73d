// Pairing brackets: in a register for what really comes, in memory for what may come.
#include "stream/event/nesting.hpp"

#include <array>

namespace xtap::event {
namespace {

enum class Pairing { good, bad, too_deep };

// Bits 1 and 5 of a bracket say whether it opens and whether it is curly: [ is 5B, ] 5D, { 7B, } 7D.
bool opens(char c) { return (c & 2) != 0; }
std::uint64_t curly(char c) { return static_cast<std::uint64_t>(c) >> 5 & 1; }

// One bit per open bracket, 1 for a curly one, below a marker bit. Free of branches: two operations a
// bracket.
Pairing pair_in_register(std::string_view brackets) {
    std::uint64_t open = 1;
    std::uint64_t mismatch = 0;
    std::uint64_t deepest = 0;
    for (const char c : brackets) {
        const std::uint64_t kind = curly(c);
        const std::uint64_t opened = open << 1 | kind;
        const std::uint64_t closed = open >> 1;
        mismatch |= opens(c) ? 0 : open ^ kind;
        open = opens(c) ? opened : closed;
        deepest |= open;
    }
    if (deepest >> 63 != 0) return Pairing::too_deep;
    return (mismatch & 1) == 0 && open == 1 ? Pairing::good : Pairing::bad;
}

bool pair_in_memory(std::string_view brackets) {
    std::array<char, kMaxNesting> open;
    std::size_t depth = 0;
    for (const char c : brackets) {
        if (opens(c)) {
            if (depth == kMaxNesting) return false;
            open[depth++] = c;
        } else if (depth == 0 || curly(open[--depth]) != curly(c)) {
            return false;
        }
    }
    return depth == 0;
}

} // namespace

bool brackets_pair_up(std::string_view brackets) {
    const Pairing verdict = pair_in_register(brackets);
    return verdict == Pairing::too_deep ? pair_in_memory(brackets) : verdict == Pairing::good;
}

} // namespace xtap::event
