// Backoff delays; see backoff.hpp.
#include "stream/session/backoff.hpp"

#include <algorithm>

namespace xtap::session {

namespace {

std::int64_t doubled(std::int64_t start, std::int64_t times, std::int64_t most) {
    // 2^20 times the smallest start is far above every maximum, so the shift cannot overflow before the cap.
    return std::min(start << std::min<std::int64_t>(times, 20), most);
}

} // namespace

Backoff::Delay Backoff::next(Rule rule, std::int64_t reset_in_ms) {
    switch (rule) {
    case Rule::network: {
        const std::int64_t ms = std::min(settings_.network_step_ms * network_, settings_.network_max_ms);
        if (ms < settings_.network_max_ms) ++network_;
        return {ms, ms == 0 ? Rule::immediate : Rule::network};
    }
    case Rule::http:
    case Rule::connection_limit:
        return {doubled(settings_.http_start_ms, http_++, settings_.http_max_ms), rule};
    case Rule::rate_limit: {
        const std::int64_t most = std::max(kRateLimitMaxMs, settings_.rate_limit_start_ms);
        const std::int64_t ms = doubled(settings_.rate_limit_start_ms, rate_limit_++, most);
        const bool sane = reset_in_ms > 0 && reset_in_ms <= kResetMaxMs;
        return {sane ? std::max(ms, reset_in_ms) : ms, rule};
    }
    case Rule::immediate:
    case Rule::budget:
        break;
    }
    return {0, Rule::immediate};
}

std::int64_t with_jitter(std::int64_t delay_ms, std::uint32_t random) noexcept {
    return delay_ms + static_cast<std::int64_t>(static_cast<std::uint64_t>(delay_ms / 10) * random >> 32);
}

} // namespace xtap::session
