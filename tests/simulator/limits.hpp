// Counts requests per endpoint and window, as the x-rate-limit headers tell it. Knows no HTTP beyond their
// names.
#pragma once

#include "problems.hpp"

#include <cstdint>
#include <map>
#include <mutex>
#include <string>

namespace xtap::sim {

class RateLimits {
public:
    RateLimits(std::uint64_t per_window, std::uint64_t window_seconds)
        : per_window_(per_window), window_seconds_(window_seconds) {}

    struct State {
        std::uint64_t limit, remaining, reset;
        bool exceeded;
    };
    // Counts one more request.
    State count(const std::string &endpoint);

private:
    struct Window {
        std::uint64_t opened = 0, used = 0;
    };
    std::uint64_t per_window_, window_seconds_;
    std::mutex mutex_;
    std::map<std::string, Window> windows_;
};

HeaderList rate_headers(const RateLimits::State &state);

} // namespace xtap::sim
