// Options to plain values; see stream_settings.hpp.
#include "tap/stream_settings.hpp"

#include "api/options.hpp"

#include <random>

namespace xtap::tap {

StreamSettings stream_settings(const api::Options &options) {
    using api::Option;
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
    settings.continuity = continuity_options(options);
    settings.reclaim_connections = options.flag(Option::reclaim_connections);
    settings.explain_disconnects = options.flag(Option::explain_disconnects);
    return settings;
}

} // namespace xtap::tap
