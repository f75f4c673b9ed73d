// See send_attempts.hpp.
#include "client/send_attempts.hpp"

#include "api/secret_builder.hpp"
#include "client/client.hpp"
#include "client/local_answer.hpp"
#include "client/token_http.hpp"
#include "edge/clock.hpp"
#include "edge/closing.hpp"
#include "stream/session/backoff.hpp"

#include <algorithm>
#include <random>

namespace xtap::client {

namespace {

using api::Option;

// What a problem's words are looked for in; the whole body goes to the caller all the same.
constexpr std::size_t kMostProblemBytes = 64 * 1024;
// How often a send that waits for another thread's token looks whether it was cancelled.
constexpr std::int64_t kPatienceMs = 50;
constexpr std::int64_t kPastResetMs = 1000;
constexpr std::int64_t kFirstRetryMs = 250;
constexpr std::int64_t kLongestRetryMs = 8'000;

std::uint32_t random_number() {
    static thread_local std::minstd_rand generator{
        std::random_device{}()}; // jitter only: nothing hangs on it
    return static_cast<std::uint32_t>(generator());
}

// A read may be repeated whatever became of it; a write only while nobody can have carried it out.
bool repeatable(const api::Operation &operation) { return std::string_view(operation.method) == "GET"; }

Failure failure_of(const Response &response, std::int64_t wall_ms) {
    std::optional<api::Problem> problem;
    const session::Closing closing = edge::closing_of_answer(
        response.head, std::string_view(response.body).substr(0, kMostProblemBytes), wall_ms, problem);
    const std::int32_t status = response.head.status;
    Failure failure(edge::status_of(closing), std::string(response.operation->id) + ": " + closing.message);
    failure.http_status = status;
    failure.problem_type = closing.problem_type;
    failure.problem_title = closing.problem_title;
    failure.request_id = response.head.request_id;
    failure.retriable = status == 429 || status >= 500;
    failure.retry_after_ms = edge::retry_after_ms(response.head, wall_ms);
    return failure;
}

} // namespace

SendAttempts::SendAttempts(Client &client, RequestSender &sender, const api::Request &request,
                           const api::Options &options, const api::Payload &payload)
    : client_(client), sender_(sender), request_(request), options_(options), payload_(payload),
      operation_(request.operation()), url_(client.edge().base_url + request.target()),
      deadline_ms_(edge::mono_ms() + options.integer(Option::request_timeout_ms)) {}

void SendAttempts::check() const {
    if (operation_.streaming)
        throw Failure(Status::argument,
                      std::string(operation_.id) + " streams: open it with xtap_stream_open");
    const bool validate = options_.text(Option::validate) == "strict";
    request_.check();
    payload_.check(operation_, validate);
    options_.check();
}

Sent SendAttempts::run() {
    check();
    if (operation_.answer == api::Answer::local)
        return {.response = login_answer(request_, options_, client_.credentials()), .failure = std::nullopt};
    for (;;) {
        Sent sent = attempt();
        if (!sent.failure) {
            adopt_tokens(*sent.response);
            return sent;
        }
        if (!again(sent)) return sent;
        client_.requests().retried.fetch_add(1, std::memory_order_relaxed);
    }
}

Sent SendAttempts::attempt() {
    ++tries_;
    const std::string_view preferred = options_.text(Option::credential);
    // Before it is signed: a signature holds the time.
    if (options_.flag(Option::wait_on_rate_limit)) {
        const auth::Scheme scheme = client_.credentials().choose(operation_, preferred);
        wait(client_.rate_limits().wait_ms(operation_, auth::scheme_name(scheme), edge::now().wall_ms));
    }
    const std::string form = request_.form();
    authorization_ = client_.credentials().authorize(
        operation_, preferred, {.method = operation_.method, .url = url_, .form = form}, *this);
    api::SecretBuilder whole;
    whole += form;
    if (!form.empty() && !authorization_.form_field.empty()) whole += '&';
    whole += authorization_.form_field;
    form_ = whole.take();
    Sent sent = exchange(outgoing());
    if (sent.response) {
        if (sent.response->head.status != 401) client_.credentials().accepted(authorization_.ticket);
        client_.rate_limits().seen(operation_, credential(), edge::limit_of(sent.response->head));
        if (!sent.response->ok()) sent.failure = failure_of(*sent.response, edge::now().wall_ms);
    }
    return sent;
}

edge::Outgoing SendAttempts::outgoing() const {
    edge::Outgoing outgoing;
    outgoing.method = operation_.method;
    outgoing.url = url_;
    outgoing.authorization = authorization_.header.reveal();
    if (!form_.empty()) {
        outgoing.content_type = "application/x-www-form-urlencoded";
        outgoing.body = form_.reveal();
    } else if (payload_.json()) {
        outgoing.content_type = "application/json";
        outgoing.body = *payload_.json();
    } else if (!payload_.parts().empty()) {
        outgoing.parts = &payload_.parts();
    }
    outgoing.compression = options_.flag(Option::compression);
    outgoing.connect_timeout_ms = options_.integer(Option::connect_timeout_ms);
    outgoing.max_body_bytes = static_cast<std::size_t>(options_.integer(Option::max_response_bytes));
    return outgoing;
}

// One exchange on a channel of the client's.
Sent SendAttempts::exchange(const edge::Outgoing &outgoing) {
    const Counted counted(client_.requests());
    std::unique_ptr<edge::Channel> channel = client_.channels().take();
    Sent sent;
    {
        edge::Exchange exchange(client_.edge(), channel->sockets, outgoing);
        sender_.perform(exchange, channel->pump, deadline_ms_);
        unsent_ = exchange.unsent();
        if (exchange.failure()) {
            sent.failure = exchange.failure();
            sent.failure->message.insert(0, std::string(operation_.id) + ": ");
        } else {
            sent.response = Response{.operation = &operation_,
                                     .head = exchange.head(),
                                     .headers = exchange.take_headers(),
                                     .body = exchange.take_body()};
        }
    }
    client_.channels().give_back(std::move(channel));
    if (!sent.response || !sent.response->ok())
        client_.requests().failed.fetch_add(1, std::memory_order_relaxed);
    return sent;
}

// A user's new tokens are the client's from now on: the former ones may be used up.
void SendAttempts::adopt_tokens(const Response &response) {
    if (std::string_view(operation_.id) != "createOAuth2Token") return;
    if (request_.get("grant_type") == "client_credentials") return; // the app's, not a user's
    client_.credentials().adopt(token_reply(response.head, response.body, edge::now().wall_ms), *this);
}

// The tokens that an attempt needs, asked for within its own time and as cancellable as it is.
TokenReply SendAttempts::send(const TokenRequest &request) {
    client_.requests().tokens.fetch_add(1, std::memory_order_relaxed);
    Sent sent =
        exchange(token_outgoing(client_.edge(), request, options_.integer(Option::connect_timeout_ms)));
    if (!sent.response) throw Failure(*sent.failure);
    return take_token_reply(sent.response->head, std::move(sent.response->body), edge::now().wall_ms);
}

// While another thread's exchange serves this send too.
std::chrono::milliseconds SendAttempts::patience() {
    sender_.wait(0); // throws when this send is cancelled
    const std::int64_t left = deadline_ms_ - edge::mono_ms();
    if (left <= 0)
        throw Failure(Status::request_timeout,
                      std::string(operation_.id) + ": no token came within request_timeout_ms");
    return std::chrono::milliseconds(std::min(left, kPatienceMs));
}

// ---- what becomes of a failure ----

bool SendAttempts::again(const Sent &sent) {
    const Failure &failure = *sent.failure;
    switch (failure.http_status) {
    case 401:
        return client_.credentials().refused(authorization_.ticket);
    case 420:
    case 429:
        return wait_for_limit(sent);
    case 502:
    case 503:
    case 504:
        return repeatable(operation_) && try_again(failure);
    case 0:
        return failure.retriable && (unsent_ || repeatable(operation_)) && try_again(failure);
    default:
        return false;
    }
}

// Until the window ends. One that has ended already, by our clock, may not have by the server's: a second,
// then longer, as long as it goes on refusing.
std::int64_t SendAttempts::limit_wait_ms(const Sent &sent) {
    const auto told_ms = static_cast<std::int64_t>(sent.failure->retry_after_ms);
    if (told_ms > 0) return std::min(told_ms, session::kResetMaxMs);
    const std::int64_t start_ms = options_.integer(Option::backoff_rate_limit_start_ms);
    if (sent.response->head.rate_reset_s < 0) return start_ms;
    return std::min(start_ms, kPastResetMs << std::min(limited_++, 10));
}

bool SendAttempts::wait_for_limit(const Sent &sent) {
    if (!options_.flag(Option::wait_on_rate_limit)) return false;
    const std::int64_t delay_ms = limit_wait_ms(sent);
    client_.rate_limits().refused(operation_, credential(), edge::now().wall_ms + delay_ms);
    tries_ = 0;
    return true; // the next attempt waits, as those of other threads do
}

bool SendAttempts::try_again(const Failure &failure) {
    if (tries_ > options_.integer(Option::max_retries)) return false;
    const std::int64_t doubled = kFirstRetryMs << std::min(tries_ - 1, 10);
    const std::int64_t delay_ms =
        std::max(static_cast<std::int64_t>(failure.retry_after_ms),
                 session::with_jitter(std::min(doubled, kLongestRetryMs), random_number()));
    // Not worth the wait: what went wrong is a better answer than that the time is over.
    if (edge::mono_ms() + delay_ms >= deadline_ms_) return false;
    sender_.wait(delay_ms);
    return true;
}

// Waiting for a limit is not the request's own time.
void SendAttempts::wait(std::int64_t ms) {
    if (ms <= 0) return;
    sender_.wait(ms);
    deadline_ms_ += ms;
}

} // namespace xtap::client
