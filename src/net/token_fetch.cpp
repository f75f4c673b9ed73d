// See token_fetch.hpp.
#include "net/token_fetch.hpp"

#include "net/closing.hpp"

#include <cstring>

namespace xtap::net {

namespace {

// A token's answer has some hundred bytes.
constexpr std::size_t kMostReplyBytes = 64 * 1024;

Outgoing outgoing_of(const TokenRequest &request, std::string url, const StreamSettings &stream) {
    Outgoing outgoing;
    outgoing.method = "POST";
    outgoing.url = std::move(url);
    outgoing.authorization = request.authorization.reveal();
    outgoing.content_type = "application/x-www-form-urlencoded";
    outgoing.body = request.form.reveal();
    outgoing.keep_connection = false; // the pump outlives this fetch, whose sockets would be closed by it
    outgoing.connect_timeout_ms = stream.connect_timeout_ms;
    outgoing.max_body_bytes = kMostReplyBytes;
    return outgoing;
}

} // namespace

TokenFetch::TokenFetch(const EdgeSettings &edge, const StreamSettings &stream, TokenRequest request,
                       std::int64_t deadline_ms)
    : request_(std::move(request)),
      exchange_(edge, sockets_, outgoing_of(request_, edge.base_url + std::string(request_.path), stream)),
      deadline_ms_(deadline_ms) {}

std::optional<TokenReply> TokenFetch::reply() {
    if (!exchange_.over() || exchange_.failure() || exchange_.head().status != 200) return std::nullopt;
    std::string body = exchange_.take_body();
    TokenReply reply{.status = exchange_.head().status,
                     .body = api::Secret(body),
                     .content_type = exchange_.head().content_type,
                     .request_id = exchange_.head().request_id,
                     .retry_after_ms = 0};
    explicit_bzero(body.data(), body.size());
    return reply;
}

stream::Closing TokenFetch::closing(std::int64_t wall_ms) {
    stream::Closing closing;
    if (!exchange_.over()) {
        closing.message = "no answer came in time";
    } else if (exchange_.failure()) {
        closing.status = exchange_.failure()->status;
        closing.message = exchange_.failure()->message;
    } else {
        std::optional<api::Problem> problem;
        closing = closing_of_answer(exchange_.head(), exchange_.take_body(), wall_ms, problem);
    }
    closing.message.insert(0, "no bearer token could be fetched with api_key and api_secret: ");
    return closing;
}

void TokenFetch::abandon() noexcept { sockets_.abandon(); }

} // namespace xtap::net
