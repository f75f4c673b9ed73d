// Checks OAuth 1.0a signatures (RFC 5849, HMAC-SHA1) of requests as they arrived. Written for the simulator
// from the RFC alone, so that a mistake of libxtap's own signing cannot hide here.
#pragma once

#include "encoding.hpp"

#include <string>
#include <string_view>

namespace xtap::sim {

struct SignedRequest {
    std::string method;
    std::string url; // scheme and authority as the client addressed them, path as it stood, no query
    Pairs query;
    Pairs form; // of a body that is a form, else empty
    Pairs oauth;
};

std::string signature_base(const SignedRequest &request);
std::string hmac_sha1_signature(std::string_view base, std::string_view consumer_secret,
                                std::string_view token_secret);

} // namespace xtap::sim
