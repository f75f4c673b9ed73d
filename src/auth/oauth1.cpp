// Builds what is signed exactly as RFC 5849, section 3.4.1 has it: one byte of difference and X refuses.
#include "auth/oauth1.hpp"

#include "api/percent.hpp"
#include "api/secret_builder.hpp"
#include "auth/digest.hpp"
#include "auth/encoding.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

namespace xtap::auth {
namespace {

using Parameters = std::vector<std::pair<api::Secret, api::Secret>>; // name and value, both encoded

api::Secret encoded(std::string_view text) {
    api::SecretBuilder out;
    api::append_percent_encoded(out, text);
    return out.take();
}

// Decoded first: a query may leave raw what the signature wants encoded, as a list's commas.
void add_pairs(Parameters &parameters, std::string_view text) {
    while (!text.empty()) {
        const std::string_view pair = text.substr(0, text.find('&'));
        text.remove_prefix(std::min(text.size(), pair.size() + 1));
        if (pair.empty()) continue;
        const std::size_t equals = pair.find('=');
        const std::string_view value =
            equals == std::string_view::npos ? std::string_view{} : pair.substr(equals + 1);
        parameters.emplace_back(encoded(form_decoded(pair.substr(0, equals)).reveal()),
                                encoded(form_decoded(value).reveal()));
    }
}

void append_small(std::string &out, std::string_view text) {
    for (const char byte : text)
        out += byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte - 'A' + 'a') : byte;
}

// Section 3.4.1.2: scheme and host in small letters, no default port, no query.
std::string base_address(std::string_view url) {
    const std::size_t scheme_end = std::min(url.find("://"), url.size());
    std::string out;
    append_small(out, url.substr(0, scheme_end));
    const std::string_view default_port = out == "https" ? ":443" : ":80";
    std::string_view rest = url.substr(std::min(scheme_end + 3, url.size()));
    rest = rest.substr(0, rest.find('?'));
    std::string_view authority = rest.substr(0, rest.find('/'));
    const std::string_view path = rest.substr(authority.size());
    if (authority.ends_with(default_port)) authority.remove_suffix(default_port.size());
    out += "://";
    append_small(out, authority);
    out += path.empty() ? "/" : path;
    return out;
}

// Section 3.4.1.3.2: sorted after encoding, by name and then by value, byte for byte.
api::Secret normalized(Parameters parameters) {
    std::sort(parameters.begin(), parameters.end(), [](const auto &left, const auto &right) {
        return std::pair(left.first.reveal(), left.second.reveal()) <
               std::pair(right.first.reveal(), right.second.reveal());
    });
    api::SecretBuilder out;
    for (const auto &[name, value] : parameters) {
        if (out.size() != 0) out += '&';
        out += name.reveal();
        out += '=';
        out += value.reveal();
    }
    return out.take();
}

void append_header_field(api::SecretBuilder &header, std::string_view name, std::string_view value) {
    api::append_percent_encoded(header, name);
    header += "=\"";
    api::append_percent_encoded(header, value);
    header += '"';
}

} // namespace

api::Secret signature_base(const SignedRequest &request, std::span<const Oauth1Field> protocol) {
    Parameters parameters;
    const std::size_t question = request.url.find('?');
    if (question != std::string_view::npos) add_pairs(parameters, request.url.substr(question + 1));
    add_pairs(parameters, request.form);
    for (const Oauth1Field &field : protocol)
        parameters.emplace_back(encoded(field.name), encoded(field.value));
    api::SecretBuilder base;
    api::append_percent_encoded(base, request.method);
    base += '&';
    api::append_percent_encoded(base, base_address(request.url));
    base += '&';
    api::append_percent_encoded(base, normalized(std::move(parameters)).reveal());
    return base.take();
}

api::Secret oauth1_signature(std::string_view base, std::string_view consumer_secret,
                             std::string_view token_secret) {
    api::SecretBuilder key;
    api::append_percent_encoded(key, consumer_secret);
    key += '&';
    api::append_percent_encoded(key, token_secret);
    const std::array<char, sha1_size> digest = hmac_sha1(key.text(), base);
    api::SecretBuilder signature;
    append_base64(signature, {digest.data(), digest.size()});
    return signature.take();
}

api::Secret oauth1_authorization(const SignedRequest &request, const Oauth1Keys &keys, std::string_view nonce,
                                 std::int64_t time_s) {
    const std::string timestamp = std::to_string(time_s);
    const std::array<Oauth1Field, 6> protocol{{{"oauth_consumer_key", keys.consumer_key},
                                               {"oauth_nonce", nonce},
                                               {"oauth_signature_method", "HMAC-SHA1"},
                                               {"oauth_timestamp", timestamp},
                                               {"oauth_token", keys.token},
                                               {"oauth_version", "1.0"}}};
    const api::Secret signature =
        oauth1_signature(signature_base(request, protocol).reveal(), keys.consumer_secret, keys.token_secret);
    api::SecretBuilder header;
    header += "OAuth ";
    for (const Oauth1Field &field : protocol) {
        append_header_field(header, field.name, field.value);
        header += ", ";
    }
    append_header_field(header, "oauth_signature", signature.reveal());
    return header.take();
}

} // namespace xtap::auth
