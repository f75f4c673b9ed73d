// Options to plain values; see settings.hpp.
#include "edge/settings.hpp"

#include "api/address.hpp"
#include "api/options.hpp"

#include <random>

namespace xtap::edge {

using api::Option;

EdgeSettings edge_settings(const api::Options &options) {
    EdgeSettings edge;
    edge.base_url = options.text(Option::base_url);
    while (edge.base_url.ends_with('/'))
        edge.base_url.pop_back();
    edge.user_agent = options.text(Option::user_agent);
    edge.proxy = options.text(Option::proxy);
    edge.ca_file = options.text(Option::ca_file);
    edge.tls13_only = options.text(Option::tls_min) == "1.3";
    const api::BaseUrl url = api::parse_base_url("base_url", edge.base_url);
    edge.plain = !url.https;
    edge.loopback = url.loopback;
    edge.connect_budget = options.integer(Option::connect_budget);
    edge.recovery_jobs = options.integer(Option::recovery_jobs);
    return edge;
}

namespace {

// Backfill comes in whole minutes: a repair may reach so much further back than it has to.
constexpr std::int64_t kBackfillStepMs = 60'000;
constexpr std::int64_t kClockSlackMs = 2'000;

ContinuitySettings continuity_settings(const api::Options &options) {
    ContinuitySettings settings;
    settings.tells = options.text(Option::continuity) != "off";
    settings.recovers = options.text(Option::continuity) == "auto";
    settings.late_ms = options.integer(Option::late_ms);
    settings.redundancy = options.integer(Option::redundancy);
    settings.dedupe_window_ms = options.integer(Option::dedupe_window_ms);
    settings.dedupe_max_bytes = static_cast<std::size_t>(options.integer(Option::dedupe_max_bytes));
    settings.keys_ms =
        settings.late_ms + options.integer(Option::connect_timeout_ms) + kBackfillStepMs + kClockSlackMs;
    return settings;
}

} // namespace

StreamSettings stream_settings(const api::Options &options) {
    StreamSettings settings;
    session::SessionSettings &session = settings.session;
    session.backoff.network_step_ms = options.integer(Option::backoff_network_step_ms);
    session.backoff.network_max_ms = options.integer(Option::backoff_network_max_ms);
    session.backoff.http_start_ms = options.integer(Option::backoff_http_start_ms);
    session.backoff.http_max_ms = options.integer(Option::backoff_http_max_ms);
    session.backoff.rate_limit_start_ms = options.integer(Option::backoff_rate_limit_start_ms);
    session.healthy_after_ms = options.integer(Option::healthy_after_ms);
    session.max_reconnects = options.integer(Option::max_reconnects);
    session.seed = std::random_device{}(); // jitter only: nothing secret hangs on it
    settings.connect_timeout_ms = options.integer(Option::connect_timeout_ms);
    settings.stall_timeout_ms = options.integer(Option::stall_timeout_ms);
    settings.compression = options.flag(Option::compression);
    settings.read_ahead_bytes = static_cast<std::size_t>(options.integer(Option::read_ahead_bytes));
    settings.max_event_bytes = static_cast<std::size_t>(options.integer(Option::max_event_bytes));
    settings.index = options.text(Option::index) == "full";
    settings.deliver_json = options.flag(Option::deliver_json);
    settings.read_min_bytes = static_cast<std::size_t>(options.integer(Option::read_min_bytes));
    settings.read_linger_ms = options.integer(Option::read_linger_ms);
    settings.continuity = continuity_settings(options);
    settings.reclaim_connections = options.flag(Option::reclaim_connections);
    settings.explain_disconnects = options.flag(Option::explain_disconnects);
    return settings;
}

} // namespace xtap::edge
