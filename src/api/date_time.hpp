// Points in time as the API's parameters have them.
#pragma once

#include <cstdint>
#include <string>

namespace xtap::api {

// "2026-03-01T12:34:56Z"; the rest of a second is cut off. For years 0 to 9999.
std::string date_time(std::int64_t unix_ms);

} // namespace xtap::api
