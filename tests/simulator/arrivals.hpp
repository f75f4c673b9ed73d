// When event n reaches the streams: at its own time or, for a share of the events, some while later. A pure
// function, so that a test can work out what a connection had to be sent.
#pragma once

#include "timeline.hpp"

#include <cstdint>

namespace xtap::sim {

class Arrivals {
public:
    // `share_percent` of the events are up to `late_ms` late; `salt` chooses which.
    Arrivals(Timeline timeline, std::uint64_t salt, std::uint64_t late_ms, double share_percent);

    const Timeline &timeline() const { return timeline_; }
    Micros longest_delay() const { return millionths_ > 0 ? longest_ : 0; }
    Micros delay_of(std::uint64_t number) const;
    Micros of(std::uint64_t number) const { return timeline_.time_of(number) + delay_of(number); }

private:
    Timeline timeline_;
    std::uint64_t salt_;
    Micros longest_;
    std::uint64_t millionths_; // of the events
};

} // namespace xtap::sim
