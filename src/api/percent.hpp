// Percent encoding as RFC 3986 has it: what may stand in a path, a query or a form, and what OAuth signs.
// Knows nothing of where the text goes.
#pragma once

#include <cstdint>
#include <string_view>

namespace xtap::api {

// The characters that never need encoding.
constexpr bool is_unreserved(char byte) noexcept {
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
           byte == '-' || byte == '.' || byte == '_' || byte == '~';
}

// Appends `text`; what is neither unreserved nor one of `kept` becomes %XX, in capitals. `Text` is a
// std::string, or a SecretBuilder for what must be wiped.
template <class Text> void append_percent_encoded(Text &out, std::string_view text, std::string_view kept) {
    constexpr std::string_view upper_hex = "0123456789ABCDEF";
    for (const char byte : text) {
        if (is_unreserved(byte) || kept.find(byte) != std::string_view::npos) {
            out += byte;
            continue;
        }
        const auto code = static_cast<std::uint8_t>(byte);
        out += '%';
        out += upper_hex[code >> 4];
        out += upper_hex[code & 0xf];
    }
}

template <class Text> void append_percent_encoded(Text &out, std::string_view text) {
    append_percent_encoded(out, text, {});
}

} // namespace xtap::api
