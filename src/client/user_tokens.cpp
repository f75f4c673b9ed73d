// See user_tokens.hpp. What a flight does, it does without the mutex: sending takes long, and the callback is
// the user's.
#include "client/user_tokens.hpp"

#include "api/failure.hpp"
#include "api/secret_builder.hpp"
#include "auth/encoding.hpp"
#include "stream/event/event_time.hpp"

#include <array>
#include <string>
#include <utility>

namespace xtap::client {
namespace {

using api::Option;

// So that a token does not expire on its way to the server.
constexpr std::int64_t refresh_early_ms = 30'000;

Failure not_taken(std::string_view what_next) {
    return {Status::no_credential,
            "the token callback did not take the new OAuth 2.0 tokens, so they are not "
            "used" +
                std::string(what_next)};
}

} // namespace

UserTokens::UserTokens(const api::Options &options, const edge::Sources &sources)
    : client_id_(options.text(Option::oauth2_client_id)),
      client_secret_(options.secret(Option::oauth2_client_secret)),
      sources_(sources), pair_{options.secret(Option::oauth2_access_token),
                               options.secret(Option::oauth2_refresh_token),
                               options.integer(Option::oauth2_expires_at)} {}

bool UserTokens::wants_refresh() const {
    if (pair_.access.empty() || stale_ || untold_) return true;
    const std::int64_t early = can_refresh() ? refresh_early_ms : 0;
    return pair_.expires_at_ms != 0 && sources_.wall_ms() >= pair_.expires_at_ms - early;
}

void UserTokens::refuse_expired() const {
    throw Failure(Status::no_credential,
                  "oauth2_access_token has expired (oauth2_expires_at is " +
                      std::to_string(pair_.expires_at_ms) +
                      ") and cannot be refreshed: there is no oauth2_refresh_token with an oauth2_client_id");
}

Token UserTokens::token(TokenEndpoint &endpoint) {
    std::unique_lock lock(mutex_);
    while (wants_refresh()) {
        if (!untold_ && !can_refresh()) refuse_expired();
        if (refusal_) throw Failure(*refusal_);
        // Once is enough, also for a server whose tokens live shorter than they are refreshed early.
        if (flight_.run(
                lock, [&] { refresh(endpoint); }, endpoint))
            break;
    }
    return {pair_.access, generation_};
}

void UserTokens::refresh(TokenEndpoint &endpoint) {
    std::optional<Pair> pair;
    {
        const std::lock_guard lock(mutex_);
        pair = untold_;
    }
    if (!pair) pair = fetched(endpoint);
    const bool taken = told(*pair);
    const std::lock_guard lock(mutex_);
    if (!taken) throw not_taken("; they are offered to it again when a request needs them");
    use(*std::move(pair), stale_);
}

UserTokens::Pair UserTokens::fetched(TokenEndpoint &endpoint) {
    TokenRequest request;
    api::Secret old;
    {
        const std::lock_guard lock(mutex_);
        request = this->request();
        old = pair_.refresh;
    }
    const std::int64_t asked_ms = sources_.wall_ms();
    const TokenReply reply = endpoint.send(request);
    try {
        const std::array<std::string_view, 2> secrets{old.reveal(), client_secret_.reveal()};
        Pair pair = pair_of(answer_of(reply, "refreshing the OAuth 2.0 token", secrets), asked_ms);
        // RFC 6749, section 6: without a new one, the old one stays.
        if (pair.refresh.empty()) pair.refresh = old;
        const std::lock_guard lock(mutex_);
        untold_ = pair;
        return pair;
    } catch (const Failure &failure) {
        // A problem of OAuth's own kind is for good; a page that a proxy wrote is not.
        if (failure.status == Status::unauthorized && !failure.problem_title.empty()) remember(failure);
        throw;
    }
}

TokenRequest UserTokens::request() const {
    api::SecretBuilder form;
    auth::append_field(form, "grant_type", "refresh_token");
    auth::append_field(form, "refresh_token", pair_.refresh.reveal());
    TokenRequest request;
    request.path = "/2/oauth2/token";
    if (client_secret_.empty())
        auth::append_field(form, "client_id", client_id_); // a public client names itself in the form
    else
        request.authorization = auth::basic_authorization(client_id_, client_secret_.reveal());
    request.form = form.take();
    return request;
}

// From when it was asked: the answer may have been on its way for long.
UserTokens::Pair UserTokens::pair_of(auth::TokenAnswer answer, std::int64_t asked_ms) const {
    Pair pair{std::move(answer.access_token), std::move(answer.refresh_token), 0};
    if (answer.expires_in_s) pair.expires_at_ms = asked_ms + *answer.expires_in_s * 1000;
    return pair;
}

void UserTokens::remember(const Failure &failure) {
    const std::lock_guard lock(mutex_);
    refusal_ = failure;
}

bool UserTokens::told(const Pair &pair) {
    const std::lock_guard calling(callback_mutex_);
    const TokenCallback callback = callback_; // it may replace itself while it runs
    return !callback ||
           callback(pair.access.reveal(), pair.refresh.reveal(),
                    pair.expires_at_ms == 0 ? event::kTimeUnknown : pair.expires_at_ms) == Flow::proceed;
}

void UserTokens::use(Pair pair, bool after_refusal) {
    former_ = std::exchange(pair_, std::move(pair));
    ++generation_;
    unproven_ = after_refusal;
    stale_ = false;
    untold_.reset();
    refusal_.reset();
}

bool UserTokens::refused(std::uint64_t generation) {
    const std::lock_guard lock(mutex_);
    if (generation != generation_) return true; // another thread was here first
    if (unproven_ || refusal_ || !can_refresh()) return false;
    stale_ = true;
    return true;
}

void UserTokens::accepted(std::uint64_t generation) {
    const std::lock_guard lock(mutex_);
    if (generation == generation_) unproven_ = false;
}

void UserTokens::adopt(auth::TokenAnswer answer, TokenEndpoint &endpoint) {
    std::unique_lock lock(mutex_);
    const std::int64_t now_ms = sources_.wall_ms();
    flight_.run_alone(
        lock,
        [&] {
            Pair pair = pair_of(std::move(answer), now_ms);
            if (!told(pair)) throw not_taken("");
            const std::lock_guard using_it(mutex_);
            use(std::move(pair), false);
        },
        endpoint);
}

void UserTokens::on_token(TokenCallback callback) {
    const std::lock_guard calling(callback_mutex_);
    callback_ = std::move(callback);
}

bool UserTokens::any() const {
    const std::lock_guard lock(mutex_);
    return !pair_.access.empty() || can_refresh();
}

void UserTokens::wake() noexcept {
    const std::lock_guard lock(mutex_);
    flight_.wake();
}

void UserTokens::add_known(std::vector<api::Secret> &secrets) const {
    const std::lock_guard lock(mutex_);
    secrets.insert(secrets.end(), {pair_.access, pair_.refresh, former_.access, former_.refresh});
    if (untold_) secrets.insert(secrets.end(), {untold_->access, untold_->refresh});
}

} // namespace xtap::client
