// Requests and answers of the token endpoints.
#include "cli/auth/token_calls.hpp"

#include "cli/base/json_facts.hpp"
#include "cli/base/unix_time.hpp"

namespace xtap::cli {
namespace {

Sent send(Caller &caller, const std::string &operation, const std::vector<NamedValue> &parameters) {
    const RequestHandle request = caller.request(operation);
    for (const NamedValue &parameter : parameters)
        caller.set(request.get(), operation, parameter);
    return caller.try_send(request.get());
}

// A grant that is refused comes as 400 with a reason: asking again does not help, logging in again may.
void check_grant(const Sent &sent, const std::string &hint) {
    if (sent.status != XTAP_E_HTTP || sent.error.http_status != 400)
        return check(sent.status, sent.error, hint);
    Complaint complaint = complaint_of(sent.status, sent.error, hint);
    complaint.exit_code = ExitCode::permission;
    throw complaint;
}

Json facts_of(const Sent &sent, const char *needed) {
    Json facts = Json::parse_or_null(sent.body());
    if (!facts.is_object() || text_fact(facts, needed).empty())
        throw Complaint(ExitCode::failure, std::string("the answer holds no '") + needed + "'");
    return facts;
}

} // namespace

AppCredential fetch_app_token(Caller &caller) {
    const Sent sent = send(caller, "createAppToken", {{"grant_type", "client_credentials"}});
    check_grant(sent, "set XTAP_API_KEY and XTAP_API_SECRET in the environment to the app's key and secret");
    return {text_fact(facts_of(sent, "access_token"), "access_token"), unix_ms()};
}

UserCredential fetch_user_tokens(Caller &caller, const std::vector<NamedValue> &parameters) {
    const std::int64_t before = unix_ms(); // the token's life began no earlier
    const Sent sent = send(caller, "createOAuth2Token", parameters);
    check_grant(sent, "log in again: xtap auth login");
    const Json facts = facts_of(sent, "access_token");
    UserCredential user;
    user.access_token = text_fact(facts, "access_token");
    user.refresh_token = text_fact(facts, "refresh_token");
    user.scope = text_fact(facts, "scope");
    if (const auto seconds = number_fact(facts, "expires_in"); seconds && *seconds > 0)
        user.expires_at_ms = before + *seconds * 1000;
    user.saved_at_ms = before;
    return user;
}

void revoke_token(Caller &caller, const std::string &token) {
    const Sent sent = send(caller, "revokeOAuth2Token", {{"token", token}});
    check_grant(sent, "to forget the tokens without telling X: xtap auth logout --local");
}

LoginStart start_login(Caller &caller, const std::string &redirect_uri,
                       const std::optional<std::string> &scope) {
    std::vector<NamedValue> parameters = {{"redirect_uri", redirect_uri}};
    if (scope) parameters.emplace_back("scope", *scope);
    const Sent sent = send(caller, "getOAuth2AuthorizeUrl", parameters);
    check(sent.status, sent.error,
          sent.status == XTAP_E_NO_CREDENTIAL
              ? "set XTAP_OAUTH2_CLIENT_ID in the environment to the app's OAuth 2.0 client id, and for a "
                "confidential client XTAP_OAUTH2_CLIENT_SECRET"
              : "");
    const Json facts = facts_of(sent, "url");
    return {text_fact(facts, "url"), text_fact(facts, "state"), text_fact(facts, "code_verifier")};
}

} // namespace xtap::cli
