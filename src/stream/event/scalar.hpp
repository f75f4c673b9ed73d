// Numbers, booleans and null as they stand in a line, and the numbers in texts that X sends.
// Must not know where they were found.
#pragma once

#include "api/constants.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace xtap::event {

// How many bytes at the start of `rest` belong to one scalar: up to white space, ',', ']', '}' or the end.
std::size_t scalar_size(std::string_view rest);

// number, boolean or null by JSON's grammar; absent when it is none of them.
ColumnKind scalar_kind(std::string_view text);

// Digits alone, without a sign, that fit 64 bits.
std::optional<std::uint64_t> parse_digits(std::string_view text);

// 32 hexadecimal digits, with or without the dashes of a UUID, as 128 bits: high half first.
struct Wide {
    std::uint64_t high, low;
};
std::optional<Wide> parse_hex(std::string_view text);

} // namespace xtap::event
