// See token_http.hpp.
#include "client/token_http.hpp"

#include "edge/closing.hpp"

#include <cstring>

namespace xtap::client {

edge::Outgoing token_outgoing(const edge::EdgeSettings &edge, const TokenRequest &request,
                              std::int64_t connect_timeout_ms) {
    edge::Outgoing outgoing;
    outgoing.method = "POST";
    outgoing.url = edge.base_url + std::string(request.path);
    outgoing.authorization = request.authorization.reveal();
    outgoing.content_type = "application/x-www-form-urlencoded";
    outgoing.body = request.form.reveal();
    outgoing.connect_timeout_ms = connect_timeout_ms;
    outgoing.max_body_bytes = auth::longest_token_answer;
    return outgoing;
}

TokenReply token_reply(const edge::ResponseHead &head, std::string_view body, std::int64_t wall_ms) {
    return {.status = head.status,
            .body = api::Secret(body),
            .content_type = head.content_type,
            .request_id = head.request_id,
            .retry_after_ms = edge::retry_after_ms(head, wall_ms)};
}

TokenReply take_token_reply(const edge::ResponseHead &head, std::string body, std::int64_t wall_ms) {
    TokenReply reply = token_reply(head, body, wall_ms);
    ::explicit_bzero(body.data(), body.size());
    return reply;
}

} // namespace xtap::client
