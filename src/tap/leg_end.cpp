// How a leg's connection ends: what is told of it, what is asked about its ghost, and what comes next. See
// leg.hpp.
#include "edge/closing.hpp"
#include "tap/leg.hpp"

namespace xtap::tap {

namespace {

// The notice of a disconnection waits at most so long for the server's reason.
constexpr std::int64_t kExplainMs = 3'000;

} // namespace

void Leg::conclude(edge::Now now, edge::Pump &pump) {
    const bool clean = closing_->cause == session::Cause::clean_close;
    if (!(head_.status == 200 ? intake_.finish(clean) : intake_.flush_notices())) return;
    session::Closing closing = *std::exchange(closing_, std::nullopt);
    close_connection(pump);
    const std::optional<api::Problem> &last_word = intake_.last_word();
    if (last_word &&
        (closing.cause == session::Cause::clean_close || closing.cause == session::Cause::network)) {
        closing.cause = session::Cause::system;
        closing.disconnect_type = last_word->disconnect_type;
        closing.connection_issue = last_word->connection_issue;
        closing.problem_type = last_word->type;
        closing.problem_title = last_word->title;
        closing.message = "X ended the stream: " + api::describe_problem(*last_word, 0);
    }
    // The end of a body is not the end of the stream when it cuts an event in two.
    if (closing.cause == session::Cause::clean_close && intake_.dropped_tail_bytes() > 0) {
        closing.cause = session::Cause::network;
        closing.message = "the answer ended in the middle of an event";
    }
    closing.request_id = head_.request_id;
    if (closing.http_status == 401)
        closing.credential_changed = client_.credentials().refused(authorization_.ticket);
    if (closing.http_status == 400 || closing.http_status == 403)
        closing.asked_too_much = guide_.refused(closing);
    const bool was_open = session_.state() == session::LegState::open;
    if (was_open) guide_.closed(now);
    Concluded concluded{std::move(closing), {}, was_open ? now.mono_ms - session_.opened_ms() : 0};
    if (finishing_)
        concluded.decision.next = session::Decision::Next::end;
    else
        concluded.decision = session_.closed(now.mono_ms, concluded.closing);
    concluded_ = std::move(concluded);
    ask_about_ghost(was_open, now);
    const bool explains = ghost_ && was_open;
    if (!explains) tell_end(now, {});
}

// The server may still count the connection that was lost, and may know why it ended.
void Leg::ask_about_ghost(bool was_open, edge::Now now) {
    const bool goes_on = concluded_->decision.next == session::Decision::Next::reconnect;
    if (!goes_on || connected_ms_ == event::kNoTime) return;
    const bool refused = concluded_->closing.connection_issue == "TooManyConnections";
    if (was_open && settings_.stream->explain_disconnects)
        ghost_ = ghost_call(client::GhostErrand::explain, now.mono_ms + kExplainMs);
    else if (!was_open && refused && settings_.stream->reclaim_connections)
        ghost_ = ghost_call(client::GhostErrand::reclaim, now.mono_ms + settings_.stream->connect_timeout_ms);
}

// Null where the server lists no connections of this kind.
std::unique_ptr<client::GhostCall> Leg::ghost_call(client::GhostErrand errand, std::int64_t deadline_ms) {
    const std::string_view endpoint = client::endpoint_name(operation_.id);
    if (endpoint.empty()) return nullptr;
    client::GhostSought sought{endpoint, connected_ms_, client_.connected_since(operation_)};
    return std::make_unique<client::GhostCall>(client_, errand, authorization_, std::move(sought),
                                               settings_.stream->connect_timeout_ms, deadline_ms);
}

std::int64_t Leg::watch_ghost(edge::Now now, edge::Pump &pump) {
    const std::int64_t next = ghost_->advance(now, pump);
    if (!ghost_->result()) return next;
    const client::GhostResult result = *ghost_->result();
    ghost_.reset();
    if (concluded_) {
        tell_end(now, result.disconnect_reason);
    } else if (result.outcome == client::GhostResult::Outcome::reclaimed) {
        reclaimed_ = result.id;
        due_ms_ = now.mono_ms;
    }
    return now.mono_ms;
}

void Leg::drop_ghost(edge::Pump &pump) noexcept {
    if (ghost_) ghost_->leave(pump);
    ghost_.reset();
}

void Leg::tell_end(edge::Now now, std::string_view disconnect_reason) {
    const Concluded concluded = *std::exchange(concluded_, std::nullopt);
    const session::Decision &decision = concluded.decision;
    const std::optional<api::Problem> &last_word = intake_.last_word();
    intake_.note(session::disconnected_notice(settings_.source, now.wall_ms, concluded.closing,
                                              decision.failure ? decision.failure->status
                                                               : edge::status_of(concluded.closing),
                                              {.open_ms = concluded.open_ms,
                                               .events = intake_.events(),
                                               .bytes = intake_.bytes(),
                                               .dropped_tail_bytes = intake_.dropped_tail_bytes(),
                                               .problem = last_word  ? &*last_word
                                                          : problem_ ? &*problem_
                                                                     : nullptr,
                                               .disconnect_reason = disconnect_reason}));
    apply(decision, concluded.closing, now);
}

void Leg::apply(const session::Decision &decision, const session::Closing &closing, edge::Now now) {
    switch (decision.next) {
    case session::Decision::Next::fail:
        end_with(*decision.failure);
        return;
    case session::Decision::Next::end:
        session_.end();
        ended_ = true;
        break;
    case session::Decision::Next::reconnect:
        counters_.reconnects[static_cast<std::size_t>(closing.cause)].fetch_add(1, kRelaxed);
        due_ms_ = now.mono_ms + decision.delay_ms;
        if (decision.rule == session::Rule::rate_limit)
            intake_.note(session::rate_limited_notice(
                settings_.source, now.wall_ms, decision.delay_ms,
                closing.reset_in_ms > 0 ? now.wall_ms + closing.reset_in_ms : 0));
        if (decision.delay_ms > 0)
            intake_.note(session::backing_off_notice(settings_.source, now.wall_ms, decision.delay_ms,
                                                     decision.rule, session_.attempt() + 1));
        break;
    }
    set_state();
}

void Leg::end_with(const Failure &failure) {
    failure_ = failure;
    const std::string &operation = settings_.source.operation;
    if (!failure_->message.starts_with(operation)) failure_->message.insert(0, operation + ": ");
    client_.credentials().redact(*failure_);
    session_.end();
    ended_ = true;
    set_state();
}

} // namespace xtap::tap
