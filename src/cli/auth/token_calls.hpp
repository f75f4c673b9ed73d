// The token operations as the command calls them. Knows nothing about files and browsers.
#pragma once

#include "cli/base/caller.hpp"
#include "cli/base/credentials_file.hpp"

#include <optional>
#include <string>
#include <vector>

namespace xtap::cli {

// Throw a Complaint; what the server says against a grant is a matter of credentials (exit 3).
AppCredential fetch_app_token(Caller &caller);
// What a code or a refresh token is exchanged for; `parameters` name the grant.
UserCredential fetch_user_tokens(Caller &caller, const std::vector<NamedValue> &parameters);
void revoke_token(Caller &caller, const std::string &token);

struct LoginStart {
    std::string url; // where the user decides
    std::string state;
    std::string code_verifier;
};
LoginStart start_login(Caller &caller, const std::string &redirect_uri,
                       const std::optional<std::string> &scope);

} // namespace xtap::cli
