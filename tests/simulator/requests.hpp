// Turns the query of a streaming request into what is to be streamed, or into the problem with it. Knows no
// sockets.
#pragma once

#include "operations.hpp"
#include "problems.hpp"
#include "settings.hpp"
#include "timeline.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>

namespace xtap::sim {

struct StreamPlan {
    const Operation *operation = nullptr;
    unsigned partition = 0;
    std::uint64_t first = 1;
    std::uint64_t last = UINT64_MAX; // first - 1: nothing at all
    std::uint64_t count = 0;         // so many events, then the end; 0: no limit
    Micros opened = 0;               // when it was asked for: what had arrived by then is the past
    std::optional<Micros> ends;
    bool from_connect = false; // paced from the moment of the connect instead of by the shared clock
    bool replays = false;      // the past from `first` on comes first
    bool recovery = false;     // by start_time: only what happened in its range
};

using Query = std::multimap<std::string, std::string>;

std::variant<StreamPlan, Answer> plan_stream(const Operation &operation, const Query &query,
                                             const Settings &settings, const Timeline &timeline, Micros now);

} // namespace xtap::sim
