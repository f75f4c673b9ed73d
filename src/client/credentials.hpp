// The credentials of one client, for all its threads: which one serves a request, and the Authorization
// header that shows it. Knows nothing of libcurl; token endpoints are asked through the caller.
#pragma once

#include "api/operation.hpp"
#include "api/options.hpp"
#include "api/secret.hpp"
#include "auth/choose.hpp"
#include "auth/oauth1.hpp"
#include "auth/pkce.hpp"
#include "client/bearer_tokens.hpp"
#include "client/single_flight.hpp"
#include "client/token_endpoint.hpp"
#include "client/user_tokens.hpp"
#include "edge/sources.hpp"
#include "stream/session/notice.hpp"

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace xtap::client {

// Which credential a request went out with, so that its answer can be told.
struct Ticket {
    auth::Scheme scheme = auth::Scheme::none;
    std::uint64_t generation = 0;
};

struct Authorization {
    api::Secret header; // the header's value; empty: none is sent
    // A field for the form, encoded; not empty for a public OAuth 2.0 client, which has no secret to send in
    // a header and names itself there.
    std::string form_field;
    Ticket ticket;
};

class Credentials {
public:
    // Both are checked already, and `options` outlives this.
    explicit Credentials(const api::Options &options, edge::Sources sources = edge::system_sources());

    // Throws Failure(no_credential) as auth::choose does; `preferred` is the option credential.
    auth::Scheme choose(const api::Operation &operation, std::string_view preferred) const;

    // For one sending of a request: called again when it is sent again, because a signature works once.
    // Fetches or refreshes a token first when it must; of several threads that need the same, one does it and
    // the others wait. Throws no_credential, what a token endpoint refuses with, and what `endpoint` throws.
    Authorization authorize(const api::Operation &operation, std::string_view preferred,
                            const auth::SignedRequest &request, TokenEndpoint &endpoint);

    // For streams, which take the app's bearer token alone; never blocks but for reading bearer_token_file.
    // None: app_token_request() must be sent first, its reply handed in, and this asked again.
    std::optional<Authorization> authorize_stream(const api::Operation &operation);
    TokenRequest app_token_request() const { return bearer_.request(); }
    void app_token_reply(const TokenReply &reply) { bearer_.reply(reply); } // throws its refusal

    // What the server said to a request. After a 401, true: there is another credential or one may be got, so
    // authorize again and send once more; false: the 401 stands. Never blocks but for reading a file. Every
    // answer that is no 401 should be told as accepted: only then may a token that replaced a refused one be
    // replaced in its turn.
    bool refused(const Ticket &ticket);
    void accepted(const Ticket &ticket);

    // The reply of createOAuth2Token to a user's grant: the callback is told, then the pair is used. Throws
    // protocol when it holds no tokens, no_credential when the callback does not take them.
    void adopt(const TokenReply &reply, TokenEndpoint &endpoint);

    void on_token(TokenCallback callback) { users_.on_token(std::move(callback)); }

    // After a cancellation: calls that wait for another one's token ask their patience again.
    void wake() noexcept;

    auth::RandomBytes random() const; // for a state or a code verifier

    // Servers repeat what they were sent: every secret that this client knows becomes "***".
    std::string redacted(std::string_view text) const;
    void redact(session::Notice &notice) const;
    void redact(Failure &failure) const;

private:
    auth::Available available() const;
    Authorization of_user(TokenEndpoint &endpoint);
    Authorization of_app(TokenEndpoint &endpoint);
    Authorization of_client() const;
    Authorization signed_by_user(const auth::SignedRequest &request) const;
    std::vector<api::Secret> known() const;
    void add_basic(std::vector<api::Secret> &known, api::Option user, api::Option password) const;
    std::string_view reveal(api::Option option) const noexcept { return options_.text(option); }

    const api::Options &options_;
    const edge::Sources sources_;
    BearerTokens bearer_;
    UserTokens users_;
    std::mutex app_mutex_; // app_flight_
    SingleFlight app_flight_;
};

} // namespace xtap::client
