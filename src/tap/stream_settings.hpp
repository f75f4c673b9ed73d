// What a stream needs to know, read once from the options: plain values, so that nothing below looks names
// up.
#pragma once

#include "stream/session/session.hpp"
#include "tap/continuity_options.hpp"

#include <cstddef>
#include <cstdint>

namespace xtap::tap {

struct StreamSettings {
    session::SessionSettings session;
    std::int64_t connect_timeout_ms = 0, stall_timeout_ms = 0;
    bool compression = true;
    bool reclaim_connections = false, explain_disconnects = false;
    std::size_t read_ahead_bytes = 0, max_event_bytes = 0;
    bool index = true, deliver_json = true;
    std::size_t read_min_bytes = 0;
    std::int64_t read_linger_ms = 0;
    ContinuityOptions continuity;
};

StreamSettings stream_settings(const api::Options &options);

} // namespace xtap::tap
