// The library's notices for people: one readable line each. Pure: JSON comes in, text goes out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace xtap::cli {

// "2026-07-20T12:00:00.123Z", whatever the locale and the time zone.
std::string utc_time(std::int64_t unix_ms);

struct ReadableNotice {
    std::string line;                  // without a line end, safe for a terminal
    std::optional<std::string> state;  // what the stream is doing from now on, where the notice says so
    std::optional<std::string> reason; // why there is no connection, where the notice says so
};

// An unknown kind and unknown facts are shown as they came: a newer library may say more than this command
// knows.
ReadableNotice readable_notice(std::uint32_t kind, std::string_view json);

} // namespace xtap::cli
