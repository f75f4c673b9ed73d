// See local_answer.hpp.
#include "client/local_answer.hpp"

#include "api/failure.hpp"
#include "auth/pkce.hpp"

#include <algorithm>
#include <string>

namespace xtap::client {

namespace {

using api::Option;

// X asks its users on another host than the one that serves the API; a simulator has only one.
constexpr std::string_view kApiUrl = "https://api.x.com";
constexpr std::string_view kLoginUrl = "https://x.com/i/oauth2/authorize";
// What an app needs to know who it acts for, and to go on when the first token expires.
constexpr std::string_view kUsualScope = "tweet.read,users.read,offline.access";

std::string endpoint_of(const api::Request &request, const api::Options &options) {
    const std::string_view base = options.text(Option::base_url);
    return base == kApiUrl ? std::string(kLoginUrl) : std::string(base) + request.operation().path;
}

std::string given_or_random(const api::Request &request, std::string_view parameter,
                            const Credentials &credentials) {
    if (const std::optional<std::string_view> given = request.get(parameter)) return std::string(*given);
    return std::string(auth::random_text(credentials.random()).reveal());
}

} // namespace

Response login_answer(const api::Request &request, const api::Options &options,
                      const Credentials &credentials) {
    const std::string_view client_id = options.text(Option::oauth2_client_id);
    if (client_id.empty())
        throw Failure(Status::no_credential,
                      std::string(request.operation().id) +
                          " needs the option oauth2_client_id (in the environment XTAP_OAUTH2_CLIENT_ID)");
    std::string scope(request.get("scope").value_or(kUsualScope));
    std::replace(scope.begin(), scope.end(), ',', ' ');
    const std::string state = given_or_random(request, "state", credentials);
    const std::string verifier = given_or_random(request, "code_verifier", credentials);
    Response response;
    response.operation = &request.operation();
    response.head.status = 200;
    response.head.content_type = "application/json";
    response.body = auth::login_answer({.endpoint = endpoint_of(request, options),
                                        .client_id = client_id,
                                        .redirect_uri = *request.get("redirect_uri"),
                                        .scope = scope,
                                        .state = state,
                                        .code_verifier = verifier});
    return response;
}

} // namespace xtap::client
