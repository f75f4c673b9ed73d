// UTF-8, one character at a time: what is whole, what is broken, what may be shown. Knows nothing of JSON or
// HTTP.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace xtap::api {

constexpr std::string_view replacement_character = "\xEF\xBF\xBD"; // U+FFFD

struct Character {
    std::uint32_t code; // meaningless when not valid
    std::uint8_t size;  // bytes at the front; 1 when not valid
    bool valid;
};

// The first character of a text that is not empty.
Character first_character(std::string_view text) noexcept;

// C0, DEL and C1: they move cursors, end lines and hide text.
constexpr bool is_control(std::uint32_t code) noexcept {
    return code < 0x20 || (code >= 0x7f && code <= 0x9f);
}

// The longest front of `text` that has at most `limit` bytes and cuts no valid character.
std::string_view cut(std::string_view text, std::size_t limit) noexcept;

// What somebody gave us, for an error message: in double quotes, cut to about 80 characters,
// control characters and broken bytes as escapes.
std::string quote(std::string_view given);

// What X or a proxy wrote, for people: line breaks and tabs become spaces, other control characters and
// broken bytes U+FFFD, and a text beyond `limit` bytes ends in an ellipsis.
std::string sanitize(std::string_view text, std::size_t limit);

} // namespace xtap::api
