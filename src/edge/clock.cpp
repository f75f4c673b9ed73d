// See clock.hpp.
#include "edge/clock.hpp"

#include <ctime>

namespace xtap::edge {

namespace {

std::int64_t milliseconds(clockid_t clock) noexcept {
    timespec at{};
    clock_gettime(clock, &at);
    return std::int64_t{at.tv_sec} * 1000 + at.tv_nsec / 1'000'000;
}

#ifdef CLOCK_BOOTTIME
constexpr clockid_t kSteady = CLOCK_BOOTTIME;
#else
constexpr clockid_t kSteady = CLOCK_MONOTONIC;
#endif

} // namespace

std::int64_t mono_ms() noexcept { return milliseconds(kSteady); }

Now now() noexcept { return {mono_ms(), milliseconds(CLOCK_REALTIME)}; }

} // namespace xtap::edge
