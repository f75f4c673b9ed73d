// The leg's course from connection to connection; leg_end.cpp has how each ends. See leg.hpp.
#include "tap/leg.hpp"

#include "edge/closing.hpp"

#include <algorithm>
#include <new>
#include <strings.h>

namespace xtap::tap {

namespace {

// While the consumer is far behind, a cut leg looks again this often, besides being woken.
constexpr std::int64_t kBehindMs = 500;
constexpr std::size_t kMaxProblemBody = 64 * 1024;

} // namespace

Leg::Leg(LegSettings settings, const LegParts &parts)
    : settings_(std::move(settings)), client_(parts.client), operation_(parts.operation), sink_(parts.sink),
      guide_(parts.guide), session_(settings_.session), intake_({.client = parts.client,
                                                                 .sink = parts.sink,
                                                                 .source = settings_.source,
                                                                 .pointers = parts.pointers,
                                                                 .filter = parts.filter},
                                                                settings_.decoder),
      stall_(settings_.stream->stall_timeout_ms), ended_(settings_.waits) {}

Leg::~Leg() = default;

void Leg::begin() {
    session_ = session::Session(settings_.session);
    failure_.reset();
    due_ms_ = 0;
    ended_ = false;
    set_state();
}

std::int64_t Leg::advance(edge::Now now, edge::Pump &pump, bool drained) {
    if (heard_) {
        stall_.heard(now.mono_ms);
        last_byte_mono_ms_ = now.mono_ms;
        counters_.last_byte_ms.store(now.wall_ms, kRelaxed);
        drained = heard_ = false;
    }
    if (!settle_intake()) return edge::kNever;
    if (session_.state() == session::LegState::open) report(now, drained);
    if (closing_) {
        conclude(now, pump);
        if (!intake_.flush_notices()) return edge::kNever;
    }
    if (ended_) return edge::kNever;
    const std::int64_t ghost_ms = ghost_ ? watch_ghost(now, pump) : edge::kNever;
    if (concluded_) return ghost_ms;
    if (fetch_) return watch_fetch(now, pump);
    if (connection_) return watch(now, drained);
    if (now.mono_ms >= due_ms_) connect(now, pump);
    if (!intake_.flush_notices() || ended_) return edge::kNever;
    if (fetch_) return fetch_->deadline_ms();
    if (closing_) return now.mono_ms;
    return std::min(ghost_ms, connection_ ? stall_.deadline_ms() : due_ms_);
}

// Tells how far the stream was read. Silence proves nothing of a pause's time, nor of a dead connection's:
// only up to the last byte that came is anything known.
void Leg::report(edge::Now now, bool drained) {
    if (drained && !paused_ && !closing_) {
        stale_ = false;
        read_up_to_mono_ms_ = last_byte_mono_ms_;
    }
    const std::uint64_t keep_alives = intake_.keep_alives();
    const bool keep_alive = keep_alives != keep_alives_before_ && !stale_;
    keep_alives_before_ = keep_alives;
    guide_.progressed({read_up_to_mono_ms_, keep_alive}, now);
}

// Looks after an open connection: takes up reading again, notices when it is dead.
std::int64_t Leg::watch(edge::Now now, bool drained) {
    if (paused_) {
        if (sink_.full()) return edge::kNever;
        paused_ = false;
        stale_ = true;
        guide_.held_back(now);
        stall_.heard(now.mono_ms);
        connection_->resume();
        return closing_ ? now.mono_ms : stall_.deadline_ms();
    }
    const bool open = session_.state() == session::LegState::open;
    const std::int64_t extra = open ? 0 : settings_.stream->connect_timeout_ms;
    if (!drained || now.mono_ms < stall_.deadline_ms() + extra) return stall_.deadline_ms() + extra;
    session::Closing closing;
    closing.cause = session::Cause::stalled;
    closing.message = open ? "no byte came for " + std::to_string(settings_.stream->stall_timeout_ms) +
                                 " ms, although X sends a keep-alive every 20 s: the connection is dead"
                           : "connected, but no answer came";
    give_up(std::move(closing));
    return now.mono_ms;
}

void Leg::connect(edge::Now now, edge::Pump &pump) {
    if (sink_.far_behind()) {
        due_ms_ = now.mono_ms + kBehindMs;
        return;
    }
    try {
        if (std::optional<client::Authorization> authorization =
                client_.credentials().authorize_stream(operation_)) {
            authorization_ = std::move(*authorization);
            open_connection(now, pump);
        } else {
            fetch_token(now, pump);
        }
    } catch (const Failure &failure) {
        connection_.reset();
        fetch_.reset();
        end_with(failure);
    }
}

void Leg::open_connection(edge::Now now, edge::Pump &pump) {
    const session::ConnectBudget::Turn turn = client_.budget_take(operation_);
    if (turn.wait_ms > 0) {
        session_.waiting();
        due_ms_ = now.mono_ms + turn.wait_ms;
        intake_.note(session::backing_off_notice(settings_.source, now.wall_ms, turn.wait_ms,
                                                 session::Rule::budget, session_.attempt() + 1));
        return set_state();
    }
    budget_taken_ms_ = turn.taken_ms;
    session_.connecting();
    begin_answer();
    std::optional<std::string> url;
    try {
        edge::StreamConnectionListener &listener = *this;
        url = guide_.next_url(now);
        if (!url) {
            budget_take_back();
            session_.end();
            ended_ = true;
            return set_state();
        }
        const edge::Opening opening{.url = *url,
                                    .authorization = authorization_.header.reveal(),
                                    .compression = settings_.stream->compression,
                                    .connect_timeout_ms = settings_.stream->connect_timeout_ms};
        connection_ = std::make_unique<edge::StreamConnection>(client_.edge(), opening, listener);
        pump.add(*connection_);
    } catch (const Failure &) {
        budget_take_back();
        throw;
    }
    started_ms_ = now.mono_ms;
    stall_.start(now.mono_ms);
    counters_.connects.fetch_add(1, kRelaxed);
    intake_.note(session::connecting_notice(settings_.source, now.wall_ms, session_.attempt(), *url,
                                            std::exchange(reclaimed_, {})));
    set_state();
}

// The server was asked nothing.
void Leg::budget_take_back() { client_.budget_take_back(operation_, budget_taken_ms_); }

// Nothing of the last answer is left.
void Leg::begin_answer() {
    head_ = {};
    paused_ = broken_ = false;
    problem_body_.clear();
    problem_.reset();
    intake_.begin();
}

// At once where there is room: what is left over counts as what no batch had room for.
void Leg::tell(session::Notice notice) {
    intake_.note(std::move(notice));
    intake_.flush_notices();
}

// ---- the token, where it must be fetched ----

void Leg::fetch_token(edge::Now now, edge::Pump &pump) {
    session_.connecting();
    begin_answer();
    const std::int64_t patience_ms =
        settings_.stream->connect_timeout_ms + settings_.stream->stall_timeout_ms;
    fetch_ = std::make_unique<client::AppTokenFetch>(
        client_.edge(), client_.credentials().app_token_request(), settings_.stream->connect_timeout_ms,
        now.mono_ms + patience_ms);
    pump.add(fetch_->driven());
    set_state();
}

std::int64_t Leg::watch_fetch(edge::Now now, edge::Pump &pump) {
    if (!fetch_->over(now.mono_ms)) return fetch_->deadline_ms();
    pump.remove(fetch_->driven());
    const std::unique_ptr<client::AppTokenFetch> fetched = std::move(fetch_);
    const std::optional<client::TokenReply> reply = fetched->reply();
    if (!reply) {
        give_up(fetched->closing(now.wall_ms));
        return now.mono_ms;
    }
    try {
        client_.requests().tokens.fetch_add(1, kRelaxed);
        client_.credentials().app_token_reply(*reply);
        due_ms_ = now.mono_ms;
    } catch (const Failure &failure) {
        give_up(edge::closing_of_failure(failure));
    }
    return now.mono_ms;
}

void Leg::on_head(const edge::ResponseHead &head) {
    try {
        head_ = head;
        client_.rate_limits().seen(operation_, auth::scheme_name(authorization_.ticket.scheme),
                                   edge::limit_of(head));
        if (head.status != 401) client_.credentials().accepted(authorization_.ticket);
        if (head.status != 200) return;
        const edge::Now at = edge::now();
        session_.opened(at.mono_ms);
        stall_.start(at.mono_ms);
        counters_.open_since_ms.store(at.wall_ms, kRelaxed);
        set_state();
        last_byte_mono_ms_ = at.mono_ms;
        read_up_to_mono_ms_ = -1;
        keep_alives_before_ = intake_.keep_alives();
        stale_ = false;
        intake_.note(session::connected_notice(settings_.source, at.wall_ms,
                                               {.attempt = session_.attempt(),
                                                .connect_ms = at.mono_ms - started_ms_,
                                                .http_status = head.status,
                                                .content_encoding = head.content_encoding,
                                                .request_id = head.request_id,
                                                .rate_limit = edge::limit_of(head)}));
        guide_.opened(at, head.date_s < 0 ? -1 : edge::ms_of_seconds(head.date_s));
        // By the time that this answer told: of all that X lists, only a connection of this time may be
        // ended.
        connected_ms_ = guide_.server_ms(at);
        client_.connection_opened(operation_, connected_ms_);
        counted_open_ = true;
        if (strcasecmp(head.content_encoding.c_str(), "gzip") == 0)
            intake_.expect_gzip();
        else if (!head.content_encoding.empty() && strcasecmp(head.content_encoding.c_str(), "identity") != 0)
            throw Failure(Status::protocol, "the answer is encoded as '" +
                                                edge::printable(head.content_encoding) +
                                                "', which was not asked for");
    } catch (const Failure &failure) {
        break_off(failure);
    } catch (const std::exception &) {
        break_off({Status::no_memory, "out of memory"});
    }
}

bool Leg::on_body(std::string_view bytes) {
    if (broken_) return true; // the rest is of no use
    if (head_.status == 200 && !intake_.has_room()) {
        paused_ = true;
        return false;
    }
    heard_ = true;
    counters_.wire_bytes.fetch_add(bytes.size(), kRelaxed);
    try {
        if (head_.status == 200)
            intake_.take(bytes);
        else
            problem_body_.append(
                bytes.substr(0, kMaxProblemBody - std::min(kMaxProblemBody, problem_body_.size())));
    } catch (const Failure &failure) {
        break_off(failure);
    } catch (const std::bad_alloc &) {
        break_off({Status::no_memory, "out of memory"});
    }
    return true;
}

// Delivers what waits; true when nothing does any more.
bool Leg::settle_intake() {
    try {
        return intake_.settle();
    } catch (const Failure &failure) {
        break_off(failure);
    }
    return intake_.settle(); // the notices
}

// What comes cannot be read: the connection is given up, and what waited of it with it. The connection may
// have ended meanwhile, in whatever way: what was wrong with its bytes came first.
void Leg::break_off(const Failure &failure) {
    if (!finishing_) closing_.reset();
    give_up(edge::closing_of_failure(failure));
    broken_ = true;
    intake_.drop();
}

void Leg::on_done(session::Closing closing) {
    if (closing_) return; // given up already: this is only libcurl's echo
    if (head_.status != 0 && head_.status != 200)
        closing_ = edge::closing_of_answer(head_, problem_body_, edge::now().wall_ms, problem_);
    else
        closing_ = std::move(closing);
}

void Leg::give_up(session::Closing closing) {
    if (!closing_) closing_ = std::move(closing);
}

// ---- from outside ----

void Leg::finish(edge::Pump &pump) {
    if (ended_ || finishing_) return;
    finishing_ = true;
    drop_ghost(pump);
    if (concluded_) {
        concluded_->decision = {.next = session::Decision::Next::end, .failure = std::nullopt};
        return tell_end(edge::now(), {});
    }
    if (fetch_) pump.remove(fetch_->driven());
    fetch_.reset();
    if (connection_) pump.remove(*connection_); // disconnected now; its bytes so far are still delivered
    if (!connection_ && !closing_) {
        session_.end();
        ended_ = true;
        return set_state();
    }
    session::Closing closing;
    closing.cause = session::Cause::finished;
    closing.message = "finished by the caller";
    give_up(std::move(closing));
}

void Leg::close_connection(edge::Pump &pump) noexcept {
    if (counted_open_) client_.connection_closed(operation_, connected_ms_);
    counted_open_ = false;
    counters_.open_since_ms.store(0, kRelaxed);
    if (fetch_) pump.remove(fetch_->driven());
    fetch_.reset();
    if (!connection_) return;
    if (!connection_->request_sent()) budget_take_back();
    pump.remove(*connection_);
    connection_.reset();
}

void Leg::disconnect(edge::Pump &pump) noexcept {
    drop_ghost(pump);
    concluded_.reset();
    close_connection(pump);
    session_.end();
    ended_ = true;
    set_state();
}

void Leg::abandon() noexcept {
    if (ghost_) ghost_->abandon();
    if (fetch_) fetch_->abandon();
    static_cast<void>(
        fetch_.release()); // its handle cannot be freed without speaking on the parent's connection
    if (!connection_) return;
    connection_->abandon();
    connection_.reset();
}

void Leg::set_state() noexcept {
    counters_.state.store(static_cast<std::uint8_t>(session_.state()), kRelaxed);
    counters_.attempt.store(session_.attempt(), kRelaxed);
}

} // namespace xtap::tap
