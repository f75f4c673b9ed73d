// See pkce.hpp.
#include "auth/pkce.hpp"

#include "api/percent.hpp"
#include "auth/digest.hpp"
#include "auth/encoding.hpp"

namespace xtap::auth {
namespace {

void append_pair(std::string &url, char before, std::string_view name, std::string_view value) {
    url += before;
    url += name;
    url += '=';
    api::append_percent_encoded(url, value);
}

} // namespace

api::Secret random_text(const RandomBytes &random) { return base64url({random.data(), random.size()}); }

std::string code_challenge(std::string_view code_verifier) {
    const std::array<char, sha256_size> digest = sha256(code_verifier);
    return std::string(base64url({digest.data(), digest.size()}).reveal());
}

std::string authorization_url(const Login &login) {
    std::string url(login.endpoint);
    append_pair(url, '?', "response_type", "code");
    append_pair(url, '&', "client_id", login.client_id);
    append_pair(url, '&', "redirect_uri", login.redirect_uri);
    append_pair(url, '&', "scope", login.scope);
    append_pair(url, '&', "state", login.state);
    append_pair(url, '&', "code_challenge", code_challenge(login.code_verifier));
    append_pair(url, '&', "code_challenge_method", "S256");
    return url;
}

} // namespace xtap::auth
