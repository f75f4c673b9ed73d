// Letters and digits of ASCII, whatever the program's locale: <cctype> follows it, and would take parts of
// UTF-8 characters for letters and spaces.
#pragma once

#include <string_view>

namespace xtap::api {

inline constexpr std::string_view hex_digits = "0123456789abcdef";

constexpr char lower(char byte) noexcept {
    return byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte + ('a' - 'A')) : byte;
}

// The value of a hexadecimal digit, or -1.
constexpr int hex_value(char byte) noexcept {
    if (byte >= '0' && byte <= '9') return byte - '0';
    const char small = lower(byte);
    return small >= 'a' && small <= 'f' ? small - 'a' + 10 : -1;
}

} // namespace xtap::api
