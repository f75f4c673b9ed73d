// What time it is where events get theirs: the server's clock, told by its answers. Our own wall clock only
// starts it, so that neither a wrong clock nor one that jumps asks for the wrong stretch of the past.
#pragma once

#include <algorithm>
#include <cstdint>

namespace xtap::continuity {

// Times are ms; mono is a clock that never jumps and counts while the machine sleeps.
class ServerClock {
public:
    ServerClock(std::int64_t wall_ms, std::int64_t mono_ms) : offset_ms_(wall_ms - mono_ms) {}

    // An answer that arrived now was made at `server_ms`, cut to whole seconds. What agrees with it stays.
    void seen(std::int64_t server_ms, std::int64_t mono_ms) noexcept {
        offset_ms_ = std::clamp(at(mono_ms), server_ms, server_ms + kCutMs + kTravelMs) - mono_ms;
    }
    std::int64_t at(std::int64_t mono_ms) const noexcept { return mono_ms + offset_ms_; }

private:
    static constexpr std::int64_t kCutMs = 999, kTravelMs = 500;

    std::int64_t offset_ms_;
};

} // namespace xtap::continuity
