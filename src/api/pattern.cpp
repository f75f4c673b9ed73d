// Matches by going back: a piece takes all it can, then gives up one character at a time. std::regex would
// throw, allocate and be a third of the library.
#include "api/pattern.hpp"

#include <algorithm>
#include <cstddef>
#include <limits>

namespace xtap::api {
namespace {

// One class or letter with its count, read from the front of a sequence.
struct Piece {
    std::string_view of; // "[a-z0-9]" or "g"
    std::size_t fewest = 1, most = 1;
};

std::size_t read_number(std::string_view &from) noexcept {
    std::size_t number = 0;
    for (; !from.empty() && from[0] >= '0' && from[0] <= '9'; from.remove_prefix(1))
        number = number * 10 + static_cast<std::size_t>(from[0] - '0');
    return number;
}

void read_count(std::string_view &sequence, Piece &piece) noexcept {
    constexpr std::size_t endless = std::numeric_limits<std::size_t>::max();
    if (sequence.empty()) return;
    const char sign = sequence[0];
    if (sign != '+' && sign != '*' && sign != '?' && sign != '{') return;
    sequence.remove_prefix(1);
    piece.fewest = sign == '+' ? 1 : 0;
    piece.most = sign == '?' ? 1 : endless;
    if (sign != '{') return;
    piece.fewest = piece.most = read_number(sequence);
    if (sequence.starts_with(',')) {
        sequence.remove_prefix(1);
        piece.most = sequence.starts_with('}') ? endless : read_number(sequence);
    }
    sequence.remove_prefix(std::min<std::size_t>(1, sequence.size())); // the closing brace
}

Piece read_piece(std::string_view &sequence) noexcept {
    const std::size_t end = sequence[0] == '[' ? sequence.find(']') : 0;
    Piece piece{.of = sequence.substr(0, end == std::string_view::npos ? sequence.size() : end + 1)};
    sequence.remove_prefix(piece.of.size());
    read_count(sequence, piece);
    return piece;
}

bool is_in(std::string_view of, char byte) noexcept {
    if (of.size() == 1) return of[0] == byte;
    const std::string_view members = of.substr(1, of.size() - 2);
    for (std::size_t at = 0; at < members.size(); ++at) {
        const bool range = at + 2 < members.size() && members[at + 1] == '-';
        if (range ? byte >= members[at] && byte <= members[at + 2] : byte == members[at]) return true;
        if (range) at += 2;
    }
    return false;
}

bool matches_sequence(std::string_view sequence, std::string_view text) noexcept {
    while (!sequence.empty() && (sequence[0] == '(' || sequence[0] == ')'))
        sequence.remove_prefix(1);
    if (sequence.empty()) return text.empty();
    const Piece piece = read_piece(sequence);
    std::size_t taken = 0;
    while (taken < piece.most && taken < text.size() && is_in(piece.of, text[taken]))
        ++taken;
    for (; taken >= piece.fewest; --taken) {
        if (matches_sequence(sequence, text.substr(taken))) return true;
        if (taken == 0) break;
    }
    return false;
}

} // namespace

bool matches(std::string_view pattern, std::string_view text) noexcept {
    std::string_view inside = pattern.substr(1, pattern.size() - 2);
    if (inside.find('|') == std::string_view::npos) return matches_sequence(inside, text);
    inside = inside.substr(1, inside.size() - 2);
    while (true) {
        const std::size_t bar = std::min(inside.find('|'), inside.size());
        if (matches_sequence(inside.substr(0, bar), text)) return true;
        if (bar == inside.size()) return false;
        inside.remove_prefix(bar + 1);
    }
}

} // namespace xtap::api
