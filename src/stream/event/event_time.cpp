// Times out of ids and texts. No locale, no time zone data, no allocation.
#include "stream/event/event_time.hpp"

#include <array>
#include <cstring>

namespace xtap::event {
namespace {

constexpr std::uint64_t kFirstSnowflake = 29'700'859'247;

// Reads a text from left to right; once something did not fit, everything after it fails too.
class DateReader {
public:
    explicit DateReader(std::string_view text) : at_(text.data()), end_(text.data() + text.size()) {}

    int digits(int count) {
        int value = 0;
        for (int i = 0; i < count; ++i) {
            if (at_ == end_ || *at_ < '0' || *at_ > '9') return fail();
            value = value * 10 + (*at_++ - '0');
        }
        return value;
    }
    void expect(char wanted) {
        if (!take(wanted)) fail();
    }
    bool take(char wanted) {
        if (at_ == end_ || *at_ != wanted) return false;
        ++at_;
        return true;
    }
    // The place of one of the three-letter names, from 0.
    int name(std::string_view names) {
        for (std::size_t i = 0; end_ - at_ >= 3 && i < names.size(); i += 3) {
            if (std::memcmp(at_, names.data() + i, 3) != 0) continue;
            at_ += 3;
            return static_cast<int>(i / 3);
        }
        return fail();
    }
    // Thousandths out of a fraction of any length.
    int fraction() {
        int value = 0;
        int seen = 0;
        for (; at_ != end_ && *at_ >= '0' && *at_ <= '9'; ++at_, ++seen)
            if (seen < 3) value = value * 10 + (*at_ - '0');
        if (seen == 0) return fail();
        for (; seen < 3; ++seen)
            value *= 10;
        return value;
    }
    // "+hhmm" or "+hh:mm" as minutes.
    int offset(bool with_colon) {
        const bool west = take('-');
        if (!west) expect('+');
        const int hours = digits(2);
        if (with_colon) expect(':');
        const int minutes = digits(2);
        if (hours > 23 || minutes > 59) return fail();
        return (west ? -1 : 1) * (hours * 60 + minutes);
    }
    bool finished() const { return good_ && at_ == end_; }

private:
    int fail() {
        good_ = false;
        at_ = end_;
        return 0;
    }

    const char *at_;
    const char *end_;
    bool good_ = true;
};

struct Moment {
    int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, millisecond = 0, offset_minutes = 0;
};

bool is_leap(int year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

bool exists(const Moment &m) {
    constexpr std::array<int, 12> lengths = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (m.month < 1 || m.month > 12 || m.day < 1) return false;
    const int length = lengths[static_cast<std::size_t>(m.month - 1)] + (m.month == 2 && is_leap(m.year));
    return m.day <= length && m.hour <= 23 && m.minute <= 59 && m.second <= 60;
}

// Days since 1970-01-01. The year is counted from March, so that the leap day is its last day.
std::int64_t days_since_epoch(int year, int month, int day) {
    const std::int64_t march_year = month <= 2 ? year - 1 : year;
    const std::int64_t months_since_march = (month + 9) % 12;
    const std::int64_t floor_4 =
        march_year >= 0 ? march_year / 4 : -1; // only year 0 reaches the negative side
    const std::int64_t floor_100 = march_year >= 0 ? march_year / 100 : -1;
    const std::int64_t floor_400 = march_year >= 0 ? march_year / 400 : -1;
    const std::int64_t days = 365 * march_year + floor_4 - floor_100 + floor_400;
    return days + (153 * months_since_march + 2) / 5 + day - 1 - 719468;
}

std::int64_t to_ms(const Moment &m) {
    if (!exists(m)) return kTimeUnknown;
    const std::int64_t minutes =
        (days_since_epoch(m.year, m.month, m.day) * 24 + m.hour) * 60 + m.minute - m.offset_minutes;
    return (minutes * 60 + m.second) * 1000 + m.millisecond;
}

std::int64_t parse_rfc3339(std::string_view text) {
    DateReader in(text);
    Moment m;
    m.year = in.digits(4);
    in.expect('-');
    m.month = in.digits(2);
    in.expect('-');
    m.day = in.digits(2);
    if (!in.take('T') && !in.take('t')) in.expect(' ');
    m.hour = in.digits(2);
    in.expect(':');
    m.minute = in.digits(2);
    in.expect(':');
    m.second = in.digits(2);
    if (in.take('.')) m.millisecond = in.fraction();
    if (!in.take('Z') && !in.take('z')) m.offset_minutes = in.offset(true);
    return in.finished() ? to_ms(m) : kTimeUnknown;
}

std::int64_t parse_written_out(std::string_view text) {
    DateReader in(text);
    Moment m;
    in.name(
        "MonTueWedThuFriSatSun"); // the date says it again; a wrong name of the day is not worth a refusal
    in.expect(' ');
    m.month = in.name("JanFebMarAprMayJunJulAugSepOctNovDec") + 1;
    in.expect(' ');
    m.day = in.digits(2);
    in.expect(' ');
    m.hour = in.digits(2);
    in.expect(':');
    m.minute = in.digits(2);
    in.expect(':');
    m.second = in.digits(2);
    in.expect(' ');
    m.offset_minutes = in.offset(false);
    in.expect(' ');
    m.year = in.digits(4);
    return in.finished() ? to_ms(m) : kTimeUnknown;
}

} // namespace

std::int64_t snowflake_ms(std::uint64_t id) noexcept {
    if (id < kFirstSnowflake || id > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
        return kTimeUnknown;
    return static_cast<std::int64_t>(id >> 22) + kSnowflakeEpochMs;
}

std::int64_t parse_time(std::string_view text) noexcept {
    if (text.empty()) return kTimeUnknown;
    const bool digit_first = text.front() >= '0' && text.front() <= '9';
    return digit_first ? parse_rfc3339(text) : parse_written_out(text);
}

} // namespace xtap::event
