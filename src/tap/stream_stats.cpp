// A stream's statistics as JSON. Keys are permanent; docs/CONFIGURATION.md lists them.
#include "api/json_writer.hpp"
#include "tap/stream.hpp"

#include <algorithm>

namespace xtap::tap {

namespace {

constexpr session::Cause kCauses[] = {
    session::Cause::clean_close, session::Cause::network, session::Cause::tls,     session::Cause::stalled,
    session::Cause::http,        session::Cause::system,  session::Cause::protocol};

struct Totals {
    std::uint64_t events = 0, notices = 0, bytes = 0, wire_bytes = 0, malformed = 0, oversized = 0,
                  dropped_tails = 0, duplicates = 0, connects = 0;
    std::int64_t last_event_ms = event::kNoTime, open_since_ms = 0;
    std::uint64_t reconnects[8] = {};
    session::LegState state = session::LegState::ended;
    std::uint64_t gaps = 0, maybe_repeated = 0, keys = 0, key_bytes = 0;
    std::int64_t gap_ms = 0;
};

// Of several connections a stream's state is the best.
int goodness(session::LegState state) {
    switch (state) {
    case session::LegState::open:
        return 4;
    case session::LegState::connecting:
        return 3;
    case session::LegState::backing_off:
        return 2;
    case session::LegState::idle:
        return 1;
    case session::LegState::ended:
        break;
    }
    return 0;
}

void add(Totals &totals, const Leg &leg) {
    const event::DecoderCounters &decoded = leg.intake().decoder_counters();
    const LegCounters &counters = leg.counters();
    totals.events += decoded.events.load(kRelaxed);
    totals.bytes += decoded.bytes.load(kRelaxed);
    totals.malformed += decoded.malformed.load(kRelaxed);
    totals.oversized += decoded.oversized.load(kRelaxed);
    totals.dropped_tails += decoded.dropped_tails.load(kRelaxed);
    totals.duplicates += decoded.duplicates.load(kRelaxed);
    totals.notices += leg.intake().notices_put();
    totals.wire_bytes += counters.wire_bytes.load(kRelaxed);
    totals.connects += counters.connects.load(kRelaxed);
    totals.last_event_ms = std::max(totals.last_event_ms, decoded.last_event_ms.load(kRelaxed));
    for (const session::Cause cause : kCauses)
        totals.reconnects[static_cast<std::size_t>(cause)] +=
            counters.reconnects[static_cast<std::size_t>(cause)].load(kRelaxed);
    const auto state = static_cast<session::LegState>(counters.state.load(kRelaxed));
    if (goodness(state) <= goodness(totals.state)) return;
    totals.state = state;
    totals.open_since_ms = counters.open_since_ms.load(kRelaxed);
}

void put_time(api::JsonWriter &json, std::string_view key, std::int64_t ms) {
    json.key(key);
    if (ms == event::kNoTime || ms == 0)
        json.null();
    else
        json.value(ms);
}

void add(Totals &totals, const Partition &partition) {
    const PartitionCounters &counters = partition.counters();
    totals.gaps += counters.gaps.load(kRelaxed);
    totals.gap_ms += counters.gap_ms.load(kRelaxed);
    totals.maybe_repeated += counters.maybe_repeated.load(kRelaxed);
    totals.keys += counters.keys.load(kRelaxed);
    totals.key_bytes += counters.key_bytes.load(kRelaxed);
    for (const auto &lane : partition.lanes())
        add(totals, lane->leg());
}

void put_coverage(api::JsonWriter &json, const Partition &partition) {
    const PartitionCounters &counters = partition.counters();
    json.begin_object();
    json.member("partition", partition.number());
    put_time(json, "through_ms", counters.through_ms.load(kRelaxed));
    json.member("recovering", counters.recovering.load(kRelaxed));
    json.member("recovering_ms", counters.recovering_ms.load(kRelaxed));
    json.end_object();
}

void put_leg(api::JsonWriter &json, const Partition::Lane &lane) {
    const Leg &leg = lane.leg();
    const LegCounters &counters = leg.counters();
    json.begin_object();
    json.member("partition", leg.source().partition);
    json.member("role", Partition::role_name(lane.role()));
    json.member("state",
                session::leg_state_name(static_cast<session::LegState>(counters.state.load(kRelaxed))));
    json.member("attempt", counters.attempt.load(kRelaxed));
    json.member("connects", counters.connects.load(kRelaxed));
    json.member("events", leg.intake().decoder_counters().events.load(kRelaxed));
    json.member("bytes", leg.intake().decoder_counters().bytes.load(kRelaxed));
    json.member("duplicates", leg.intake().decoder_counters().duplicates.load(kRelaxed));
    put_time(json, "last_event_ms", leg.intake().decoder_counters().last_event_ms.load(kRelaxed));
    put_time(json, "last_byte_ms", counters.last_byte_ms.load(kRelaxed));
    put_time(json, "open_since_ms", counters.open_since_ms.load(kRelaxed));
    json.end_object();
}

} // namespace

std::string Stream::stats() const {
    const bool started = started_.load(std::memory_order_acquire);
    Totals totals;
    totals.state = started ? session::LegState::ended : session::LegState::idle;
    totals.notices = lagging_notices_.load(kRelaxed);
    if (started)
        for (const auto &partition : partitions_)
            add(totals, *partition);
    if (cancelled_.load()) totals.state = session::LegState::ended;
    api::JsonWriter json;
    json.begin_object();
    json.member("operation", operation_->id);
    json.member("state", session::leg_state_name(totals.state));
    json.member("events", totals.events).member("notices", totals.notices);
    json.member("bytes", totals.bytes).member("wire_bytes", totals.wire_bytes);
    json.member("malformed", totals.malformed).member("oversized", totals.oversized);
    json.member("dropped_tails", totals.dropped_tails).member("duplicates", totals.duplicates);
    json.member("maybe_repeated", totals.maybe_repeated);
    json.member("gaps", totals.gaps).member("gap_ms", totals.gap_ms);
    json.member("dedupe_keys", totals.keys).member("dedupe_bytes", totals.key_bytes);
    json.member("connects", totals.connects);
    json.key("reconnects").begin_object();
    for (const session::Cause cause : kCauses)
        json.member(session::cause_name(cause), totals.reconnects[static_cast<std::size_t>(cause)]);
    json.end_object();
    const bool queued = started && queue_;
    json.member("queue_bytes", queued ? queue_->bytes() : 0)
        .member("queue_records", queued ? queue_->records() : 0);
    json.member("queue_capacity", std::uint64_t{settings_.read_ahead_bytes});
    put_time(json, "last_event_ms", totals.last_event_ms);
    const std::int64_t delivered = delivered_event_ms_.load(kRelaxed);
    json.key("lag_ms");
    if (delivered == event::kNoTime)
        json.null();
    else
        json.value(std::max<std::int64_t>(0, edge::now().wall_ms - delivered));
    put_time(json, "open_since_ms", totals.open_since_ms);
    json.member("position", delivered_position_.load(kRelaxed));
    json.key("coverage").begin_array();
    if (started && delivered_)
        for (const auto &partition : partitions_)
            put_coverage(json, *partition);
    json.end_array().key("legs").begin_array();
    if (started)
        for (const auto &partition : partitions_)
            for (const auto &lane : partition->lanes())
                put_leg(json, *lane);
    json.end_array().end_object();
    return json.take();
}

} // namespace xtap::tap
