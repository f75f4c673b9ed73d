// Activity subscriptions of both dialects: kept, paged, changed. Knows no HTTP and no events.
#pragma once

#include "moment.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace xtap::sim {

struct Subscription {
    std::uint64_t id = 0;
    Micros created_at = 0, updated_at = 0;
    std::string event_type, user_id, keyword, direction, tag, webhook_id;
    std::vector<std::string> event_types; // of the older dialect; then event_type is empty
    bool older() const { return !event_types.empty(); }
};
using Subscriptions = std::vector<Subscription>; // oldest first

class SubscriptionBook {
public:
    // A picture that stays as it is; version() tells when there is a newer one, 0 that there never was any.
    std::shared_ptr<const Subscriptions> all() const;
    std::uint64_t version() const { return version_; }

    // nullopt when there is the same one already.
    std::optional<Subscription> add(Subscription wanted, Micros now);
    // Null: stays as it is.
    std::optional<Subscription> change(std::uint64_t id, const std::string *tag,
                                       const std::string *webhook_id, Micros now);
    bool remove(std::uint64_t id);

private:
    void replace(Subscriptions all);

    std::atomic<std::uint64_t> version_{0};
    mutable std::mutex mutex_;
    std::uint64_t last_id_ = 1'800'000'000'000'000'000;
    std::shared_ptr<const Subscriptions> all_ = std::make_shared<const Subscriptions>();
};

} // namespace xtap::sim
