// The figures of a running stream and the one line that shows them. Pure: time and sizes come in, text goes
// out.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace xtap::cli {

// Events and bytes over the last second or so: a figure that is steady enough to read and quick enough to
// trust.
class Meter {
public:
    using TimePoint = std::chrono::steady_clock::time_point;

    explicit Meter(TimePoint start) noexcept;
    void count(std::uint64_t events, std::uint64_t bytes) noexcept;
    // Remembers the totals as they are at `now`; called at every refresh.
    void sample(TimePoint now) noexcept;
    void count_gap() noexcept { ++gaps_; }

    std::uint64_t events() const noexcept { return events_; }
    std::uint64_t bytes() const noexcept { return bytes_; }
    std::uint64_t gaps() const noexcept { return gaps_; }
    double events_per_second() const noexcept;
    double bytes_per_second() const noexcept;

private:
    struct Sample {
        TimePoint when;
        std::uint64_t events = 0;
        std::uint64_t bytes = 0;
    };
    double per_second(std::uint64_t Sample::*total) const noexcept;

    std::uint64_t events_ = 0;
    std::uint64_t bytes_ = 0;
    std::uint64_t gaps_ = 0;
    std::array<Sample, 6> samples_; // at five refreshes a second: one second
    std::size_t newest_ = 0;
    std::size_t filled_ = 1;
};

// "streaming | 12,345 events/s | 12.6 MB/s | lag 850 ms | 1,234,567 events", with "| 2 gaps" once there are
// some, cut to `columns` characters.
std::string status_line(const std::string &state, const Meter &meter, std::optional<std::int64_t> lag_ms,
                        std::size_t columns);

// The last words on a terminal: totals, time and the average.
std::string summary(const Meter &meter, std::chrono::milliseconds elapsed);

} // namespace xtap::cli
