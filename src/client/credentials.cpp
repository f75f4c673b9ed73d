// See credentials.hpp: one function for each kind of credential.
#include "client/credentials.hpp"

#include "api/failure.hpp"
#include "api/secret_builder.hpp"
#include "auth/encoding.hpp"
#include "auth/redaction.hpp"

#include <array>
#include <utility>

namespace xtap::client {
namespace {

using api::Option;
using auth::Scheme;

Authorization bearer(const Token &token, Scheme scheme) {
    return {auth::bearer_authorization(token.text.reveal()), {}, {scheme, token.generation}};
}

std::vector<std::string_view> revealed(const std::vector<api::Secret> &secrets) {
    std::vector<std::string_view> texts;
    texts.reserve(secrets.size());
    for (const api::Secret &secret : secrets)
        texts.push_back(secret.reveal());
    return texts;
}

} // namespace

Credentials::Credentials(const api::Options &options, edge::Sources sources)
    : options_(options), sources_(std::move(sources)), bearer_(options_), users_(options_, sources_) {}

auth::Available Credentials::available() const {
    auth::Available available = auth::available(options_);
    available.oauth2 = users_.any();
    return available;
}

Scheme Credentials::choose(const api::Operation &operation, std::string_view preferred) const {
    return auth::choose(operation, available(), preferred);
}

Authorization Credentials::authorize(const api::Operation &operation, std::string_view preferred,
                                     const auth::SignedRequest &request, TokenEndpoint &endpoint) {
    switch (choose(operation, preferred)) {
    case Scheme::none:
        break;
    case Scheme::bearer:
        return of_app(endpoint);
    case Scheme::oauth2:
        return of_user(endpoint);
    case Scheme::oauth1:
        return signed_by_user(request);
    case Scheme::client:
        return of_client();
    case Scheme::app:
        return {auth::basic_authorization(reveal(Option::api_key), reveal(Option::api_secret)),
                {},
                {Scheme::app, 0}};
    }
    return {};
}

Authorization Credentials::of_user(TokenEndpoint &endpoint) {
    return bearer(users_.token(endpoint), Scheme::oauth2);
}

Authorization Credentials::of_app(TokenEndpoint &endpoint) {
    std::unique_lock lock(app_mutex_);
    for (;;) {
        // Asked with the lock held: a flight that has landed has left its token.
        if (const std::optional<Token> token = bearer_.now()) return bearer(*token, Scheme::bearer);
        app_flight_.run(
            lock, [&] { bearer_.reply(endpoint.send(bearer_.request())); }, endpoint);
    }
}

Authorization Credentials::of_client() const {
    Authorization authorization;
    authorization.ticket.scheme = Scheme::client;
    const std::string_view id = reveal(Option::oauth2_client_id),
                           secret = reveal(Option::oauth2_client_secret);
    if (!secret.empty()) {
        authorization.header = auth::basic_authorization(id, secret);
        return authorization;
    }
    api::SecretBuilder field;
    auth::append_field(field, "client_id", id);
    authorization.form_field = field.text();
    return authorization;
}

Authorization Credentials::signed_by_user(const auth::SignedRequest &request) const {
    const auth::Oauth1Keys keys{reveal(Option::api_key), reveal(Option::api_secret),
                                reveal(Option::oauth1_token), reveal(Option::oauth1_token_secret)};
    std::array<char, 16> random;
    sources_.random(random);
    const std::string nonce = auth::hexadecimal({random.data(), random.size()});
    return {
        auth::oauth1_authorization(request, keys, nonce, sources_.wall_ms() / 1000), {}, {Scheme::oauth1, 0}};
}

std::optional<Authorization> Credentials::authorize_stream(const api::Operation &operation) {
    const Scheme scheme = choose(operation, "bearer");
    if (scheme == Scheme::none) return Authorization{};
    if (scheme != Scheme::bearer)
        throw Failure(Status::unsupported,
                      std::string(operation.id) + ": a stream takes the app's bearer token alone");
    const std::optional<Token> token = bearer_.now();
    if (!token) return std::nullopt;
    return bearer(*token, Scheme::bearer);
}

bool Credentials::refused(const Ticket &ticket) {
    switch (ticket.scheme) {
    case Scheme::bearer:
        return bearer_.refused(ticket.generation);
    case Scheme::oauth2:
        return users_.refused(ticket.generation);
    default:
        return false; // nothing but what was configured
    }
}

void Credentials::accepted(const Ticket &ticket) {
    if (ticket.scheme == Scheme::bearer) bearer_.accepted(ticket.generation);
    if (ticket.scheme == Scheme::oauth2) users_.accepted(ticket.generation);
}

void Credentials::adopt(const TokenReply &reply, TokenEndpoint &endpoint) {
    const std::array<std::string_view, 1> secrets{reveal(Option::oauth2_client_secret)};
    users_.adopt(answer_of(reply, "the login's answer", secrets), endpoint);
}

void Credentials::wake() noexcept {
    users_.wake();
    const std::lock_guard lock(app_mutex_);
    app_flight_.wake();
}

auth::RandomBytes Credentials::random() const {
    auth::RandomBytes random;
    sources_.random(random);
    return random;
}

// ---- what may be said ----

// Everything that a request may have shown.
std::vector<api::Secret> Credentials::known() const {
    std::vector<api::Secret> known;
    bearer_.add_known(known);
    users_.add_known(known);
    for (const api::OptionSpec &spec : api::option_table())
        if (spec.type == api::OptionType::secret) known.push_back(options_.secret(spec.option));
    add_basic(known, Option::api_key, Option::api_secret);
    add_basic(known, Option::oauth2_client_id, Option::oauth2_client_secret);
    return known;
}

// What stands behind "Basic ", which is neither of the two.
void Credentials::add_basic(std::vector<api::Secret> &known, Option user, Option password) const {
    if (reveal(password).empty()) return;
    const api::Secret header = auth::basic_authorization(reveal(user), reveal(password));
    known.emplace_back(header.reveal().substr(header.reveal().find(' ') + 1));
}

std::string Credentials::redacted(std::string_view text) const {
    const std::vector<api::Secret> secrets = known();
    return auth::redacted(text, revealed(secrets));
}

void Credentials::redact(session::Notice &notice) const {
    const std::vector<api::Secret> secrets = known();
    notice.json = auth::redacted_json(notice.json, revealed(secrets));
}

void Credentials::redact(Failure &failure) const {
    const std::vector<api::Secret> secrets = known();
    const std::vector<std::string_view> texts = revealed(secrets);
    for (std::string *text :
         {&failure.message, &failure.problem_type, &failure.problem_title, &failure.request_id})
        *text = auth::redacted(*text, texts);
}

} // namespace xtap::client
