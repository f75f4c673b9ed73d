// Whether one more stream may be opened beside those that there are, and who has to go for it.
#pragma once

#include "connections.hpp"
#include "problems.hpp"
#include "settings.hpp"

#include <mutex>
#include <optional>

namespace xtap::sim {

class Admission {
public:
    Admission(const Settings &settings, Connections &connections)
        : settings_(settings), connections_(connections) {}

    // Gives the connection its plan, or says why it gets none.
    std::optional<Answer> admit(Connection &connection, const StreamPlan &plan);

private:
    std::optional<Answer> admit_recovery() const;
    std::optional<Answer> admit_live(const StreamPlan &plan) const;

    const Settings &settings_;
    Connections &connections_;
    std::mutex mutex_; // two that come at once must not both get the last place
};

} // namespace xtap::sim
