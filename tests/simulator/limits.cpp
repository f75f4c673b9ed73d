// See limits.hpp.
#include "limits.hpp"

#include "faults.hpp"
#include "json/value.hpp"

#include <chrono>

namespace xtap::sim {
namespace {

constexpr std::uint64_t kShownConnects = 50, kShownRequests = 900; // when there is no limit

std::uint64_t seconds_now() {
    using namespace std::chrono;
    return static_cast<std::uint64_t>(duration_cast<seconds>(system_clock::now().time_since_epoch()).count());
}

// "GET /2/users/me" fits itself, "/2/users/me" and "/2/users/*".
bool fits(std::string_view pattern, std::string_view operation) {
    const std::string_view path = operation.substr(operation.find(' ') + 1);
    if (pattern.starts_with('/')) return pattern == path || path_matches(pattern, path);
    const std::size_t space = pattern.find(' ');
    if (space == std::string_view::npos) return false;
    return operation.starts_with(pattern.substr(0, space + 1)) && fits(pattern.substr(space + 1), operation);
}

} // namespace

RateLimits::State RateLimits::count(std::string_view operation, const std::string &credential,
                                    RateLimit otherwise, std::uint64_t shown_when_unlimited) {
    const std::lock_guard lock(mutex_);
    RateLimit rule = otherwise;
    for (const auto &[pattern, special] : special_)
        if (fits(pattern, operation)) rule = special;
    Window &window = windows_[{std::string(operation), credential}];
    const std::uint64_t now = seconds_now();
    if (now >= window.opened + rule.window_seconds) window = {now, 0};
    ++window.used;
    const std::uint64_t limit = rule.requests > 0 ? rule.requests : shown_when_unlimited;
    return {limit, window.used >= limit ? 0 : limit - window.used, window.opened + rule.window_seconds,
            rule.requests > 0 && window.used > rule.requests};
}

RateLimits::State RateLimits::count_connect(std::string_view path, const std::string &credential) {
    return count("GET " + std::string(path), credential, connects_, kShownConnects);
}

RateLimits::State RateLimits::count_request(std::string_view operation, const std::string &credential) {
    return count(operation, credential, requests_, kShownRequests);
}

void RateLimits::set(const std::string &pattern, RateLimit limit) {
    const std::lock_guard lock(mutex_);
    special_[pattern] = limit;
    windows_.clear();
}

void RateLimits::begin_anew() {
    const std::lock_guard lock(mutex_);
    windows_.clear();
}

Json RateLimits::state() const {
    const std::lock_guard lock(mutex_);
    Json list = Json::array();
    for (const auto &[key, window] : windows_)
        list.push_back({{"operation", key.first}, {"used", window.used}, {"opened", window.opened}});
    return {{"windows", list}};
}

HeaderList rate_headers(const RateLimits::State &state) {
    return {{"x-rate-limit-limit", std::to_string(state.limit)},
            {"x-rate-limit-remaining", std::to_string(state.remaining)},
            {"x-rate-limit-reset", std::to_string(state.reset)}};
}

} // namespace xtap::sim
