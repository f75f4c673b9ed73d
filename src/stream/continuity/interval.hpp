// A stretch of time. What dedupe, coverage and checkpoints measure in.
#pragma once

#include <cstdint>

namespace xtap::continuity {

// [from, to) in milliseconds since 1970.
struct Interval {
    std::int64_t from_ms = 0, to_ms = 0;

    bool empty() const noexcept { return from_ms >= to_ms; }
    bool contains(std::int64_t ms) const noexcept { return from_ms <= ms && ms < to_ms; }
    bool overlaps(const Interval &other) const noexcept {
        return from_ms < other.to_ms && other.from_ms < to_ms && !empty() && !other.empty();
    }
    bool operator==(const Interval &) const = default;
};

} // namespace xtap::continuity
