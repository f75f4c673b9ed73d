// What the streams of a client share about repairs, by endpoint: how many recoveries run, and what the server
// has refused before. Any thread.
#pragma once

#include "stream/continuity/continuity.hpp"

#include <cstdint>
#include <map>
#include <mutex>
#include <string_view>

namespace xtap::client {

class Repairs {
public:
    explicit Repairs(std::int64_t most_recoveries) : most_(most_recoveries) {}

    // A recovery may begin; give_back() when it is over. `endpoint` must live as long as this, as the table's
    // do.
    bool take(std::string_view endpoint);
    void give_back(std::string_view endpoint) noexcept;

    void refuse(std::string_view endpoint, continuity::RepairBy by);
    bool refused(std::string_view endpoint, continuity::RepairBy by) const;

private:
    struct Endpoint {
        std::int64_t running = 0;
        bool no_backfill = false, no_recovery = false;
    };

    const std::int64_t most_;
    mutable std::mutex mutex_;
    std::map<std::string_view, Endpoint> endpoints_;
};

} // namespace xtap::client
