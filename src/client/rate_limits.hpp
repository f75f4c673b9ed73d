// What the server last said of its rate limits, per operation and kind of credential. Thread-safe; no clock.
#pragma once

#include "api/operation.hpp"
#include "stream/session/notice.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string_view>
#include <utility>

namespace xtap::client {

class RateLimits {
public:
    void seen(const api::Operation &operation, std::string_view credential, const session::RateLimit &limit);
    // The server refused: nothing before `until_ms` (unix time) is worth sending.
    void refused(const api::Operation &operation, std::string_view credential, std::int64_t until_ms);
    // How long to wait before the next one; 0: not at all.
    std::int64_t wait_ms(const api::Operation &operation, std::string_view credential,
                         std::int64_t wall_ms) const;

    using Reader = std::function<void(std::string_view operation, std::string_view credential,
                                      const session::RateLimit &limit)>;
    void each(const Reader &reader) const; // those that were said, ordered

private:
    struct State {
        session::RateLimit limit;
        std::int64_t refused_until_ms = 0;
    };
    using Key = std::pair<std::string_view, std::string_view>; // both live as long as the library

    mutable std::mutex mutex_;
    std::map<Key, State> states_;
};

} // namespace xtap::client
