// See repairs.hpp.
#include "client/repairs.hpp"

namespace xtap::client {

bool Repairs::take(std::string_view endpoint) {
    const std::lock_guard lock(mutex_);
    Endpoint &at = endpoints_[endpoint];
    if (at.running >= most_) return false;
    ++at.running;
    return true;
}

void Repairs::give_back(std::string_view endpoint) noexcept {
    const std::lock_guard lock(mutex_);
    if (const auto at = endpoints_.find(endpoint); at != endpoints_.end()) --at->second.running;
}

void Repairs::refuse(std::string_view endpoint, continuity::RepairBy by) {
    const std::lock_guard lock(mutex_);
    Endpoint &at = endpoints_[endpoint];
    (by == continuity::RepairBy::backfill ? at.no_backfill : at.no_recovery) = true;
}

bool Repairs::refused(std::string_view endpoint, continuity::RepairBy by) const {
    const std::lock_guard lock(mutex_);
    const auto at = endpoints_.find(endpoint);
    if (at == endpoints_.end()) return false;
    return by == continuity::RepairBy::backfill ? at->second.no_backfill : at->second.no_recovery;
}

} // namespace xtap::client
