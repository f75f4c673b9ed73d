// The leg's state machine; see session.hpp.
#include "stream/session/session.hpp"

#include <array>

namespace xtap::session {

namespace {

Policy policy_for(const Closing &closing) {
    switch (closing.cause) {
    case Cause::http:
        return policy_for_http(closing.http_status, closing.connection_issue);
    case Cause::system:
        return policy_for_system(closing.disconnect_type, closing.connection_issue);
    default:
        return policy_for_cause(closing.cause);
    }
}

} // namespace

Session::Session(const SessionSettings &settings)
    : settings_(settings), backoff_(settings.backoff), random_(settings.seed) {}

void Session::connecting() {
    state_ = LegState::connecting;
    open_ = false;
    ++attempt_;
}

void Session::opened(std::int64_t now_ms) {
    state_ = LegState::open;
    open_ = ever_opened_ = true;
    opened_ms_ = now_ms;
    credential_retried_ = false;
}

Decision Session::closed(std::int64_t now_ms, const Closing &closing) {
    // X answers 200 and closes at once when it is in trouble: only a connection that lasted proves anything.
    if (open_ && now_ms - opened_ms_ >= settings_.healthy_after_ms) {
        backoff_.reset();
        attempt_ = reconnects_ = 0;
        refusals_ = 0;
    }
    state_ = LegState::backing_off;
    const bool was_open = open_;
    open_ = false;
    if (was_open && closing.cause == Cause::clean_close && settings_.user_end_time) {
        state_ = LegState::ended;
        return {.next = Decision::Next::end, .failure = std::nullopt};
    }
    if (closing.asked_too_much) return {.failure = std::nullopt};
    if (closing.credential_changed && !credential_retried_) {
        credential_retried_ = true;
        return {.failure = std::nullopt};
    }
    Policy policy = policy_for(closing);
    // What was a stream and was damaged on its way is trouble to wait out: X refused nothing.
    if (was_open && closing.cause == Cause::protocol) policy.verdict = Verdict::retry;
    if (give_up(policy, closing.cause)) return fail(policy, closing);
    ++reconnects_;
    const Backoff::Delay delay = backoff_.next(policy.rule, closing.reset_in_ms);
    const std::int64_t jittered = with_jitter(delay.ms, static_cast<std::uint32_t>(random_()) << 1);
    return {.delay_ms = jittered, .rule = delay.rule, .failure = std::nullopt};
}

bool Session::give_up(const Policy &policy, Cause cause) {
    const bool proven = ever_opened_ || settings_.proven;
    // What nobody can read may be damage on the way. Twice in a row it is another kind of server.
    const int most = proven ? kRefusalsInARow : cause == Cause::protocol ? 2 : 1;
    refusals_ = policy.verdict == Verdict::stop_if_refused ? refusals_ + 1 : 0;
    if (refusals_ >= most) return true;
    return settings_.max_reconnects >= 0 && reconnects_ >= settings_.max_reconnects;
}

Decision Session::fail(const Policy &policy, const Closing &closing) {
    state_ = LegState::ended;
    Failure failure(closing.status == Status::ok ? policy.status : closing.status, closing.message);
    if (reconnects_ > 0)
        failure.message += " (given up after " + std::to_string(reconnects_) +
                           (reconnects_ == 1 ? " reconnect)" : " reconnects in a row)");
    failure.http_status = closing.http_status;
    failure.retriable = policy.verdict == Verdict::retry;
    failure.retry_after_ms = static_cast<std::uint64_t>(closing.reset_in_ms);
    failure.problem_type = closing.problem_type;
    failure.problem_title = closing.problem_title;
    failure.request_id = closing.request_id;
    return {.next = Decision::Next::fail, .failure = std::move(failure)};
}

std::string_view leg_state_name(LegState state) noexcept {
    constexpr std::array<std::string_view, 5> kNames = {"idle", "connecting", "open", "backing_off", "ended"};
    return kNames[static_cast<std::size_t>(state)];
}

} // namespace xtap::session
