// Asks X for a connection of ours that has ended here: to end it there too, or why X ended it. Runs in the
// pump of the leg that owns it, beside its backoff, and decides nothing of that: when it fails, nothing is
// known. Knows nothing of legs.
#pragma once

#include "api/operation.hpp"
#include "client/client.hpp"
#include "client/credentials.hpp"
#include "client/ghost_search.hpp"
#include "client/request_counters.hpp"
#include "edge/channels.hpp"
#include "edge/clock.hpp"
#include "edge/exchange.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace xtap::client {

enum class GhostErrand : std::uint8_t {
    reclaim, // find it among the active connections, and end it
    explain, // find it among the inactive ones, and read why
};

struct GhostResult {
    enum class Outcome : std::uint8_t {
        reclaimed, // X was told to end it, and did or tries to
        explained, // disconnect_reason says why it ended
        none,      // X lists no connection that can be it
        ambiguous, // X lists more than one, or one that may be another's: nothing was done
        failed,    // message says why
    };
    Outcome outcome = Outcome::failed;
    // A server's words, our secrets masked. The id is the entry's, where there is exactly one.
    std::string id, disconnect_reason, message;
};
std::string_view ghost_outcome_name(GhostResult::Outcome outcome) noexcept;

class GhostCall {
public:
    // `authorization`: what the connection went out with. `sought`: its endpoint (endpoint_name, not
    // empty), connect time, and the connect times of the client's other connections to it. From
    // `deadline_ms` (monotonic) on it has failed.
    GhostCall(Client &client, GhostErrand errand, Authorization authorization, GhostSought sought,
              std::int64_t connect_timeout_ms, std::int64_t deadline_ms);
    GhostCall(const GhostCall &) = delete;
    GhostCall &operator=(const GhostCall &) = delete;

    // Does what is due without waiting for anything; returns the monotonic time at which to call again at the
    // latest, besides after each step of the pump. Always with the same pump.
    std::int64_t advance(edge::Now now, edge::Pump &pump) noexcept;
    // Set once it is over; it is out of the pump then.
    const std::optional<GhostResult> &result() const noexcept { return result_; }
    // At any time: takes it out of the pump, and what it asked for is not waited for. REQUIRES: called before
    // the end, unless it is over or was abandoned.
    void leave(edge::Pump &pump) noexcept;
    void abandon() noexcept; // in a forked child

private:
    using Outcome = GhostResult::Outcome;

    void step(edge::Now now, edge::Pump &pump);
    bool limited(const api::Operation &operation, edge::Now now);
    void ask(const api::Operation &operation, const std::string &target, edge::Pump &pump);
    void ask_page(std::string_view token, edge::Pump &pump);
    void ask_to_end(edge::Pump &pump);
    void answered(edge::Now now, edge::Pump &pump);
    void listed(std::string_view body, edge::Now now, edge::Pump &pump);
    void settle(edge::Now now, edge::Pump &pump);
    void finish(Outcome outcome, std::string_view message = {});

    Client &client_;
    const GhostErrand errand_;
    const Authorization authorization_;
    const std::string endpoint_;
    const std::int64_t connect_timeout_ms_, deadline_ms_;
    GhostSearch search_;
    int pages_ = 0;

    const api::Operation *operation_ = nullptr; // of the exchange
    std::string body_;                          // the exchange's
    edge::Sockets sockets_;                     // outlive it
    std::unique_ptr<edge::Exchange> exchange_;  // in the pump
    std::optional<Counted> counted_;
    std::optional<GhostResult> result_;
};

} // namespace xtap::client
