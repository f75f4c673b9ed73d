// The state machine of one leg: connecting -> open -> closed (cause) -> backing off -> connecting ... or the
// end. Knows no connection and no clock: what happened and when comes in, what to do next goes out.
#pragma once

#include "api/failure.hpp"
#include "stream/session/backoff.hpp"
#include "stream/session/policy.hpp"

#include <cstdint>
#include <optional>
#include <random>
#include <string>

namespace xtap::session {

enum class LegState : std::uint8_t { idle, connecting, open, backing_off, ended };
std::string_view leg_state_name(LegState state) noexcept;

struct SessionSettings {
    BackoffSettings backoff;
    std::int64_t healthy_after_ms = 60'000;
    std::int64_t max_reconnects = -1; // in a row without a healthy connection between them; -1: no limit
    bool user_end_time = false;       // the caller asked for a stretch of time: a clean close is its end
    bool proven = false;              // another leg was answered 200 before: one refusal is not for good
    std::uint32_t seed = 0;           // of the jitter
};

// How a connection ended, as the edge saw it.
struct Closing {
    Cause cause = Cause::network;
    Status status = Status::ok; // more precise than the policy's own; ok: take the policy's
    std::string message;
    std::int32_t http_status = 0;
    std::string connection_issue, disconnect_type, problem_type, problem_title, request_id;
    std::int64_t reset_in_ms = 0;    // until the rate limit's window ends; 0: unknown
    bool asked_too_much = false;     // after a 400 or 403: the next request leaves out what was refused
    bool credential_changed = false; // after a 401: a token file was read again and holds another token
};

struct Decision {
    enum class Next : std::uint8_t { reconnect, end, fail };
    Next next = Next::reconnect;
    std::int64_t delay_ms = 0;
    Rule rule = Rule::immediate;
    std::optional<Failure> failure;
};

class Session {
public:
    explicit Session(const SessionSettings &settings);

    void connecting();                // a connection is being made
    void opened(std::int64_t now_ms); // 200 and its headers are here
    Decision closed(std::int64_t now_ms, const Closing &closing);
    // The next connection has to wait for the client's budget.
    void waiting() noexcept { state_ = LegState::backing_off; }
    void end() noexcept { state_ = LegState::ended; }

    LegState state() const noexcept { return state_; }
    std::int64_t attempt() const noexcept {
        return attempt_;
    } // connections since the last healthy one, from 1
    bool ever_opened() const noexcept { return ever_opened_; }
    std::int64_t opened_ms() const noexcept { return opened_ms_; }

private:
    Decision fail(const Policy &policy, const Closing &closing);
    bool give_up(const Policy &policy, Cause cause);

    SessionSettings settings_;
    Backoff backoff_;
    std::minstd_rand random_;
    LegState state_ = LegState::idle;
    std::int64_t attempt_ = 0, reconnects_ = 0, opened_ms_ = 0;
    int refusals_ = 0;
    bool open_ = false, ever_opened_ = false, credential_retried_ = false;
};

} // namespace xtap::session
