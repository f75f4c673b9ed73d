// Chooses, and says what is missing in the words of the options.
#include "auth/choose.hpp"

#include "api/failure.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace xtap::auth {
namespace {

using api::Option;

struct Kind {
    Scheme scheme;
    std::string_view name;
    std::string_view what;
    std::string_view options;  // that give it
    std::string_view variable; // the first of them in the environment
};

// In the order of auto.
constexpr std::array<Kind, 5> kinds{
    {{Scheme::bearer, "bearer", "the app's bearer token",
      "bearer_token or bearer_token_file, or api_key and api_secret", "XTAP_BEARER_TOKEN"},
     {Scheme::oauth2, "oauth2", "a user's OAuth 2.0 token",
      "oauth2_access_token, or oauth2_refresh_token with oauth2_client_id", "XTAP_OAUTH2_ACCESS_TOKEN"},
     {Scheme::oauth1, "oauth1", "a user's OAuth 1.0a token",
      "oauth1_token, oauth1_token_secret, api_key and api_secret", "XTAP_OAUTH1_TOKEN"},
     {Scheme::client, "client", "the OAuth 2.0 client",
      "oauth2_client_id, with oauth2_client_secret if the app has one", "XTAP_OAUTH2_CLIENT_ID"},
     {Scheme::app, "app", "the app's key and secret", "api_key and api_secret", "XTAP_API_KEY"}}};

const api::Security *taken(const api::Operation &operation, const Kind &kind) noexcept {
    const auto found = std::find_if(operation.security.begin(), operation.security.end(),
                                    [&](const api::Security &each) { return each.scheme == kind.name; });
    return found == operation.security.end() ? nullptr : &*found;
}

bool is_set(const api::Options &options, Option option) noexcept { return !options.secret(option).empty(); }

std::string listed(std::span<const std::string_view> texts) {
    std::string out;
    for (const std::string_view text : texts)
        out.append(out.empty() ? "" : ", ").append(text);
    return out;
}

void append_way(std::string &ways, const Kind &kind, const api::Security &security) {
    if (!ways.empty()) ways += "; or ";
    ways += kind.what;
    if (!security.scopes.empty()) ways.append(" with the scopes ").append(listed(security.scopes));
    ways.append(": set ").append(kind.options);
    ways.append(" (in the environment ").append(kind.variable).append(" and so on)");
}

// `only`: the preferred kind, where it is what is missing.
Failure nothing_fits(const api::Operation &operation, const Available &available, const Kind *only) {
    std::string ways, in_vain;
    for (const Kind &kind : kinds) {
        const api::Security *security = taken(operation, kind);
        if (security != nullptr && (only == nullptr || only == &kind)) append_way(ways, kind, *security);
        if (security == nullptr && available.has(kind.scheme))
            in_vain.append(in_vain.empty() ? "" : ", ").append(kind.what);
    }
    std::string message = std::string(operation.id) + ": no credential; ";
    message += only == nullptr ? "it takes " : "credential=" + std::string(only->name) + " asks for ";
    message += ways.empty() ? "none that this version knows" : ways;
    if (!in_vain.empty()) message += "; configured, but not taken here: " + in_vain;
    return {Status::no_credential, message};
}

} // namespace

std::string_view scheme_name(Scheme scheme) noexcept {
    const auto found =
        std::find_if(kinds.begin(), kinds.end(), [&](const Kind &kind) { return kind.scheme == scheme; });
    return found == kinds.end() ? "none" : found->name;
}

bool Available::has(Scheme scheme) const noexcept {
    switch (scheme) {
    case Scheme::none:
        return true;
    case Scheme::bearer:
        return bearer;
    case Scheme::oauth2:
        return oauth2;
    case Scheme::oauth1:
        return oauth1;
    case Scheme::client:
        return client;
    case Scheme::app:
        return app;
    }
    return false;
}

Available available(const api::Options &options) noexcept {
    const auto has = [&](Option option) { return is_set(options, option); };
    Available out;
    out.app = has(Option::api_key) && has(Option::api_secret);
    out.bearer = has(Option::bearer_token) || has(Option::bearer_token_file) || out.app;
    out.client = has(Option::oauth2_client_id);
    out.oauth2 = has(Option::oauth2_access_token) || (has(Option::oauth2_refresh_token) && out.client);
    out.oauth1 = out.app && has(Option::oauth1_token) && has(Option::oauth1_token_secret);
    return out;
}

Scheme choose(const api::Operation &operation, const Available &available, std::string_view preferred) {
    if (operation.security.empty()) return Scheme::none;
    for (const Kind &kind : kinds) {
        if (kind.name != preferred || taken(operation, kind) == nullptr) continue;
        if (!available.has(kind.scheme)) throw nothing_fits(operation, available, &kind);
        return kind.scheme;
    }
    for (const Kind &kind : kinds) {
        if (taken(operation, kind) != nullptr && available.has(kind.scheme)) return kind.scheme;
    }
    throw nothing_fits(operation, available, nullptr);
}

} // namespace xtap::auth
