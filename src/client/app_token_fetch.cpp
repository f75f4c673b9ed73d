// See app_token_fetch.hpp.
#include "client/app_token_fetch.hpp"

#include "client/token_http.hpp"
#include "edge/clock.hpp"
#include "edge/closing.hpp"

namespace xtap::client {

namespace {

// The pump outlives the fetch, whose sockets would be closed by it.
edge::Outgoing unkept(edge::Outgoing outgoing) {
    outgoing.keep_connection = false;
    return outgoing;
}

} // namespace

AppTokenFetch::AppTokenFetch(const edge::EdgeSettings &edge, TokenRequest request,
                             std::int64_t connect_timeout_ms, std::int64_t deadline_ms)
    : request_(std::move(request)),
      exchange_(edge, sockets_, unkept(token_outgoing(edge, request_, connect_timeout_ms))),
      deadline_ms_(deadline_ms) {}

std::optional<TokenReply> AppTokenFetch::reply() {
    if (!exchange_.over() || exchange_.failure() || exchange_.head().status != 200) return std::nullopt;
    return take_token_reply(exchange_.head(), exchange_.take_body(), edge::now().wall_ms);
}

session::Closing AppTokenFetch::closing(std::int64_t wall_ms) {
    session::Closing closing;
    if (!exchange_.over()) {
        closing.message = "no answer came in time";
    } else if (exchange_.failure()) {
        closing.status = exchange_.failure()->status;
        closing.message = exchange_.failure()->message;
    } else {
        std::optional<api::Problem> problem;
        closing = edge::closing_of_answer(exchange_.head(), exchange_.take_body(), wall_ms, problem);
    }
    closing.message.insert(0, "no bearer token could be fetched with api_key and api_secret: ");
    return closing;
}

void AppTokenFetch::abandon() noexcept { sockets_.abandon(); }

} // namespace xtap::client
