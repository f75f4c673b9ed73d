// The edge's clocks: everything inside gets the time handed in.
#pragma once

#include <cstdint>
#include <limits>

namespace xtap::edge {

// A time that does not come: nothing to wake up for.
inline constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

struct Now {
    std::int64_t mono_ms; // for durations and deadlines; never jumps, counts while the machine sleeps
    std::int64_t wall_ms; // unix time, for people and for X's reset times
};

Now now() noexcept;
std::int64_t mono_ms() noexcept;

} // namespace xtap::edge
