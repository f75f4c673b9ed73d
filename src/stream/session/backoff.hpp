// How long to wait before the next connection, by X's documented rules. No clock: delays only.
#pragma once

#include "stream/session/policy.hpp"

#include <cstdint>

namespace xtap::session {

struct BackoffSettings {
    std::int64_t network_step_ms = 250;
    std::int64_t network_max_ms = 16'000;
    std::int64_t http_start_ms = 5'000;
    std::int64_t http_max_ms = 320'000;
    std::int64_t rate_limit_start_ms = 60'000;
};

// A rate-limit window of X's has 15 minutes: waiting longer than that gains nothing.
constexpr std::int64_t kRateLimitMaxMs = 16 * 60'000;
// A reset time further away than this is a clock's mistake, not a window's end.
constexpr std::int64_t kResetMaxMs = 16 * 60'000;

class Backoff {
public:
    explicit Backoff(const BackoffSettings &settings) : settings_(settings) {}

    struct Delay {
        std::int64_t ms;
        Rule rule;
    };
    // The next delay of a rule. Network: at once, then one step more each time. HTTP and connection limit:
    // doubling. Rate limit: doubling, never before `reset_in_ms` (0: unknown).
    Delay next(Rule rule, std::int64_t reset_in_ms);
    // Connections are healthy again: the next trouble is the first.
    void reset() noexcept { network_ = http_ = rate_limit_ = 0; }

private:
    BackoffSettings settings_;
    std::int64_t network_ = 0, http_ = 0, rate_limit_ = 0; // tries so far
};

// Up to a tenth more, so that many legs do not come back in the same instant. `random` is any 32-bit number.
std::int64_t with_jitter(std::int64_t delay_ms, std::uint32_t random) noexcept;

} // namespace xtap::session
