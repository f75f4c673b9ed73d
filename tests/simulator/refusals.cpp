// See refusals.hpp.
#include "refusals.hpp"

namespace xtap::sim {

void Refusals::set(What what) {
    const std::lock_guard lock(mutex_);
    what_ = what;
}

Refusals::What Refusals::what() const {
    const std::lock_guard lock(mutex_);
    return what_;
}

std::optional<Answer> Refusals::check(const Operation &operation, const Query &query) const {
    const What refused = what();
    std::vector<BadParameter> bad;
    const auto look_for = [&](std::string_view name) {
        const auto at = query.find(std::string(name));
        if (at != query.end())
            bad.push_back({at->first, at->second, "\"" + at->first + "\" is not for this account"});
    };
    if (refused.backfill) look_for(backfill_name(operation));
    if (refused.recovery) {
        look_for(start_name(operation));
        look_for(end_name(operation));
    }
    if (bad.empty()) return std::nullopt;
    return refused.status == 403 ? forbidden_parameters(bad) : invalid_request(bad);
}

} // namespace xtap::sim
