// Tells a dead connection from a quiet one. Time comes in as milliseconds of a monotonic clock.
#pragma once

#include <cstdint>

namespace xtap::session {

// Silence counts only when the socket was found empty: while we do not read, unread bytes may be waiting, and
// our own pause must not be taken for the peer's. So the question is put right after a read that found
// nothing.
class StallClock {
public:
    explicit StallClock(std::int64_t limit_ms) : limit_ms_(limit_ms) {}

    void start(std::int64_t now_ms) noexcept { heard_ms_ = now_ms; }
    void heard(std::int64_t now_ms) noexcept { heard_ms_ = now_ms; }
    bool dead(std::int64_t drained_at_ms) const noexcept { return drained_at_ms >= deadline_ms(); }
    std::int64_t deadline_ms() const noexcept { return heard_ms_ + limit_ms_; }

private:
    std::int64_t limit_ms_;
    std::int64_t heard_ms_ = 0;
};

} // namespace xtap::session
