// Text for people: made safe for a terminal, and wrapped to a width. Knows nothing about what the text says.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace xtap::cli {

// Line ends and tabs become blanks, every other control character (C0, DEL, C1) a '?': a server's words must
// not move the cursor, change the title or forge a second line. Bytes that are not UTF-8 become '?', too.
std::string plain_text(std::string_view text);

// Breaks `text` at blanks so that no line is longer than `width` bytes (a longer word stands alone).
// Every line starts with `indent` blanks except the first, which the caller has already begun at `column`.
std::string wrapped(std::string_view text, std::size_t width, std::size_t indent, std::size_t column);

} // namespace xtap::cli
