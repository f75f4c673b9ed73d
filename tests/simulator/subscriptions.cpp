// See subscriptions.hpp.
#include "subscriptions.hpp"

#include <algorithm>
#include <utility>

namespace xtap::sim {
namespace {

bool same(const Subscription &a, const Subscription &b) {
    return a.event_type == b.event_type && a.user_id == b.user_id && a.keyword == b.keyword &&
           a.direction == b.direction && a.webhook_id == b.webhook_id && a.event_types == b.event_types;
}

} // namespace

std::shared_ptr<const Subscriptions> SubscriptionBook::all() const {
    const std::lock_guard lock(mutex_);
    return all_;
}

void SubscriptionBook::replace(Subscriptions all) {
    all_ = std::make_shared<const Subscriptions>(std::move(all));
    ++version_;
}

std::optional<Subscription> SubscriptionBook::add(Subscription wanted, Micros now) {
    const std::lock_guard lock(mutex_);
    Subscriptions all = *all_;
    if (std::ranges::any_of(all, [&](const Subscription &there) { return same(there, wanted); }))
        return std::nullopt;
    wanted.id = ++last_id_;
    wanted.created_at = wanted.updated_at = now;
    all.push_back(wanted);
    replace(std::move(all));
    return wanted;
}

std::optional<Subscription> SubscriptionBook::change(std::uint64_t id, const std::string *tag,
                                                     const std::string *webhook_id, Micros now) {
    const std::lock_guard lock(mutex_);
    Subscriptions all = *all_;
    const auto at = std::ranges::find(all, id, &Subscription::id);
    if (at == all.end()) return std::nullopt;
    if (tag) at->tag = *tag;
    if (webhook_id) at->webhook_id = *webhook_id;
    at->updated_at = now;
    const Subscription changed = *at;
    replace(std::move(all));
    return changed;
}

bool SubscriptionBook::remove(std::uint64_t id) {
    const std::lock_guard lock(mutex_);
    Subscriptions all = *all_;
    if (std::erase_if(all, [id](const Subscription &there) { return there.id == id; }) == 0) return false;
    replace(std::move(all));
    return true;
}

} // namespace xtap::sim
