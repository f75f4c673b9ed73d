// Numbers, durations and times as people read them, the same in every locale. Pure.
#pragma once

#include <cstdint>
#include <string>

namespace xtap::cli {

// "1,234,567"; never by locale.
std::string grouped(std::uint64_t number);
// "850 ms", "12.3 s", "4 min", "3 h", "2 d".
std::string readable_ms(std::int64_t milliseconds);
// "12.3 s": with one decimal, and the unit as it is.
std::string with_one_decimal(double value, const char *unit);
// "2026-07-20T12:00:00.123Z", whatever the locale and the time zone.
std::string utc_time(std::int64_t unix_ms);

} // namespace xtap::cli
