// See clock.hpp.
#include "net/clock.hpp"

#include <chrono>

namespace xtap::net {

namespace {

template <class Clock> std::int64_t milliseconds() noexcept {
    return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now().time_since_epoch()).count();
}

} // namespace

std::int64_t mono_ms() noexcept { return milliseconds<std::chrono::steady_clock>(); }

Now now() noexcept { return {mono_ms(), milliseconds<std::chrono::system_clock>()}; }

} // namespace xtap::net
