// How many connections an endpoint takes in a window: counted per client and endpoint, so that flapping never
// passes X's documented limit. Time comes in as milliseconds of a monotonic clock.
#pragma once

#include <cstdint>
#include <deque>

namespace xtap::session {

class ConnectBudget {
public:
    static constexpr std::int64_t kWindowMs = 15 * 60'000;

    explicit ConnectBudget(std::int32_t limit) : limit_(limit) {} // 0: no limit

    struct Turn {
        std::int64_t wait_ms; // 0: a connection may be made, and is counted from now on
        std::int64_t taken_ms;
    };
    // Asking and counting are one step: two streams on two threads must not both have the last connection.
    Turn take(std::int64_t now_ms);
    // The connection counted at `taken_ms` never reached a server. Not the last one counted: that may be
    // another's.
    void take_back(std::int64_t taken_ms);
    std::int32_t limit() const noexcept { return limit_; }
    std::int32_t used(std::int64_t now_ms);

private:
    void forget_before(std::int64_t now_ms);

    std::int32_t limit_;
    std::deque<std::int64_t> connects_;
};

} // namespace xtap::session
