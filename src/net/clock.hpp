// The edge's clocks: everything inside gets the time handed in.
#pragma once

#include <cstdint>

namespace xtap::net {

struct Now {
    std::int64_t mono_ms; // for durations and deadlines; never jumps, counts while the machine sleeps
    std::int64_t wall_ms; // unix time, for people and for X's reset times
};

Now now() noexcept;
std::int64_t mono_ms() noexcept;

} // namespace xtap::net
