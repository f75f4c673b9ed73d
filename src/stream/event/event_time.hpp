// When something happened, read from what X sends: a snowflake id, an RFC 3339 time or the older written-out
// form. No clock here: only texts and numbers.
#pragma once

#include <cstdint>
#include <limits>
#include <string_view>

namespace xtap::event {

constexpr std::int64_t kTimeUnknown = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kSnowflakeEpochMs = 1'288'834'974'657;

// Milliseconds since 1970 at which a snowflake id was made. Ids given out before 2010-11-04, when X began
// with snowflakes, carry no time, nor do numbers of 64 bits: kTimeUnknown.
std::int64_t snowflake_ms(std::uint64_t id) noexcept;

// "2021-01-06T18:40:40.000Z" (any fraction, Z or an offset) or "Wed Jan 06 18:40:40 +0000 2021"; kTimeUnknown
// when the text is neither, or names a day that does not exist. A leap second counts as the second after it.
std::int64_t parse_time(std::string_view text) noexcept;

} // namespace xtap::event
