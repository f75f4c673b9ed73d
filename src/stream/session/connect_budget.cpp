// The connect budget; see connect_budget.hpp.
#include "stream/session/connect_budget.hpp"

#include <algorithm>

namespace xtap::session {

void ConnectBudget::forget_before(std::int64_t now_ms) {
    while (!connects_.empty() && connects_.front() <= now_ms - kWindowMs)
        connects_.pop_front();
}

std::int32_t ConnectBudget::used(std::int64_t now_ms) {
    forget_before(now_ms);
    return static_cast<std::int32_t>(connects_.size());
}

ConnectBudget::Turn ConnectBudget::take(std::int64_t now_ms) {
    if (limit_ != 0 && used(now_ms) >= limit_) return {connects_.front() + kWindowMs - now_ms, 0};
    forget_before(now_ms); // without a limit too: they must not pile up
    connects_.push_back(now_ms);
    return {0, now_ms};
}

void ConnectBudget::take_back(std::int64_t taken_ms) {
    if (const auto taken = std::find(connects_.begin(), connects_.end(), taken_ms); taken != connects_.end())
        connects_.erase(taken);
}

} // namespace xtap::session
