// The leg's course from connection to connection; leg_intake.cpp has the way of the bytes. See leg.hpp.
#include "net/leg.hpp"

#include "net/closing.hpp"

#include <algorithm>
#include <limits>
#include <strings.h>

namespace xtap::net {

namespace {

constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();
// While the consumer is far behind, a cut leg looks again this often, besides being woken.
constexpr std::int64_t kBehindMs = 500;

stream::RateLimit rate_limit_of(const ResponseHead &head) {
    return {head.rate_limit, head.rate_remaining, ms_of_seconds(head.rate_reset_s)};
}

} // namespace

Leg::Leg(LegSettings settings, const stream::Pointers &pointers, RecordSink &sink, LegHost &host)
    : settings_(std::move(settings)), sink_(sink), host_(host), session_(settings_.stream->session),
      decoder_(settings_.decoder, pointers), stall_(settings_.stream->stall_timeout_ms) {}

Leg::~Leg() = default;

std::int64_t Leg::advance(Now now, Pump &pump, bool drained) {
    if (heard_) {
        stall_.heard(now.mono_ms);
        counters_.last_byte_ms.store(now.wall_ms, std::memory_order_relaxed);
        drained = heard_ = false;
    }
    if (!settle()) return kNever;
    if (closing_) {
        conclude(now, pump);
        if (!flush_notices()) return kNever;
    }
    if (ended_) return kNever;
    if (fetch_) return watch_fetch(now, pump);
    if (transfer_) return watch(now, drained);
    if (now.mono_ms >= due_ms_) connect(now, pump);
    if (!flush_notices()) return kNever;
    if (fetch_) return fetch_->deadline_ms();
    if (closing_) return now.mono_ms;
    return transfer_ ? stall_.deadline_ms() : due_ms_;
}

// Looks after an open connection: takes up reading again, notices when it is dead.
std::int64_t Leg::watch(Now now, bool drained) {
    if (paused_) {
        if (sink_.full()) return kNever;
        paused_ = false;
        stall_.heard(now.mono_ms);
        transfer_->resume();
        return closing_ ? now.mono_ms : stall_.deadline_ms();
    }
    const bool open = session_.state() == stream::LegState::open;
    const std::int64_t extra = open ? 0 : settings_.stream->connect_timeout_ms;
    if (!drained || now.mono_ms < stall_.deadline_ms() + extra) return stall_.deadline_ms() + extra;
    stream::Closing closing;
    closing.cause = stream::Cause::stalled;
    closing.message = open ? "no byte came for " + std::to_string(settings_.stream->stall_timeout_ms) +
                                 " ms, although X sends a keep-alive every 20 s: the connection is dead"
                           : "connected, but no answer came";
    give_up(std::move(closing));
    return now.mono_ms;
}

void Leg::connect(Now now, Pump &pump) {
    if (!host_.may_reconnect()) {
        due_ms_ = now.mono_ms + kBehindMs;
        return;
    }
    try {
        if (std::optional<Authorization> authorization = host_.authorize()) {
            authorization_ = std::move(*authorization);
            open_connection(now, pump);
        } else {
            fetch_token(now, pump);
        }
    } catch (const Failure &failure) {
        transfer_.reset();
        fetch_.reset();
        end_with(failure);
    }
}

void Leg::open_connection(Now now, Pump &pump) {
    const stream::ConnectBudget::Turn turn = host_.budget_take();
    if (turn.wait_ms > 0) {
        session_.waiting();
        due_ms_ = now.mono_ms + turn.wait_ms;
        note(stream::backing_off_notice(settings_.source, now.wall_ms, turn.wait_ms, stream::Rule::budget,
                                        session_.attempt() + 1));
        return set_state();
    }
    budget_taken_ms_ = turn.taken_ms;
    session_.connecting();
    begin_body();
    try {
        TransferListener &listener = *this;
        transfer_ = std::make_unique<Transfer>(*settings_.edge, *settings_.stream, settings_.url,
                                               authorization_.header.reveal(), listener);
        pump.add(*transfer_);
    } catch (const Failure &) {
        host_.budget_take_back(budget_taken_ms_);
        throw;
    }
    started_ms_ = now.mono_ms;
    stall_.start(now.mono_ms);
    counters_.connects.fetch_add(1, std::memory_order_relaxed);
    note(stream::connecting_notice(settings_.source, now.wall_ms, session_.attempt(), settings_.url));
    set_state();
}

// ---- the token, where it must be fetched ----

void Leg::fetch_token(Now now, Pump &pump) {
    session_.connecting();
    begin_body();
    const std::int64_t patience_ms =
        settings_.stream->connect_timeout_ms + settings_.stream->stall_timeout_ms;
    fetch_ = std::make_unique<TokenFetch>(*settings_.edge, *settings_.stream, host_.token_request(),
                                          now.mono_ms + patience_ms);
    pump.add(fetch_->driven());
    set_state();
}

std::int64_t Leg::watch_fetch(Now now, Pump &pump) {
    if (!fetch_->over(now.mono_ms)) return fetch_->deadline_ms();
    pump.remove(fetch_->driven());
    const std::unique_ptr<TokenFetch> fetched = std::move(fetch_);
    const std::optional<TokenReply> reply = fetched->reply();
    if (!reply) {
        give_up(fetched->closing(now.wall_ms));
        return now.mono_ms;
    }
    try {
        host_.token_reply(*reply);
        due_ms_ = now.mono_ms;
    } catch (const Failure &failure) {
        give_up(closing_of_failure(failure));
    }
    return now.mono_ms;
}

void Leg::on_head(const ResponseHead &head) {
    try {
        head_ = head;
        host_.rate_limit_seen(rate_limit_of(head));
        if (head.status != 401) host_.accepted(authorization_.ticket);
        if (head.status != 200) return;
        const Now at = now();
        session_.opened(at.mono_ms);
        stall_.start(at.mono_ms);
        counters_.open_since_ms.store(at.wall_ms, std::memory_order_relaxed);
        host_.connection_opened();
        counted_open_ = true;
        set_state();
        note(stream::connected_notice(settings_.source, at.wall_ms,
                                      {.attempt = session_.attempt(),
                                       .connect_ms = at.mono_ms - started_ms_,
                                       .http_status = head.status,
                                       .content_encoding = head.content_encoding,
                                       .request_id = head.request_id,
                                       .rate_limit = rate_limit_of(head)}));
        gzip_ = strcasecmp(head.content_encoding.c_str(), "gzip") == 0;
        if (!gzip_ && !head.content_encoding.empty() &&
            strcasecmp(head.content_encoding.c_str(), "identity") != 0)
            throw Failure(Status::protocol, "the answer is encoded as '" + printable(head.content_encoding) +
                                                "', which was not asked for");
    } catch (const Failure &failure) {
        break_off(failure);
    } catch (const std::exception &) {
        break_off({Status::no_memory, "out of memory"});
    }
}

void Leg::on_done(CURLcode result, std::string_view what) {
    if (closing_) return; // given up already: this is only libcurl's echo
    if (result == CURLE_COULDNT_CONNECT || result == CURLE_COULDNT_RESOLVE_HOST ||
        result == CURLE_COULDNT_RESOLVE_PROXY)
        host_.budget_take_back(budget_taken_ms_);
    if (head_.status != 0 && head_.status != 200)
        closing_ = closing_of_answer(head_, problem_body_, now().wall_ms, problem_);
    else
        closing_ = closing_of_result(result, what);
}

void Leg::give_up(stream::Closing closing) {
    if (!closing_) closing_ = std::move(closing);
}

void Leg::conclude(Now now, Pump &pump) {
    if (!finish_decoder()) return;
    stream::Closing closing = *std::exchange(closing_, std::nullopt);
    close_connection(pump);
    if (system_ && (closing.cause == stream::Cause::clean_close || closing.cause == stream::Cause::network)) {
        closing.cause = stream::Cause::system;
        closing.disconnect_type = system_->disconnect_type;
        closing.connection_issue = system_->connection_issue;
        closing.problem_type = system_->type;
        closing.problem_title = system_->title;
        closing.message = "X ended the stream: " + api::describe_problem(*system_, 0);
    }
    closing.request_id = head_.request_id;
    if (closing.http_status == 401) closing.credential_changed = host_.refused(authorization_.ticket);
    const bool was_open = session_.state() == stream::LegState::open;
    const std::int64_t open_ms = was_open ? now.mono_ms - session_.opened_ms() : 0;
    stream::Decision decision;
    if (finishing_)
        decision.next = stream::Decision::Next::end;
    else
        decision = session_.closed(now.mono_ms, closing);
    const stream::DecoderCounters &counters = decoder_.counters();
    note(stream::disconnected_notice(
        settings_.source, now.wall_ms, closing,
        decision.failure ? decision.failure->status : status_of(closing),
        {.open_ms = open_ms,
         .events = counters.events.load(std::memory_order_relaxed) - events_before_,
         .bytes = counters.bytes.load(std::memory_order_relaxed) - bytes_before_,
         .dropped_tail_bytes = decoder_.dropped_tail_bytes(),
         .problem = system_    ? &*system_
                    : problem_ ? &*problem_
                               : nullptr}));
    apply(decision, closing, now);
}

void Leg::apply(const stream::Decision &decision, const stream::Closing &closing, Now now) {
    switch (decision.next) {
    case stream::Decision::Next::fail:
        end_with(*decision.failure);
        return;
    case stream::Decision::Next::end:
        session_.end();
        ended_ = true;
        break;
    case stream::Decision::Next::reconnect:
        counters_.reconnects[static_cast<std::size_t>(closing.cause)].fetch_add(1, std::memory_order_relaxed);
        due_ms_ = now.mono_ms + decision.delay_ms;
        if (decision.rule == stream::Rule::rate_limit)
            note(
                stream::rate_limited_notice(settings_.source, now.wall_ms, decision.delay_ms,
                                            closing.reset_in_ms > 0 ? now.wall_ms + closing.reset_in_ms : 0));
        if (decision.delay_ms > 0)
            note(stream::backing_off_notice(settings_.source, now.wall_ms, decision.delay_ms, decision.rule,
                                            session_.attempt() + 1));
        break;
    }
    set_state();
}

void Leg::end_with(const Failure &failure) {
    failure_ = failure;
    session_.end();
    ended_ = true;
    set_state();
}

void Leg::finish(Pump &pump) {
    if (ended_ || finishing_) return;
    finishing_ = true;
    if (fetch_) pump.remove(fetch_->driven());
    fetch_.reset();
    if (transfer_) pump.remove(*transfer_); // disconnected now; its bytes so far are still delivered
    if (!transfer_ && !closing_) {
        session_.end();
        ended_ = true;
        return set_state();
    }
    stream::Closing closing;
    closing.cause = stream::Cause::finished;
    closing.message = "finished by the caller";
    give_up(std::move(closing));
}

void Leg::close_connection(Pump &pump) noexcept {
    if (counted_open_) host_.connection_closed();
    counted_open_ = false;
    counters_.open_since_ms.store(0, std::memory_order_relaxed);
    if (fetch_) pump.remove(fetch_->driven());
    fetch_.reset();
    if (!transfer_) return;
    pump.remove(*transfer_);
    transfer_.reset();
}

void Leg::disconnect(Pump &pump) noexcept {
    close_connection(pump);
    session_.end();
    ended_ = true;
    set_state();
}

void Leg::abandon() noexcept {
    if (fetch_) fetch_->abandon();
    static_cast<void>(
        fetch_.release()); // its handle cannot be freed without speaking on the parent's connection
    if (!transfer_) return;
    transfer_->abandon();
    transfer_.reset();
}

void Leg::set_state() noexcept {
    counters_.state.store(static_cast<std::uint8_t>(session_.state()), std::memory_order_relaxed);
    counters_.attempt.store(session_.attempt(), std::memory_order_relaxed);
}

} // namespace xtap::net
