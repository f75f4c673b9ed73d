// The token endpoints: OAuth 2.0 with PKCE and rotating refresh tokens, and the app's bearer token.
#include "api.hpp"

#include <algorithm>
#include <httplib.h>
#include <openssl/evp.h>

namespace xtap::sim {
namespace {

// RFC 6749, 5.2: not a problem, and the same for every grant.
Answer oauth_error(int status, std::string_view error, std::string_view description) {
    return answer_json({{"error", error}, {"error_description", description}}, status);
}

Answer token_answer(const TokenPair &pair) {
    Json body{{"token_type", "bearer"}, {"expires_in", pair.expires_in}, {"access_token", pair.access_token}};
    if (!pair.scope.empty()) body["scope"] = pair.scope;
    if (!pair.refresh_token.empty()) body["refresh_token"] = pair.refresh_token;
    return answer_json(body);
}

std::string s256(std::string_view verifier) {
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    EVP_Digest(verifier.data(), verifier.size(), digest, &size, EVP_sha256(), nullptr);
    return base64url_encode({reinterpret_cast<const char *>(digest), size});
}

bool proves(const Grant &grant, const std::string &verifier) {
    if (verifier.size() < 43 || verifier.size() > 128) return false;
    return grant.challenge == (grant.challenge_method == "plain" ? verifier : s256(verifier));
}

// The user of a test is quick to decide: the answer is the way back to the client.
Answer authorise(const Call &call) {
    const auto value = [&](std::string_view name) { return value_of(call.query, name).value_or(""); };
    const std::string method =
        value("code_challenge_method").empty() ? "plain" : value("code_challenge_method");
    std::vector<BadParameter> bad;
    const auto need = [&](bool holds, const char *name, const char *message) {
        if (!holds) bad.push_back({name, value(name), message});
    };
    need(value("response_type") == "code", "response_type", "\"response_type\" must be code");
    need(call.world.authority.is_client(value("client_id")), "client_id",
         "the simulator does not know this client");
    need(!value("redirect_uri").empty(), "redirect_uri", "\"redirect_uri\" is missing");
    need(!value("state").empty(), "state", "\"state\" is missing");
    need(!value("scope").empty(), "scope", "\"scope\" is missing");
    need(value("code_challenge").size() >= 43, "code_challenge",
         "\"code_challenge\" is missing or too short");
    need(method == "S256" || method == "plain", "code_challenge_method",
         "\"code_challenge_method\" must be S256 or plain");
    if (!bad.empty()) return invalid_request(bad);
    std::string back = value("redirect_uri");
    back.append(back.find('?') == std::string::npos ? "?" : "&").append("state=");
    back.append(percent_encode(value("state")));
    if (call.world.authority.take_refusal())
        back.append("&error=access_denied");
    else
        back.append("&code=").append(percent_encode(
            call.world.authority.give_code({value("client_id"), value("redirect_uri"),
                                            value("code_challenge"), method, value("scope"), 0})));
    return redirect_to(back, 302);
}

Answer exchange_code(const Call &call, const std::string &client, const Pairs &form) {
    const auto grant = call.world.authority.take_code(value_of(form, "code").value_or(""));
    if (!grant || grant->client_id != client)
        return oauth_error(400, "invalid_grant", "The code is unknown, used or too old.");
    if (grant->redirect_uri != value_of(form, "redirect_uri"))
        return oauth_error(400, "invalid_grant", "The redirect_uri is not the one the code was given for.");
    if (!proves(*grant, value_of(form, "code_verifier").value_or("")))
        return oauth_error(400, "invalid_grant", "The code_verifier does not fit the code_challenge.");
    return token_answer(call.world.authority.give_tokens(client, grant->scope));
}

Answer refresh(const Call &call, const std::string &client, const Pairs &form) {
    const auto [how, pair] =
        call.world.authority.refresh(client, value_of(form, "refresh_token").value_or(""));
    switch (how) {
    case Authority::Refresh::done:
        return token_answer(pair);
    case Authority::Refresh::used:
        return oauth_error(400, "invalid_grant", "The refresh token was used before.");
    default:
        // X says this for a token it does not know, not invalid_grant.
        return oauth_error(400, "invalid_request", "The value of the refresh token is not valid.");
    }
}

Answer give_token(const Call &call) {
    const auto client = call.world.authority.client_of(call.request);
    if (!client)
        return oauth_error(401, "unauthorized_client",
                           "The request names no client the simulator knows, or not its secret.");
    const Pairs form = parse_form(call.request.body);
    const std::string grant = value_of(form, "grant_type").value_or("");
    if (grant == "authorization_code") return exchange_code(call, *client, form);
    if (grant == "refresh_token") return refresh(call, *client, form);
    if (grant == "client_credentials")
        return token_answer({call.world.authority.give_app_token(), "", 7200, ""});
    return oauth_error(400, "unsupported_grant_type", "The simulator does not know this grant_type.");
}

Answer revoke_token(const Call &call) {
    if (!call.world.authority.client_of(call.request))
        return oauth_error(401, "unauthorized_client",
                           "The request names no client the simulator knows, or not its secret.");
    const auto token = value_of(parse_form(call.request.body), "token");
    if (!token) return oauth_error(400, "invalid_request", "The token is missing.");
    call.world.authority.revoke(*token);
    return answer_json({{"revoked", true}});
}

Answer give_app_token(const Call &call) {
    if (!call.world.authority.is_app(call.request))
        return answer_json(
            {{"errors", Json::array({{{"code", 99},
                                      {"label", "authenticity_token_error"},
                                      {"message", "The simulator does not know this app."}}})}},
            403);
    if (value_of(parse_form(call.request.body), "grant_type") != "client_credentials")
        return answer_json(
            {{"errors", Json::array({{{"code", 170},
                                      {"label", "forbidden_missing_parameter"},
                                      {"message", "grant_type must be client_credentials."}}})}},
            403);
    return answer_json({{"token_type", "bearer"}, {"access_token", call.world.authority.give_app_token()}});
}

} // namespace

void add_tokens(Api &api) {
    api.add("GET", "/2/oauth2/authorize", kNobody, authorise);
    api.add("GET", "/i/oauth2/authorize", kNobody, authorise); // where X's own page is
    api.add("POST", "/2/oauth2/token", kNobody, give_token);
    api.add("POST", "/2/oauth2/revoke", kNobody, revoke_token);
    api.add("POST", "/oauth2/token", kNobody, give_app_token);
}

} // namespace xtap::sim
