// What the library says about a stream, as the JSON of a notice. Keys are permanent; docs/CONFIGURATION.md
// lists them.
#pragma once

#include "api/problem.hpp"
#include "stream/continuity/continuity.hpp"
#include "stream/event/batch.hpp"
#include "stream/session/session.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace xtap::session {

struct Notice {
    Kind kind = Kind::notice_system;
    std::int64_t at_ms = 0;
    std::string json;
};

// Who speaks, for every notice.
struct NoticeSource {
    std::string operation;
    std::uint32_t partition = 0;
    std::string_view leg = {}; // "redundant" or "recovery"; empty for the one that every stream has
};

struct RateLimit { // -1: not said
    std::int64_t limit = -1, remaining = -1, reset_ms = -1;
};

struct ConnectedFacts {
    std::int64_t attempt, connect_ms;
    std::int32_t http_status;
    std::string_view content_encoding, request_id;
    RateLimit rate_limit;
};

struct DisconnectedFacts {
    std::int64_t open_ms;
    std::uint64_t events, bytes;
    std::size_t dropped_tail_bytes;
    const api::Problem *problem; // may be null
    std::string_view disconnect_reason = {};
};

// A notice is a record of its kind, in order with the events. REQUIRES: it fits.
void put_notice(const Notice &notice, std::uint32_t partition, event::BatchView &batch);

Notice connecting_notice(const NoticeSource &source, std::int64_t at_ms, std::int64_t attempt,
                         std::string_view url, std::string_view reclaimed = {});
Notice connected_notice(const NoticeSource &source, std::int64_t at_ms, const ConnectedFacts &facts);
Notice disconnected_notice(const NoticeSource &source, std::int64_t at_ms, const Closing &closing,
                           Status status, const DisconnectedFacts &facts);
Notice backing_off_notice(const NoticeSource &source, std::int64_t at_ms, std::int64_t delay_ms, Rule rule,
                          std::int64_t attempt);
Notice system_notice(const NoticeSource &source, std::int64_t at_ms, const api::Problem &problem,
                     std::string_view message);
Notice lagging_notice(const NoticeSource &source, std::int64_t at_ms, std::uint64_t queue_bytes,
                      std::uint64_t queue_capacity, std::uint64_t queue_records, std::int64_t lag_ms);
Notice oversized_notice(const NoticeSource &source, std::int64_t at_ms, std::size_t size, std::size_t limit);
Notice rate_limited_notice(const NoticeSource &source, std::int64_t at_ms, std::int64_t retry_after_ms,
                           std::int64_t reset_ms);

Notice outcome_notice(const NoticeSource &source, std::int64_t at_ms, const continuity::Outcome &outcome);

} // namespace xtap::session
