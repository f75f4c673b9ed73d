// OAuth 1.0a with HMAC-SHA1 (RFC 5849, section 3.4): what is signed, the signature, the header.
// The nonce and the time come from outside; nothing here knows how a request is sent.
#pragma once

#include "api/secret.hpp"

#include <cstdint>
#include <span>
#include <string_view>

namespace xtap::auth {

// What of a request takes part in the signature. A JSON or multipart body does not.
struct SignedRequest {
    std::string_view method; // in capitals
    std::string_view url;    // whole, exactly as it is sent, with its query
    std::string_view form;   // the body, when it is application/x-www-form-urlencoded
};

struct Oauth1Keys {
    std::string_view consumer_key, consumer_secret; // the app's
    std::string_view token, token_secret;           // the user's
};

struct Oauth1Field {
    std::string_view name, value;
};

// The method, the address and all parameters in one text: those of the query and the form, and `protocol`.
api::Secret signature_base(const SignedRequest &request, std::span<const Oauth1Field> protocol);

// In base64. The token's secret is empty before there is a token.
api::Secret oauth1_signature(std::string_view base, std::string_view consumer_secret,
                             std::string_view token_secret);

// The Authorization header's value, "OAuth oauth_consumer_key=...". A nonce is never used twice with the same
// time.
api::Secret oauth1_authorization(const SignedRequest &request, const Oauth1Keys &keys, std::string_view nonce,
                                 std::int64_t time_s);

} // namespace xtap::auth
