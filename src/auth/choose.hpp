// Which kind of credential serves an operation. Knows the options' names for its messages; holds no secret.
#pragma once

#include "api/operation.hpp"
#include "api/options.hpp"

#include <cstdint>
#include <string_view>

namespace xtap::auth {

enum class Scheme : std::uint8_t {
    none,   // the operation takes anybody
    bearer, // the app's own token
    oauth2, // a user's OAuth 2.0 token
    oauth1, // a user's OAuth 1.0a token, signing each request
    client, // the OAuth 2.0 client itself, at the token endpoints
    app,    // the app's key and secret, where an app-only token is fetched
};

// The table's word for it: "bearer", "oauth2" ...; "none".
std::string_view scheme_name(Scheme scheme) noexcept;

// What a client was given.
struct Available {
    bool bearer = false, oauth2 = false, oauth1 = false, client = false, app = false;

    bool has(Scheme scheme) const noexcept;
};

// An api_key with its secret counts as a bearer token, which it can fetch; a refresh token with its client id
// as an OAuth 2.0 token.
Available available(const api::Options &options) noexcept;

// `preferred` is the option credential: auto, bearer, oauth2 or oauth1. A kind that the operation takes wins
// when it is preferred, also when it is not configured: another identity must not step in for it. Otherwise
// the first that is configured of bearer, oauth2, oauth1: the app's own token can do least, so nothing is
// read or written as a user unless it must be. Private fields need credential=oauth2 or oauth1. Throws
// Failure(no_credential), which says what the operation takes, which options give it, and what is configured
// in vain.
Scheme choose(const api::Operation &operation, const Available &available, std::string_view preferred);

} // namespace xtap::auth
