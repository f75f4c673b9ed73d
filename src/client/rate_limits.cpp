// See rate_limits.hpp.
#include "client/rate_limits.hpp"

#include "stream/session/backoff.hpp"

#include <algorithm>

namespace xtap::client {

void RateLimits::seen(const api::Operation &operation, std::string_view credential,
                      const session::RateLimit &limit) {
    if (limit.limit < 0 && limit.remaining < 0 && limit.reset_ms < 0) return;
    const std::lock_guard lock(mutex_);
    states_[{operation.id, credential}].limit = limit;
}

void RateLimits::refused(const api::Operation &operation, std::string_view credential,
                         std::int64_t until_ms) {
    const std::lock_guard lock(mutex_);
    std::int64_t &until = states_[{operation.id, credential}].refused_until_ms;
    until = std::max(until, until_ms);
}

std::int64_t RateLimits::wait_ms(const api::Operation &operation, std::string_view credential,
                                 std::int64_t wall_ms) const {
    const std::lock_guard lock(mutex_);
    const auto found = states_.find({operation.id, credential});
    if (found == states_.end()) return 0;
    // Clamped: a wall clock that was set back must not make us wait for years.
    return std::clamp<std::int64_t>(found->second.refused_until_ms - wall_ms, 0, session::kResetMaxMs);
}

void RateLimits::each(const Reader &reader) const {
    const std::lock_guard lock(mutex_);
    for (const auto &[key, state] : states_) {
        const bool said = state.limit.limit >= 0 || state.limit.remaining >= 0 || state.limit.reset_ms >= 0;
        if (said) reader(key.first, key.second, state.limit);
    }
}

} // namespace xtap::client
