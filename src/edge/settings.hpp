// What the edge needs to know, read once from the options: plain values, so that nothing below looks names
// up.
#pragma once

#include "stream/session/session.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace xtap::api {
class Options;
}

namespace xtap::edge {

// The same for all streams of a client.
struct EdgeSettings {
    std::string base_url; // without a slash at its end
    std::string user_agent, proxy, ca_file;
    bool tls13_only = false;
    bool plain = false;    // http, not https
    bool loopback = false; // the host is this machine
    std::int64_t connect_budget = -1;
    std::int64_t recovery_jobs = 1;
};

struct ContinuitySettings {
    bool tells = true; // repairs, and names gaps: not with continuity=off
    bool recovers = true;
    std::int64_t late_ms = 0;
    std::int64_t redundancy = 1;
    std::int64_t dedupe_window_ms = 0;
    std::size_t dedupe_max_bytes = 0;
    std::int64_t keys_ms = 0; // how long the keys of what was delivered are kept for checkpoints
};

struct StreamSettings {
    session::SessionSettings session;
    std::int64_t connect_timeout_ms = 0, stall_timeout_ms = 0;
    bool compression = true;
    bool reclaim_connections = false, explain_disconnects = false;
    std::size_t read_ahead_bytes = 0, max_event_bytes = 0;
    bool index = true, deliver_json = true;
    std::size_t read_min_bytes = 0;
    std::int64_t read_linger_ms = 0;
    ContinuitySettings continuity;
};

EdgeSettings edge_settings(const api::Options &options);
StreamSettings stream_settings(const api::Options &options);

} // namespace xtap::edge
