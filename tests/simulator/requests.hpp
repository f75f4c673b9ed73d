// Turns the query of a streaming request into what is to be streamed, or into the problem with it. Knows no
// sockets.
#pragma once

#include "operations.hpp"
#include "problems.hpp"
#include "settings.hpp"
#include "timeline.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <variant>

namespace xtap::sim {

struct StreamPlan {
    const Operation *operation = nullptr;
    unsigned partition = 0;
    std::uint64_t first = 1;
    std::uint64_t last = UINT64_MAX; // first - 1: nothing at all
    bool from_connect = false;       // paced from the moment of the connect instead of by the shared clock
};

using Query = std::multimap<std::string, std::string>;

std::variant<StreamPlan, Answer> plan_stream(const Operation &operation, const Query &query,
                                             const Settings &settings, const Timeline &timeline, Micros now);

} // namespace xtap::sim
