// See authority.hpp.
#include "authority.hpp"

#include "api.hpp"
#include "events.hpp"
#include "oauth1.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <httplib.h>
#include <random>

namespace xtap::sim {
namespace {

constexpr std::int64_t kCodeLives = 60;       // seconds
constexpr std::int64_t kClockMayDiffer = 300; // seconds, of an OAuth 1.0a timestamp
constexpr std::size_t kMostNoncesRemembered = 100'000;

std::int64_t seconds_now() {
    using namespace std::chrono;
    return duration_cast<seconds>(system_clock::now().time_since_epoch()).count();
}

[[noreturn]] void refuse(std::string_view detail) { throw Refused{unauthorized(detail)}; }

std::optional<std::pair<std::string, std::string>> basic_of(const httplib::Request &request) {
    const std::string header = authorization_of(request);
    if (!header.starts_with("Basic ")) return std::nullopt;
    const auto text = base64_decode(std::string_view(header).substr(6));
    const std::size_t colon = text ? text->find(':') : std::string::npos;
    if (colon == std::string::npos) return std::nullopt;
    // Both halves are form-encoded first (RFC 6749, 2.3.1).
    return std::pair(percent_decode(text->substr(0, colon)), percent_decode(text->substr(colon + 1)));
}

void check_kind(const Caller &caller, unsigned accepted) {
    if ((caller.proof & accepted) != 0) return;
    throw Refused{unsupported_authentication(caller.proof == kBearer   ? "an app's bearer token"
                                             : caller.proof == kOAuth2 ? "a user's OAuth 2.0 token"
                                                                       : "OAuth 1.0a")};
}

} // namespace

std::string authorization_of(const httplib::Request &request) {
    return base64_decode(request.get_header_value(kAuthorizationHeader)).value_or("");
}

Authority::Authority(const Settings &settings) : settings_(settings) {
    if (settings.user_token.empty()) return;
    access_tokens_[settings.user_token] = {settings.client_id, "", INT64_MAX};
}

Caller Authority::identify(const httplib::Request &request, unsigned accepted) {
    if (accepted == kNobody) return {kNobody, "", request.remote_addr};
    const std::string header = authorization_of(request);
    Caller caller;
    if (header.starts_with("Bearer ") && header.size() > 7)
        caller = identify_bearer(header.substr(7));
    else if (header.starts_with("OAuth "))
        caller = identify_oauth1(request, std::string_view(header).substr(6));
    else
        refuse("The request carries no bearer token and no OAuth signature.");
    check_kind(caller, accepted);
    return caller;
}

Caller Authority::identify_bearer(const std::string &token) {
    const std::lock_guard lock(mutex_);
    if (revoked_.count(token) > 0) refuse("This token was revoked.");
    const auto known = access_tokens_.find(token);
    if (known != access_tokens_.end()) {
        if (known->second.expires_at <= seconds_now()) refuse("This access token has expired.");
        return {kOAuth2, settings_.user_id, "user " + token};
    }
    if (token == app_token_ || (!settings_.token.empty() && token == settings_.token))
        return {kBearer, "", "app " + token};
    if (settings_.strict_auth || !settings_.token.empty())
        refuse("The simulator does not know this bearer token.");
    return {kBearer | kOAuth2, settings_.user_id, "any " + token};
}

Caller Authority::identify_oauth1(const httplib::Request &request, std::string_view header) {
    const Pairs oauth = parse_oauth_header(header);
    const auto value = [&](std::string_view name) { return value_of(oauth, name).value_or(""); };
    if (value("oauth_consumer_key") != settings_.api_key) refuse("The simulator does not know this API key.");
    if (value("oauth_token") != settings_.oauth1_token)
        refuse("The simulator does not know this OAuth token.");
    if (value("oauth_signature_method") != "HMAC-SHA1") refuse("The signature method must be HMAC-SHA1.");
    const std::string when = value("oauth_timestamp");
    std::int64_t seconds = 0;
    std::from_chars(when.data(), when.data() + when.size(), seconds);
    if (std::abs(seconds_now() - seconds) > kClockMayDiffer) refuse("The timestamp is too far from now.");
    const std::size_t question = std::min(request.target.find('?'), request.target.size());
    SignedRequest made{
        request.method,
        std::string(settings_.tls ? "https://" : "http://") + request.get_header_value("host") +
            request.target.substr(0, question),
        parse_form(std::string_view(request.target).substr(std::min(question + 1, request.target.size()))),
        {},
        oauth};
    if (request.get_header_value("content-type").starts_with("application/x-www-form-urlencoded"))
        made.form = parse_form(request.body);
    const std::string base = signature_base(made);
    if (hmac_sha1_signature(base, settings_.api_secret, settings_.oauth1_token_secret) !=
        value("oauth_signature"))
        refuse("The signature does not fit; the simulator signs " + base);
    const std::lock_guard lock(mutex_);
    if (value("oauth_nonce").empty() || !nonces_.insert(when + " " + value("oauth_nonce")).second)
        refuse("The nonce is missing or was used before.");
    if (nonces_.size() > kMostNoncesRemembered) nonces_.clear();
    return {kOAuth1, settings_.user_id, "oauth1 " + value("oauth_token")};
}

bool Authority::is_client(std::string_view id) const {
    return id == settings_.client_id || id == settings_.public_client_id;
}

std::optional<std::string> Authority::client_of(const httplib::Request &request) const {
    if (const auto basic = basic_of(request)) {
        if (basic->first != settings_.client_id || basic->second != settings_.client_secret)
            return std::nullopt;
        return basic->first;
    }
    auto id = value_of(parse_form(request.body), "client_id");
    if (!id || *id != settings_.public_client_id) return std::nullopt;
    return id;
}

bool Authority::is_app(const httplib::Request &request) const {
    return basic_of(request) == std::pair(settings_.api_key, settings_.api_secret);
}

// Readable in a log, impossible to guess by accident.
std::string Authority::fresh(std::string_view what) {
    static std::random_device entropy;
    char text[64];
    std::snprintf(text, sizeof text, "-%llu-%08x%08x", static_cast<unsigned long long>(++given_), entropy(),
                  entropy());
    return "sim-" + std::string(what) + text;
}

std::string Authority::give_code(Grant grant) {
    const std::lock_guard lock(mutex_);
    grant.expires_at = seconds_now() + kCodeLives;
    std::string code = fresh("code");
    codes_[code] = std::move(grant);
    return code;
}

std::optional<Grant> Authority::take_code(const std::string &code) {
    const std::lock_guard lock(mutex_);
    const auto at = codes_.find(code);
    if (at == codes_.end()) return std::nullopt;
    const Grant grant = at->second;
    codes_.erase(at);
    if (grant.expires_at <= seconds_now()) return std::nullopt;
    return grant;
}

TokenPair Authority::give_tokens(const std::string &client_id, const std::string &scope) {
    const std::lock_guard lock(mutex_);
    TokenPair made{fresh("access"), "", settings_.expires_in, scope};
    access_tokens_[made.access_token] = {client_id, scope, seconds_now() + settings_.expires_in};
    if (scope.find("offline.access") != std::string::npos) {
        made.refresh_token = fresh("refresh");
        refresh_tokens_[made.refresh_token] = {client_id, scope};
    }
    return made;
}

std::string Authority::give_app_token() {
    const std::lock_guard lock(mutex_);
    if (app_token_.empty()) app_token_ = fresh("app");
    return app_token_;
}

std::pair<Authority::Refresh, TokenPair> Authority::refresh(const std::string &client_id,
                                                            const std::string &refresh_token) {
    std::string scope;
    {
        const std::lock_guard lock(mutex_);
        if (used_refresh_tokens_.count(refresh_token) > 0) {
            ++reuses_;
            return {Refresh::used, {}};
        }
        const auto at = refresh_tokens_.find(refresh_token);
        if (at == refresh_tokens_.end() || at->second.first != client_id) return {Refresh::unknown, {}};
        scope = at->second.second;
        refresh_tokens_.erase(at);
        used_refresh_tokens_.insert(refresh_token);
        ++refreshes_;
    }
    return {Refresh::done, give_tokens(client_id, scope)};
}

bool Authority::revoke(const std::string &token) {
    const std::lock_guard lock(mutex_);
    const bool known = access_tokens_.erase(token) + refresh_tokens_.erase(token) > 0 ||
                       (!token.empty() && token == app_token_);
    if (token == app_token_) app_token_.clear();
    revoked_.insert(token);
    return known;
}

void Authority::expire_access_tokens() {
    const std::lock_guard lock(mutex_);
    for (auto &[token, access] : access_tokens_)
        access.expires_at = 0;
}

void Authority::refuse_next_authorisation(bool refuse) {
    const std::lock_guard lock(mutex_);
    refuse_next_ = refuse;
}

bool Authority::take_refusal() {
    const std::lock_guard lock(mutex_);
    return std::exchange(refuse_next_, false);
}

Json Authority::state() const {
    const std::lock_guard lock(mutex_);
    const auto valid = std::ranges::count_if(
        access_tokens_, [now = seconds_now()](const auto &token) { return token.second.expires_at > now; });
    return {{"access_tokens", access_tokens_.size()},   {"valid_access_tokens", valid},
            {"refresh_tokens", refresh_tokens_.size()}, {"refreshes", refreshes_},
            {"reused_refresh_tokens", reuses_},         {"open_codes", codes_.size()}};
}

} // namespace xtap::sim
