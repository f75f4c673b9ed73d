// See date_time.hpp.
#include "api/date_time.hpp"

#include <chrono>
#include <cstdio>

namespace xtap::api {

std::string date_time(std::int64_t unix_ms) {
    using namespace std::chrono;
    const auto second = floor<seconds>(milliseconds(unix_ms));
    const auto midnight = floor<days>(second);
    const year_month_day date{sys_days(midnight)};
    const hh_mm_ss time(second - midnight);
    char text[32];
    std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02dZ", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                  static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                  static_cast<int>(time.seconds().count()));
    return text;
}

} // namespace xtap::api
