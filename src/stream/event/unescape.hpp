// The text that a JSON string stands for: always valid UTF-8, whatever came over the wire.
// Must not know where the string was found.
#pragma once

#include "stream/event/span.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace xtap::event {

struct Unescaped {
    std::uint32_t size;
    bool repaired; // the text could not be kept as it was: see unescape()
};

// Bytes that unescape() may write for this value. Escapes only ever shrink; a bad byte grows to the three of
// U+FFFD.
std::size_t unescaped_bound(const Span &value, bool valid_utf8);

// `raw` is what stands between the quotes. Writes at most unescaped_bound() bytes at `out`, touches nothing
// after them, reads nothing outside `raw`; the two must not overlap. Repairs: a lone surrogate becomes
// U+FFFD; a byte that is no UTF-8 becomes U+FFFD (only looked for unless the caller says that `raw` is
// valid); an escape that JSON does not know stays as it is written.
Unescaped unescape(std::string_view raw, char *out, bool valid_utf8 = false);

} // namespace xtap::event
