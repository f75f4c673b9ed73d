// printf would take the decimal sign from the locale of whoever links this: all is put together by hand.
#include "cli/base/readable.hpp"

#include <algorithm>
#include <chrono>

namespace xtap::cli {
namespace {

std::string padded(std::int64_t number, std::size_t digits) {
    std::string text = std::to_string(number);
    return text.size() < digits ? std::string(digits - text.size(), '0') + text : text;
}

} // namespace

std::string with_one_decimal(double value, const char *unit) {
    const auto tenths = static_cast<std::uint64_t>(std::max(value, 0.0) * 10 + 0.5);
    return grouped(tenths / 10) + "." + std::to_string(tenths % 10) + unit;
}

std::string grouped(std::uint64_t number) {
    std::string digits = std::to_string(number);
    for (std::size_t end = digits.size(); end > 3; end -= 3)
        digits.insert(end - 3, 1, ',');
    return digits;
}

std::string readable_ms(std::int64_t milliseconds) {
    const std::int64_t value = std::max<std::int64_t>(milliseconds, 0);
    if (value < 1000) return std::to_string(value) + " ms";
    if (value < 120'000) return with_one_decimal(static_cast<double>(value) / 1000, " s");
    if (value < 7'200'000) return std::to_string(value / 60'000) + " min";
    if (value < 172'800'000) return std::to_string(value / 3'600'000) + " h";
    return std::to_string(value / 86'400'000) + " d";
}

std::string utc_time(std::int64_t unix_ms) {
    using namespace std::chrono;
    constexpr std::int64_t kLatest = 253'402'300'799'999; // the year 9999 ends: four digits, no overflow
    const sys_time<milliseconds> when{milliseconds(std::clamp<std::int64_t>(unix_ms, 0, kLatest))};
    const auto day = floor<days>(when);
    const year_month_day date{day};
    const hh_mm_ss clock{when - day};
    return padded(static_cast<int>(date.year()), 4) + "-" + padded(static_cast<unsigned>(date.month()), 2) +
           "-" + padded(static_cast<unsigned>(date.day()), 2) + "T" + padded(clock.hours().count(), 2) + ":" +
           padded(clock.minutes().count(), 2) + ":" + padded(clock.seconds().count(), 2) + "." +
           padded(clock.subseconds().count(), 3) + "Z";
}

} // namespace xtap::cli
