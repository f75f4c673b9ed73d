// See admission.hpp.
#include "admission.hpp"

namespace xtap::sim {

std::optional<Answer> Admission::admit(Connection &connection, const StreamPlan &plan) {
    const std::lock_guard lock(mutex_);
    if (auto refusal = plan.recovery ? admit_recovery() : admit_live(plan)) return refusal;
    connection.set_plan(plan);
    return std::nullopt;
}

std::optional<Answer> Admission::admit_recovery() const {
    const auto jobs = connections_.counted([](const StreamPlan &there) { return there.recovery; });
    if (jobs.size() < settings_.recovery_jobs) return std::nullopt;
    return too_many_recovery_jobs(settings_.recovery_jobs);
}

std::optional<Answer> Admission::admit_live(const StreamPlan &plan) const {
    if (settings_.connection_limit == 0) return std::nullopt;
    const auto there = connections_.counted([&](const StreamPlan &other) {
        return !other.recovery && other.operation == plan.operation && other.partition == plan.partition;
    });
    if (there.size() < settings_.connection_limit) return std::nullopt;
    if (!settings_.takeover) return connection_exception("TooManyConnections");
    for (std::size_t i = 0; i <= there.size() - settings_.connection_limit; ++i)
        there[i]->force_off();
    return std::nullopt;
}

} // namespace xtap::sim
