// UTF-8, one character at a time. Knows nothing of JSON or HTTP.
#include "api/utf8.hpp"

#include "api/ascii.hpp"

#include <algorithm>

namespace xtap::api {
namespace {

constexpr Character broken{0, 1, false};
constexpr std::size_t quoted_characters = 80;
constexpr std::string_view ellipsis = "\xE2\x80\xA6";

constexpr std::uint8_t byte_at(std::string_view text, std::size_t index) noexcept {
    return static_cast<std::uint8_t>(text[index]);
}

// How many bytes a character with this first byte has; 0 when no character starts so.
constexpr std::uint8_t announced_size(std::uint8_t lead) noexcept {
    if (lead < 0x80) return 1;
    if (lead >= 0xc2 && lead <= 0xdf) return 2;
    if (lead >= 0xe0 && lead <= 0xef) return 3;
    if (lead >= 0xf0 && lead <= 0xf4) return 4;
    return 0;
}

void append_visible(std::string &out, std::uint32_t code) {
    switch (code) {
    case '\n':
        out += "\\n";
        return;
    case '\r':
        out += "\\r";
        return;
    case '\t':
        out += "\\t";
        return;
    case '"':
        out += "\\\"";
        return;
    case '\\':
        out += "\\\\";
        return;
    default:
        break;
    }
    out += "\\x";
    out += hex_digits[code >> 4 & 0xf];
    out += hex_digits[code & 0xf];
}

} // namespace

Character first_character(std::string_view text) noexcept {
    const std::uint8_t lead = byte_at(text, 0);
    const std::uint8_t size = announced_size(lead);
    if (size == 1) return {lead, 1, true};
    if (size == 0 || size > text.size()) return broken;
    std::uint32_t code = lead & (0xffu >> (size + 1));
    for (std::size_t index = 1; index < size; ++index) {
        const std::uint8_t next = byte_at(text, index);
        if ((next & 0xc0) != 0x80) return broken;
        code = code << 6 | (next & 0x3fu);
    }
    const bool overlong = (size == 3 && code < 0x800) || (size == 4 && code < 0x10000);
    const bool surrogate = code >= 0xd800 && code <= 0xdfff;
    if (overlong || surrogate || code > 0x10ffff) return broken;
    return {code, size, true};
}

std::string_view cut(std::string_view text, std::size_t limit) noexcept {
    if (text.size() <= limit) return text;
    // A character has at most 4 bytes, so one that the limit cuts starts in the 3 bytes before it.
    for (std::size_t back = 1; back <= std::min<std::size_t>(3, limit); ++back) {
        const Character character = first_character(text.substr(limit - back));
        if (character.valid && character.size > back) return text.substr(0, limit - back);
    }
    return text.substr(0, limit);
}

std::string quote(std::string_view given) {
    std::string out = "\"";
    std::size_t shown = 0;
    while (!given.empty()) {
        if (shown++ == quoted_characters) return out + "\"...";
        const Character character = first_character(given);
        if (!character.valid) {
            append_visible(out, byte_at(given, 0));
        } else if (is_control(character.code) || character.code == '"' || character.code == '\\') {
            append_visible(out, character.code);
        } else {
            out += given.substr(0, character.size);
        }
        given.remove_prefix(character.size);
    }
    return out + '"';
}

std::string sanitize(std::string_view text, std::size_t limit) {
    std::string out;
    out.reserve(std::min(text.size(), limit + ellipsis.size()));
    while (!text.empty()) {
        const Character character = first_character(text);
        std::string_view shown = text.substr(0, character.size);
        if (shown == "\n" || shown == "\r" || shown == "\t") {
            shown = " ";
        } else if (!character.valid || is_control(character.code)) {
            shown = replacement_character;
        }
        if (out.size() + shown.size() > limit) {
            out += ellipsis;
            break;
        }
        out += shown;
        text.remove_prefix(character.size);
    }
    return out;
}

} // namespace xtap::api
