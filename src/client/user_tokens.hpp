// A user's OAuth 2.0 tokens: kept, refreshed once for all threads, and told to the token callback before
// their first use. A refresh token works once, so whoever loses its successor must ask the user again.
#pragma once

#include "api/constants.hpp"
#include "api/options.hpp"
#include "client/bearer_tokens.hpp"
#include "client/single_flight.hpp"
#include "client/token_endpoint.hpp"
#include "edge/sources.hpp"

#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string_view>
#include <vector>

namespace xtap::client {

// An empty refresh token: there is none. The time is event::kTimeUnknown when the server did not say. It
// must not throw. Anything but Flow::proceed: the pair could not be stored and is not used.
using TokenCallback = std::function<Flow(std::string_view access_token, std::string_view refresh_token,
                                         std::int64_t expires_at_ms)>;

class UserTokens {
public:
    // Both must outlive it.
    UserTokens(const api::Options &options, const edge::Sources &sources);

    // The access token, refreshed first when it is about to expire, was refused, or is not there. Throws the
    // endpoint's refusal, again for everyone who asks until there is another refresh token; no_credential
    // when the token has expired and cannot be refreshed, or when the callback did not take the new pair.
    Token token(TokenEndpoint &endpoint);

    // After a 401: true when there is another token now, or a refresh may get one; token() does it then.
    bool refused(std::uint64_t generation);
    void accepted(std::uint64_t generation);

    // A pair that a login brought. Tells the callback first; throws no_credential when it does not take it.
    void adopt(auth::TokenAnswer answer, TokenEndpoint &endpoint);

    // After it returns, the callback before is not running and never will again (its own call excepted).
    void on_token(TokenCallback callback);

    bool any() const; // a login may have brought the first
    void wake() noexcept;
    void add_known(std::vector<api::Secret> &secrets) const; // for masking

private:
    struct Pair {
        api::Secret access, refresh;
        std::int64_t expires_at_ms = 0; // 0: unknown
    };

    bool can_refresh() const noexcept { return !pair_.refresh.empty() && !client_id_.empty(); }
    bool wants_refresh() const;
    [[noreturn]] void refuse_expired() const;
    void refresh(TokenEndpoint &endpoint);
    Pair fetched(TokenEndpoint &endpoint);
    Pair pair_of(auth::TokenAnswer answer, std::int64_t asked_ms) const;
    TokenRequest request() const;
    void remember(const Failure &failure);
    bool told(const Pair &pair);
    void use(Pair pair, bool after_refusal);

    const std::string_view client_id_;
    const api::Secret &client_secret_;
    const edge::Sources &sources_;

    mutable std::mutex mutex_; // what follows, up to the callback's
    SingleFlight flight_;
    Pair pair_;
    Pair former_; // an answer to it may still be told
    std::uint64_t generation_ = 0;
    bool stale_ = false;             // refused by the server before its time
    bool unproven_ = false;          // came from a refresh after a 401, and was not accepted so far
    std::optional<Pair> untold_;     // fetched, but not taken by the callback yet: offered again, never lost
    std::optional<Failure> refusal_; // what the endpoint said to this refresh token for good

    std::recursive_mutex callback_mutex_; // a callback may replace itself
    TokenCallback callback_;
};

} // namespace xtap::client
