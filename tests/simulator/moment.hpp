// Points in time as microseconds since 1970, and the texts the API writes them in. The wall clock is asked
// here and nowhere else.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace xtap::sim {

using Micros = std::int64_t;

Micros wall_clock();

// RFC 3339 with "Z" or an offset, fraction optional. Nothing else counts as a date-time.
std::optional<Micros> parse_rfc3339(std::string_view text);

// Writes the two date formats of the API and remembers the last second, because consecutive events share it.
class MomentWriter {
public:
    std::string_view iso(Micros when);     // 2026-03-01T12:34:56.789Z
    std::string_view classic(Micros when); // Sun Mar 01 12:34:56 +0000 2026
private:
    Micros iso_second_ = INT64_MIN;
    Micros classic_second_ = INT64_MIN;
    std::string iso_ = "0000-00-00T00:00:00.000Z";
    std::string classic_ = "Sun Jan 01 00:00:00 +0000 0000";
};

} // namespace xtap::sim
