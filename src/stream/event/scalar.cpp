// JSON's grammar of scalars, and ids.
#include "stream/event/scalar.hpp"

#include <bit>
#include <cstring>

namespace xtap::event {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Eight characters at once: a byte is a digit when its upper half is 3, also after 6 was added.
bool eight_digits(std::uint64_t word) {
    constexpr std::uint64_t upper = 0xF0F0F0F0F0F0F0F0, three = 0x3030303030303030, six = 0x0606060606060606;
    return (word & upper) == three && ((word + six) & upper) == three;
}

// Neighbours are joined to pairs, pairs to fours, fours to eight. The first character is the lowest byte.
std::uint64_t value_of_eight(std::uint64_t word) {
    if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
    word &= 0x0F0F0F0F0F0F0F0F;
    word = (word * 10 + (word >> 8)) & 0x00FF00FF00FF00FF;
    word = (word * 100 + (word >> 16)) & 0x0000FFFF0000FFFF;
    return (word * 10000 + (word >> 32)) & 0xFFFFFFFF;
}

std::size_t digits_at(std::string_view text, std::size_t at) {
    std::size_t count = 0;
    while (at + count < text.size() && is_digit(text[at + count]))
        ++count;
    return count;
}

bool is_number(std::string_view text) {
    std::size_t at = !text.empty() && text[0] == '-' ? 1 : 0;
    const std::size_t whole = digits_at(text, at);
    if (whole == 0 || (whole > 1 && text[at] == '0')) return false;
    at += whole;
    if (at < text.size() && text[at] == '.') {
        const std::size_t fraction = digits_at(text, at + 1);
        if (fraction == 0) return false;
        at += 1 + fraction;
    }
    if (at < text.size() && (text[at] | 0x20) == 'e') {
        ++at;
        if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
        const std::size_t exponent = digits_at(text, at);
        if (exponent == 0) return false;
        at += exponent;
    }
    return at == text.size();
}

int hex_value(char c) {
    if (is_digit(c)) return c - '0';
    const int lower = c | 0x20;
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

} // namespace

std::size_t scalar_size(std::string_view rest) {
    std::size_t size = 0;
    for (; size < rest.size(); ++size) {
        const char c = rest[size];
        if (c == ',' || c == '}' || c == ']' || c == ' ' || c == '\t' || c == '\n' || c == '\r') break;
    }
    return size;
}

ColumnKind scalar_kind(std::string_view text) {
    if (text == "null") return ColumnKind::null;
    if (text == "true" || text == "false") return ColumnKind::boolean;
    return is_number(text) ? ColumnKind::number : ColumnKind::absent;
}

std::optional<std::uint64_t> parse_digits(std::string_view text) {
    if (text.empty() || text.size() > 20) return std::nullopt;
    const char *at = text.data();
    std::size_t rest = text.size();
    std::uint64_t value = 0;
    for (; rest >= 8; at += 8, rest -= 8) {
        std::uint64_t word;
        std::memcpy(&word, at, 8);
        if (!eight_digits(word)) return std::nullopt;
        value = value * 100'000'000 + value_of_eight(word);
    }
    for (; rest != 0; ++at, --rest) {
        if (!is_digit(*at)) return std::nullopt;
        const auto digit = static_cast<std::uint64_t>(*at - '0');
        if (text.size() == 20 && value > (UINT64_MAX - digit) / 10) return std::nullopt;
        value = value * 10 + digit;
    }
    return value;
}

std::optional<Wide> parse_hex(std::string_view text) {
    const bool dashes = text.size() == 36;
    if (!dashes && text.size() != 32) return std::nullopt;
    Wide value{0, 0};
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (dashes && (i == 8 || i == 13 || i == 18 || i == 23)) {
            if (text[i] != '-') return std::nullopt;
            continue;
        }
        const int digit = hex_value(text[i]);
        if (digit < 0) return std::nullopt;
        value.high = value.high << 4 | value.low >> 60;
        value.low = value.low << 4 | static_cast<std::uint64_t>(digit);
    }
    return value;
}

} // namespace xtap::event
