// See paging.hpp.
#include "paging.hpp"

#include "events.hpp"

namespace xtap::sim {
namespace {

constexpr std::string_view kDigits = "0123456789abcdefghijklmnopqrstuv";
constexpr std::size_t kRankDigits = 13;
constexpr std::uint64_t kVeil = 0x5ca1ab1e0ddba11u; // so that nobody reads an id in it

std::uint64_t check_of(PageMark mark) { return mix(mark.rank * 2 + (mark.forward ? 1 : 0)) & 1023; }

} // namespace

std::string page_token(PageMark mark) {
    std::string token(1, mark.forward ? '7' : 'z');
    const std::uint64_t veiled = mark.rank ^ kVeil;
    for (std::size_t i = 0; i < kRankDigits; ++i)
        token.push_back(kDigits[veiled >> (5 * i) & 31]);
    const std::uint64_t check = check_of(mark);
    token.push_back(kDigits[check >> 5]);
    token.push_back(kDigits[check & 31]);
    return token;
}

std::optional<PageMark> parse_page_token(std::string_view token) {
    if (token.size() != kRankDigits + 3 || (token[0] != '7' && token[0] != 'z')) return std::nullopt;
    PageMark mark{token[0] == '7', 0};
    for (std::size_t i = 0; i < kRankDigits; ++i) {
        const std::size_t digit = kDigits.find(token[1 + i]);
        if (digit == std::string_view::npos) return std::nullopt;
        mark.rank |= static_cast<std::uint64_t>(digit) << (5 * i);
    }
    mark.rank ^= kVeil;
    return page_token(mark) == token ? std::optional(mark) : std::nullopt;
}

} // namespace xtap::sim
