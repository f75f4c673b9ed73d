// See token_endpoint.hpp.
#include "client/token_endpoint.hpp"

#include "auth/redaction.hpp"

namespace xtap::client {

auth::TokenAnswer answer_of(const TokenReply &reply, std::string_view asked_for,
                            std::span<const std::string_view> secrets) {
    try {
        if (reply.status >= 200 && reply.status < 300) return auth::parse_token_answer(reply.body.reveal());
        throw auth::token_refusal(asked_for, reply.status, reply.body.reveal(), reply.content_type);
    } catch (Failure &failure) {
        if (!failure.message.starts_with(asked_for)) failure.message.insert(0, ": ").insert(0, asked_for);
        failure.message = auth::redacted(failure.message, secrets);
        failure.problem_type = auth::redacted(failure.problem_type, secrets);
        failure.problem_title = auth::redacted(failure.problem_title, secrets);
        failure.request_id = reply.request_id;
        failure.retry_after_ms = reply.retry_after_ms;
        throw;
    }
}

} // namespace xtap::client
