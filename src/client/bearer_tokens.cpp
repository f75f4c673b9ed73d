// bearer_token wins over bearer_token_file, and that over the app's key and secret.
#include "client/bearer_tokens.hpp"

#include "api/failure.hpp"
#include "auth/encoding.hpp"
#include "client/token_file.hpp"

#include <array>
#include <utility>

namespace xtap::client {

using api::Option;

bool BearerTokens::has(Option option) const noexcept { return !options_.text(option).empty(); }

std::optional<Token> BearerTokens::now() {
    if (has(Option::bearer_token)) return Token{options_.secret(Option::bearer_token), 0};
    const std::lock_guard lock(mutex_);
    if (token_.empty() && has(Option::bearer_token_file))
        token_ = read_token_file(options_.text(Option::bearer_token_file));
    if (token_.empty()) return std::nullopt;
    return Token{token_, generation_};
}

TokenRequest BearerTokens::request() const {
    TokenRequest request;
    request.path = "/oauth2/token";
    request.form = api::Secret("grant_type=client_credentials");
    request.authorization = auth::basic_authorization(options_.secret(Option::api_key).reveal(),
                                                      options_.secret(Option::api_secret).reveal());
    return request;
}

void BearerTokens::reply(const TokenReply &reply) {
    const std::array<std::string_view, 2> secrets{options_.secret(Option::api_key).reveal(),
                                                  options_.secret(Option::api_secret).reveal()};
    auth::TokenAnswer answer = answer_of(reply, "fetching an app-only token", secrets);
    const std::lock_guard lock(mutex_);
    replace(std::move(answer.access_token));
    ++generation_;
}

bool BearerTokens::refused(std::uint64_t generation) {
    if (has(Option::bearer_token)) return false;
    const std::lock_guard lock(mutex_);
    if (generation != generation_ || token_.empty()) return true; // another thread was here first
    if (has(Option::bearer_token_file)) return read_again();
    if (unproven_) return false;
    unproven_ = true;
    replace({});
    return true;
}

bool BearerTokens::read_again() {
    try {
        api::Secret token = read_token_file(options_.text(Option::bearer_token_file));
        if (token.reveal() == token_.reveal()) return false;
        replace(std::move(token));
        ++generation_;
        return true;
    } catch (const Failure &) {
        return false; // the 401 is what is told
    }
}

void BearerTokens::accepted(std::uint64_t generation) {
    const std::lock_guard lock(mutex_);
    if (generation == generation_) unproven_ = false;
}

void BearerTokens::replace(api::Secret token) {
    if (!token_.empty()) former_ = std::move(token_);
    token_ = std::move(token);
}

void BearerTokens::add_known(std::vector<api::Secret> &secrets) const {
    const std::lock_guard lock(mutex_);
    secrets.insert(secrets.end(), {token_, former_});
}

} // namespace xtap::client
