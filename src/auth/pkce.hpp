// A login by OAuth 2.0 with PKCE (RFC 7636): the verifier, its challenge, and the address a user is sent to.
// The random bytes come from outside; nothing here opens or serves an address.
#pragma once

#include "api/secret.hpp"

#include <array>
#include <string>
#include <string_view>

namespace xtap::auth {

using RandomBytes = std::array<char, 32>;

// 43 characters that stand for 32 random bytes: a code verifier, or a state.
api::Secret random_text(const RandomBytes &random);

// S256, the only method worth using.
std::string code_challenge(std::string_view code_verifier);

struct Login {
    std::string_view endpoint; // where the user is asked, without a query
    std::string_view client_id;
    std::string_view redirect_uri;
    std::string_view scope; // separated by spaces
    std::string_view state;
    std::string_view code_verifier;
};

// The address that asks the user. It holds the challenge, never the verifier.
std::string authorization_url(const Login &login);

} // namespace xtap::auth
