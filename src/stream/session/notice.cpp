// See notice.hpp.
#include "stream/session/notice.hpp"

#include "api/json_writer.hpp"

namespace xtap::session {

namespace {

class Draft {
public:
    Draft(Kind kind, std::string_view name, const NoticeSource &source, std::int64_t at_ms)
        : kind_(kind), at_ms_(at_ms) {
        json_.begin_object();
        put("notice", name);
        put("at_ms", at_ms);
        put("operation", std::string_view(source.operation));
        put("partition", std::int64_t{source.partition});
        put_if("leg", source.leg);
    }

    template <class Value> Draft &put(std::string_view key, Value value) {
        json_.key(key);
        json_.value(value);
        return *this;
    }
    Draft &put_if(std::string_view key, std::string_view value) {
        return value.empty() ? *this : put(key, value);
    }
    api::JsonWriter &json() { return json_; }

    Notice take() {
        json_.end_object();
        return {kind_, at_ms_, json_.take()};
    }

private:
    Kind kind_;
    std::int64_t at_ms_;
    api::JsonWriter json_;
};

void put_rate_limit(Draft &draft, const RateLimit &rate) {
    if (rate.limit < 0 && rate.remaining < 0 && rate.reset_ms < 0) return;
    draft.json().key("rate_limit");
    draft.json().begin_object();
    if (rate.limit >= 0) draft.put("limit", rate.limit);
    if (rate.remaining >= 0) draft.put("remaining", rate.remaining);
    if (rate.reset_ms >= 0) draft.put("reset_ms", rate.reset_ms);
    draft.json().end_object();
}

void put_problem(Draft &draft, const api::Problem &problem) {
    draft.json().key("problem");
    draft.json().begin_object();
    draft.put_if("type", problem.type).put_if("title", problem.title).put_if("detail", problem.detail);
    if (problem.status != 0) draft.put("status", std::int64_t{problem.status});
    draft.put_if("connection_issue", problem.connection_issue)
        .put_if("disconnect_type", problem.disconnect_type);
    draft.json().end_object();
}

} // namespace

void put_notice(const Notice &notice, std::uint32_t partition, event::BatchView &batch) {
    event::Record record{};
    record.time_ms = notice.at_ms;
    record.kind = static_cast<std::uint32_t>(notice.kind);
    record.partition = partition;
    record.first_column = static_cast<std::uint32_t>(batch.column_count());
    record.json_size = static_cast<std::uint32_t>(notice.json.size());
    record.json_offset = batch.put_data(notice.json);
    batch.put_record(record);
}

Notice connecting_notice(const NoticeSource &source, std::int64_t at_ms, std::int64_t attempt,
                         std::string_view url, std::string_view reclaimed) {
    return Draft(Kind::notice_connecting, "connecting", source, at_ms)
        .put("attempt", attempt)
        .put("url", url)
        .put_if("reclaimed", reclaimed)
        .take();
}

Notice connected_notice(const NoticeSource &source, std::int64_t at_ms, const ConnectedFacts &facts) {
    Draft draft(Kind::notice_connected, "connected", source, at_ms);
    draft.put("attempt", facts.attempt)
        .put("http_status", std::int64_t{facts.http_status})
        .put("connect_ms", facts.connect_ms)
        .put_if("content_encoding", facts.content_encoding)
        .put_if("request_id", facts.request_id);
    put_rate_limit(draft, facts.rate_limit);
    return draft.take();
}

Notice disconnected_notice(const NoticeSource &source, std::int64_t at_ms, const Closing &closing,
                           Status status, const DisconnectedFacts &facts) {
    Draft draft(Kind::notice_disconnected, "disconnected", source, at_ms);
    draft.put("cause", cause_name(closing.cause))
        .put("status", std::string_view(status_name(static_cast<std::int32_t>(status))))
        .put("message", std::string_view(closing.message));
    if (closing.http_status != 0) draft.put("http_status", std::int64_t{closing.http_status});
    draft.put("open_ms", facts.open_ms)
        .put("events", static_cast<std::int64_t>(facts.events))
        .put("bytes", static_cast<std::int64_t>(facts.bytes))
        .put("dropped_tail_bytes", static_cast<std::int64_t>(facts.dropped_tail_bytes));
    draft.put_if("disconnect_reason", facts.disconnect_reason);
    if (facts.problem != nullptr && facts.problem->found) put_problem(draft, *facts.problem);
    draft.put_if("request_id", closing.request_id);
    return draft.take();
}

Notice backing_off_notice(const NoticeSource &source, std::int64_t at_ms, std::int64_t delay_ms, Rule rule,
                          std::int64_t attempt) {
    return Draft(Kind::notice_backing_off, "backing_off", source, at_ms)
        .put("delay_ms", delay_ms)
        .put("until_ms", at_ms + delay_ms)
        .put("rule", rule_name(rule))
        .put("attempt", attempt)
        .take();
}

Notice system_notice(const NoticeSource &source, std::int64_t at_ms, const api::Problem &problem,
                     std::string_view message) {
    return Draft(Kind::notice_system, "system", source, at_ms)
        .put_if("disconnect_type", problem.disconnect_type)
        .put_if("connection_issue", problem.connection_issue)
        .put_if("title", problem.title)
        .put_if("detail", problem.detail)
        .put_if("type", problem.type)
        .put("message", message)
        .take();
}

Notice lagging_notice(const NoticeSource &source, std::int64_t at_ms, std::uint64_t queue_bytes,
                      std::uint64_t queue_capacity, std::uint64_t queue_records, std::int64_t lag_ms) {
    return Draft(Kind::notice_lagging, "lagging", source, at_ms)
        .put("queue_bytes", static_cast<std::int64_t>(queue_bytes))
        .put("queue_capacity", static_cast<std::int64_t>(queue_capacity))
        .put("queue_records", static_cast<std::int64_t>(queue_records))
        .put("lag_ms", lag_ms)
        .take();
}

Notice oversized_notice(const NoticeSource &source, std::int64_t at_ms, std::size_t size, std::size_t limit) {
    return Draft(Kind::notice_oversized, "oversized", source, at_ms)
        .put("size", static_cast<std::int64_t>(size))
        .put("limit", static_cast<std::int64_t>(limit))
        .take();
}

Notice rate_limited_notice(const NoticeSource &source, std::int64_t at_ms, std::int64_t retry_after_ms,
                           std::int64_t reset_ms) {
    Draft draft(Kind::notice_rate_limited, "rate_limited", source, at_ms);
    draft.put("retry_after_ms", retry_after_ms);
    if (reset_ms > 0) draft.put("reset_ms", reset_ms);
    return draft.take();
}

Notice outcome_notice(const NoticeSource &source, std::int64_t at_ms, const continuity::Outcome &outcome) {
    using What = continuity::Outcome::What;
    const continuity::Interval &stretch = outcome.stretch;
    const auto draft = [&](Kind kind, std::string_view name) {
        Draft begun(kind, name, source, at_ms);
        begun.put("from_ms", stretch.from_ms).put("to_ms", stretch.to_ms);
        return begun;
    };
    if (outcome.what == What::gap)
        return draft(Kind::notice_gap, "gap")
            .put("reason", continuity::gap_reason_name(outcome.reason))
            .take();
    if (outcome.what == What::repairing) {
        Draft repairing = draft(Kind::notice_repairing, "repairing");
        repairing.put("by", continuity::repair_by_name(outcome.by));
        if (outcome.minutes > 0) repairing.put("minutes", outcome.minutes);
        return repairing.take();
    }
    return draft(Kind::notice_repaired, "repaired")
        .put("by", continuity::repair_by_name(outcome.by))
        .put("outcome",
             std::string_view(outcome.by == continuity::RepairBy::redundancy ? "covered" : "repaired"))
        .put("events", static_cast<std::int64_t>(outcome.events))
        .put("repeated", static_cast<std::int64_t>(outcome.repeated))
        .take();
}

} // namespace xtap::session
