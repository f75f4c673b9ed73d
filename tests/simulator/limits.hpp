// Counts requests per operation and credential in windows, as the x-rate-limit headers tell it. Knows no HTTP
// beyond their names.
#pragma once

#include "problems.hpp"
#include "json/value.hpp"

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace xtap::sim {

// requests 0: unlimited.
struct RateLimit {
    std::uint64_t requests = 0, window_seconds = 900;
};

class RateLimits {
public:
    RateLimits(RateLimit connects, RateLimit requests) : connects_(connects), requests_(requests) {}

    struct State {
        std::uint64_t limit, remaining, reset;
        bool exceeded;
    };
    // Counts one more connect of a stream, or one more request of "METHOD /path/{of}/operation".
    State count_connect(std::string_view path, const std::string &credential);
    State count_request(std::string_view operation, const std::string &credential);

    // From now on, for every operation whose path fits; "GET /path" for one method only.
    void set(const std::string &pattern, RateLimit limit);
    // Every window ends now.
    void begin_anew();
    Json state() const;

private:
    struct Window {
        std::uint64_t opened = 0, used = 0;
    };
    State count(std::string_view operation, const std::string &credential, RateLimit otherwise,
                std::uint64_t shown_when_unlimited);

    RateLimit connects_, requests_;
    mutable std::mutex mutex_;
    std::map<std::string, RateLimit> special_;
    std::map<std::pair<std::string, std::string>, Window> windows_; // by operation and credential
};

HeaderList rate_headers(const RateLimits::State &state);

} // namespace xtap::sim
