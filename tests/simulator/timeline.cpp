// See timeline.hpp.
#include "timeline.hpp"

#include <cmath>

namespace xtap::sim {
namespace {

constexpr std::uint64_t kMicrosPerThousandSeconds = 1'000'000'000;

} // namespace

Timeline::Timeline(Micros base, double events_per_second)
    : base_(base), millirate_(static_cast<std::uint64_t>(
                       std::llround((events_per_second > 0 ? events_per_second : kNominalRate) * 1000))),
      paced_(events_per_second > 0) {
    if (millirate_ == 0) millirate_ = 1;
}

Micros Timeline::since_base(std::uint64_t number) const {
    // Split, so that no product overflows for any number a run can reach.
    const std::uint64_t whole = number / millirate_, rest = number % millirate_;
    return static_cast<Micros>(whole * kMicrosPerThousandSeconds +
                               rest * kMicrosPerThousandSeconds / millirate_);
}

std::uint64_t Timeline::first_at_or_after(Micros when) const {
    if (when <= time_of(1)) return 1;
    const auto elapsed = static_cast<std::uint64_t>(when - base_);
    const std::uint64_t whole = elapsed / kMicrosPerThousandSeconds;
    const std::uint64_t rest = elapsed % kMicrosPerThousandSeconds;
    std::uint64_t number = whole * millirate_ + rest * millirate_ / kMicrosPerThousandSeconds;
    if (number == 0) number = 1;
    while (number > 1 && time_of(number - 1) >= when)
        --number;
    while (time_of(number) < when)
        ++number;
    return number;
}

} // namespace xtap::sim
