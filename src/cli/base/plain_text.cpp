// Makes text safe for a terminal and wraps it. Pure functions, no I/O.
#include "cli/base/plain_text.hpp"

#include <cstdint>

namespace xtap::cli {
namespace {

struct Decoded {
    std::uint32_t character;
    std::size_t bytes; // 0: not UTF-8
};

Decoded decoded(std::string_view text) noexcept {
    const auto byte = [&](std::size_t index) { return static_cast<unsigned char>(text[index]); };
    const unsigned char first = byte(0);
    if (first < 0x80) return {first, 1};
    const std::size_t bytes = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || text.size() < bytes) return {0, 0};
    std::uint32_t character = first & (0x7Fu >> bytes);
    for (std::size_t index = 1; index < bytes; ++index) {
        if ((byte(index) & 0xC0u) != 0x80u) return {0, 0};
        character = character << 6 | (byte(index) & 0x3Fu);
    }
    const std::uint32_t lowest = bytes == 4 ? 0x10000u : bytes == 3 ? 0x800u : 0x80u;
    const bool surrogate = character >= 0xD800 && character <= 0xDFFF;
    if (character < lowest || character > 0x10FFFF || surrogate) return {0, 0};
    return {character, bytes};
}

bool moves_the_terminal(std::uint32_t character) noexcept {
    const bool control = character < 0x20 || (character >= 0x7F && character < 0xA0);
    const bool reorders =
        (character >= 0x202A && character <= 0x202E) || (character >= 0x2066 && character <= 0x2069);
    return control || reorders;
}

} // namespace

std::string plain_text(std::string_view text) {
    std::string plain;
    plain.reserve(text.size());
    while (!text.empty()) {
        const auto [character, bytes] = decoded(text);
        if (bytes == 0) {
            plain += '?';
            text.remove_prefix(1);
            continue;
        }
        if (character == '\n' || character == '\r' || character == '\t') {
            plain += ' ';
        } else if (moves_the_terminal(character)) {
            plain += '?';
        } else {
            plain.append(text.substr(0, bytes));
        }
        text.remove_prefix(bytes);
    }
    return plain;
}

std::string wrapped(std::string_view text, std::size_t width, std::size_t indent, std::size_t column) {
    std::string lines;
    bool line_is_empty = true;
    while (!text.empty()) {
        const std::size_t end = text.find(' ');
        const std::string_view word = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        if (word.empty()) continue;
        if (!line_is_empty && column + 1 + word.size() > width) {
            lines += '\n';
            lines.append(indent, ' ');
            column = indent;
            line_is_empty = true;
        }
        if (!line_is_empty) {
            lines += ' ';
            ++column;
        }
        lines += word;
        column += word.size();
        line_is_empty = false;
    }
    return lines;
}

} // namespace xtap::cli
