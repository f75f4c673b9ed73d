// See moment.hpp.
#include "moment.hpp"

#include <charconv>
#include <chrono>

namespace xtap::sim {
namespace {

constexpr Micros kSecond = 1'000'000;

void put(std::string &text, std::size_t at, unsigned value, unsigned digits) {
    for (unsigned i = digits; i-- > 0; value /= 10)
        text[at + i] = static_cast<char>('0' + value % 10);
}

std::optional<int> number(std::string_view text, std::size_t at, std::size_t digits) {
    if (at + digits > text.size()) return std::nullopt;
    int value = 0;
    for (std::size_t i = at; i < at + digits; ++i) {
        if (text[i] < '0' || text[i] > '9') return std::nullopt;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

struct Civil {
    int year;
    unsigned month, day, hour, minute, second, weekday;
};

Civil civil(Micros second) {
    using namespace std::chrono;
    const sys_seconds when{seconds{second}};
    const sys_days day = floor<days>(when);
    const year_month_day date{day};
    const hh_mm_ss time{when - day};
    return {static_cast<int>(date.year()),
            static_cast<unsigned>(date.month()),
            static_cast<unsigned>(date.day()),
            static_cast<unsigned>(time.hours().count()),
            static_cast<unsigned>(time.minutes().count()),
            static_cast<unsigned>(time.seconds().count()),
            weekday{day}.c_encoding()};
}

Micros floor_second(Micros when) { return when / kSecond - (when % kSecond < 0 ? 1 : 0); }

// "Z", "+hh:mm" or "-hh:mm" at the end of a date-time, as seconds east of UTC.
std::optional<int> offset_seconds(std::string_view zone) {
    if (zone == "Z" || zone == "z") return 0;
    if (zone.size() != 6 || (zone[0] != '+' && zone[0] != '-') || zone[3] != ':') return std::nullopt;
    const auto hours = number(zone, 1, 2), minutes = number(zone, 4, 2);
    if (!hours || !minutes || *hours > 23 || *minutes > 59) return std::nullopt;
    const int seconds = *hours * 3600 + *minutes * 60;
    return zone[0] == '+' ? seconds : -seconds;
}

} // namespace

Micros wall_clock() {
    using namespace std::chrono;
    return duration_cast<microseconds>(system_clock::now().time_since_epoch()).count();
}

std::optional<Micros> parse_rfc3339(std::string_view text) {
    if (text.size() < 20 || text[4] != '-' || text[7] != '-' || (text[10] != 'T' && text[10] != 't') ||
        text[13] != ':' || text[16] != ':')
        return std::nullopt;
    const auto year = number(text, 0, 4), month = number(text, 5, 2), day = number(text, 8, 2);
    const auto hour = number(text, 11, 2), minute = number(text, 14, 2), second = number(text, 17, 2);
    if (!year || !month || !day || !hour || !minute || !second) return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year{*year},
                                           std::chrono::month{static_cast<unsigned>(*month)},
                                           std::chrono::day{static_cast<unsigned>(*day)}};
    if (!date.ok() || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
    std::size_t at = 19;
    Micros fraction = 0;
    if (text[at] == '.') {
        Micros unit = kSecond / 10;
        const std::size_t first = ++at;
        for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, unit /= 10)
            fraction += unit * (text[at] - '0');
        if (at == first) return std::nullopt;
    }
    const auto offset = offset_seconds(text.substr(at));
    if (!offset) return std::nullopt;
    const Micros days = std::chrono::sys_days{date}.time_since_epoch().count();
    return (days * 86400 + *hour * 3600 + *minute * 60 + *second - *offset) * kSecond + fraction;
}

std::string_view MomentWriter::iso(Micros when) {
    const Micros second = floor_second(when);
    if (second != iso_second_) {
        iso_second_ = second;
        const Civil c = civil(second);
        put(iso_, 0, static_cast<unsigned>(c.year), 4);
        put(iso_, 5, c.month, 2);
        put(iso_, 8, c.day, 2);
        put(iso_, 11, c.hour, 2);
        put(iso_, 14, c.minute, 2);
        put(iso_, 17, c.second, 2);
    }
    put(iso_, 20, static_cast<unsigned>((when - second * kSecond) / 1000), 3);
    return iso_;
}

std::string_view MomentWriter::classic(Micros when) {
    static constexpr const char *kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr const char *kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                              "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const Micros second = floor_second(when);
    if (second == classic_second_) return classic_;
    classic_second_ = second;
    const Civil c = civil(second);
    classic_.replace(0, 3, kDays[c.weekday]);
    classic_.replace(4, 3, kMonths[c.month - 1]);
    put(classic_, 8, c.day, 2);
    put(classic_, 11, c.hour, 2);
    put(classic_, 14, c.minute, 2);
    put(classic_, 17, c.second, 2);
    put(classic_, 26, static_cast<unsigned>(c.year), 4);
    return classic_;
}

} // namespace xtap::sim
