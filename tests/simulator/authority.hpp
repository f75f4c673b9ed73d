// Who may do what: the app and the user the simulator knows, the tokens it gave out, and whether a request
// carries one. Knows no operation.
#pragma once

#include "problems.hpp"
#include "settings.hpp"
#include "json/value.hpp"

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace httplib {
struct Request;
}

namespace xtap::sim {

// How a request proves who asks. `accepted` of an operation is a sum of these.
enum Proof : unsigned { kNobody = 0, kBearer = 1, kOAuth2 = 2, kOAuth1 = 4, kUser = 6, kAnyone = 7 };

struct Caller {
    unsigned proof = kNobody; // all three where any token is taken for what is needed
    std::string user_id;      // empty: an app
    std::string credential;   // what is counted together; never shown
};

struct Grant { // what an access token or an authorisation code stands for
    std::string client_id, redirect_uri, challenge, challenge_method, scope;
    std::int64_t expires_at = 0; // seconds since 1970
};

struct TokenPair {
    std::string access_token, refresh_token; // no refresh token without offline.access
    std::int64_t expires_in = 0;
    std::string scope;
};

// The request's Authorization as the client wrote it.
std::string authorization_of(const httplib::Request &request);

class Authority {
public:
    explicit Authority(const Settings &settings);

    // Throws Refused with 401 when it carries nothing known, 403 when the operation takes another kind.
    Caller identify(const httplib::Request &request, unsigned accepted);

    // Of the user whose page this is.
    const std::string &user_id() const { return settings_.user_id; }
    bool is_client(std::string_view id) const;
    // The client of a token request, by HTTP Basic or, without a secret, by its client_id field.
    std::optional<std::string> client_of(const httplib::Request &request) const;
    bool is_app(const httplib::Request &request) const; // Basic with the app's key and secret

    std::string give_code(Grant grant);
    std::optional<Grant> take_code(const std::string &code); // once
    TokenPair give_tokens(const std::string &client_id, const std::string &scope);
    std::string give_app_token(); // the same each time, until revoked
    enum class Refresh : std::uint8_t { done, unknown, used };
    std::pair<Refresh, TokenPair> refresh(const std::string &client_id, const std::string &refresh_token);
    bool revoke(const std::string &token);

    // By the control endpoint.
    void expire_access_tokens();
    void refuse_next_authorisation(bool refuse);
    bool take_refusal();
    Json state() const;

private:
    struct AccessToken {
        std::string client_id, scope;
        std::int64_t expires_at = 0;
    };
    Caller identify_bearer(const std::string &token);
    Caller identify_oauth1(const httplib::Request &request, std::string_view header);
    std::string fresh(std::string_view what);

    const Settings &settings_;
    mutable std::mutex mutex_;
    std::uint64_t given_ = 0, refreshes_ = 0, reuses_ = 0;
    bool refuse_next_ = false;
    std::string app_token_;
    std::map<std::string, Grant> codes_;
    std::map<std::string, AccessToken> access_tokens_;
    std::map<std::string, std::pair<std::string, std::string>> refresh_tokens_; // client and scope
    std::set<std::string> used_refresh_tokens_;
    std::set<std::string> revoked_;
    std::set<std::string> nonces_;
};

} // namespace xtap::sim
