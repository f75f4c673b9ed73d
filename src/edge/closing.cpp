// See closing.hpp.
#include "edge/closing.hpp"

#include <algorithm>

namespace xtap::edge {

namespace {

constexpr std::size_t kMostText = 200;
// A header may hold any number; later than this (the year 33658) none is meant, and nothing overflows.
constexpr std::int64_t kMostSeconds = 1'000'000'000'000;

session::Cause cause_of(CURLcode result) {
    switch (result) {
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
        return session::Cause::tls;
    case CURLE_UNSUPPORTED_PROTOCOL: // what answers does not speak HTTP/1
    case CURLE_WEIRD_SERVER_REPLY:
        return session::Cause::protocol;
    default:
        return session::Cause::network;
    }
}

bool limited(const ResponseHead &head) noexcept { return head.status == 429 || head.status == 420; }

// How long to wait for a rate limit, 0 when the answer does not say. A reset that is over says nothing.
std::int64_t reset_in_ms(const ResponseHead &head, std::int64_t wall_ms) noexcept {
    if (!limited(head)) return 0;
    if (const std::int64_t left = ms_of_seconds(head.rate_reset_s) - wall_ms; left > 0) return left;
    return std::max<std::int64_t>(0, ms_of_seconds(head.retry_after_s));
}

} // namespace

std::int64_t ms_of_seconds(std::int64_t seconds) noexcept {
    return seconds < 0 ? -1 : std::min(seconds, kMostSeconds) * 1000;
}

std::uint64_t retry_after_ms(const ResponseHead &head, std::int64_t wall_ms) noexcept {
    return static_cast<std::uint64_t>(
        std::max({std::int64_t{0}, reset_in_ms(head, wall_ms), ms_of_seconds(head.retry_after_s)}));
}

session::RateLimit limit_of(const ResponseHead &head) noexcept {
    return {head.rate_limit, head.rate_remaining, ms_of_seconds(head.rate_reset_s)};
}

std::string printable(std::string_view text) {
    std::string out;
    for (const char c : text.substr(0, kMostText))
        out += c >= ' ' && c <= '~' ? c : '?';
    if (text.size() > kMostText) out += "...";
    return out;
}

session::Closing closing_of_result(CURLcode result, std::string_view what) {
    session::Closing closing;
    if (result == CURLE_OK) {
        closing.cause = session::Cause::clean_close;
        closing.message = "the server closed the connection";
        return closing;
    }
    closing.cause = cause_of(result);
    closing.message = printable(what);
    if (result == CURLE_SSL_CONNECT_ERROR) closing.status = Status::tls;
    if (result == CURLE_OUT_OF_MEMORY) closing.status = Status::no_memory;
    return closing;
}

session::Closing closing_of_answer(const ResponseHead &head, std::string_view body, std::int64_t wall_ms,
                                   std::optional<api::Problem> &problem) {
    problem = api::parse_problem(body, head.content_type, head.status);
    session::Closing closing;
    closing.cause = session::Cause::http;
    closing.http_status = head.status;
    closing.connection_issue = problem->connection_issue;
    closing.disconnect_type = problem->disconnect_type;
    closing.problem_type = problem->type;
    closing.problem_title = problem->title;
    closing.message = api::describe_problem(*problem, head.status);
    if (head.status >= 300 && head.status < 400 && !head.location.empty())
        closing.message += ": a redirect to " + printable(head.location) +
                           " is not followed, because the token would go along";
    closing.reset_in_ms = reset_in_ms(head, wall_ms);
    return closing;
}

session::Closing closing_of_failure(const Failure &failure) {
    session::Closing closing;
    closing.cause = session::Cause::protocol;
    closing.status = failure.status;
    closing.message = failure.message;
    return closing;
}

Status status_of(const session::Closing &closing) {
    if (closing.status != Status::ok) return closing.status;
    switch (closing.cause) {
    case session::Cause::clean_close: // in good order; what the policy makes of it is a matter of
                                      // reconnecting
    case session::Cause::finished:
        return Status::ok;
    case session::Cause::http:
        return session::policy_for_http(closing.http_status, closing.connection_issue).status;
    case session::Cause::system:
        return session::policy_for_system(closing.disconnect_type, closing.connection_issue).status;
    default:
        return session::policy_for_cause(closing.cause).status;
    }
}

} // namespace xtap::edge
