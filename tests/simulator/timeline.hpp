// When event number n happens, and which number belongs to a time. Knows nothing of what an event says.
#pragma once

#include "moment.hpp"

#include <cstdint>

namespace xtap::sim {

// Numbers start at 1. A rate of 0 means "as fast as the socket takes": event times then advance at a nominal
// rate.
class Timeline {
public:
    static constexpr double kNominalRate = 10'000;
    static constexpr double kFastestRate = 5'000'000; // 13 bits of an id tell events of one millisecond apart

    Timeline(Micros base, double events_per_second);

    bool paced() const { return paced_; }
    Micros base() const { return base_; }
    Micros time_of(std::uint64_t number) const { return base_ + since_base(number); }
    // The smallest number whose time is not before `when`; never less than 1.
    std::uint64_t first_at_or_after(Micros when) const;
    // How many events happened up to and including `when`.
    std::uint64_t happened_by(Micros when) const { return first_at_or_after(when + 1) - 1; }

private:
    Micros since_base(std::uint64_t number) const;

    Micros base_;
    std::uint64_t millirate_; // events per 1000 s: whole, so that rates like 0.5 are exact
    bool paced_;
};

} // namespace xtap::sim
