// See limits.hpp.
#include "limits.hpp"

#include <chrono>

namespace xtap::sim {
namespace {

constexpr std::uint64_t kShownWhenUnlimited = 50;

std::uint64_t seconds_now() {
    using namespace std::chrono;
    return static_cast<std::uint64_t>(duration_cast<seconds>(system_clock::now().time_since_epoch()).count());
}

} // namespace

RateLimits::State RateLimits::count(const std::string &endpoint) {
    const std::lock_guard lock(mutex_);
    Window &window = windows_[endpoint];
    const std::uint64_t now = seconds_now();
    if (now >= window.opened + window_seconds_) window = {now, 0};
    ++window.used;
    const std::uint64_t limit = per_window_ > 0 ? per_window_ : kShownWhenUnlimited;
    return {limit, window.used >= limit ? 0 : limit - window.used, window.opened + window_seconds_,
            per_window_ > 0 && window.used > per_window_};
}

HeaderList rate_headers(const RateLimits::State &state) {
    return {{"x-rate-limit-limit", std::to_string(state.limit)},
            {"x-rate-limit-remaining", std::to_string(state.remaining)},
            {"x-rate-limit-reset", std::to_string(state.reset)}};
}

} // namespace xtap::sim
