// See encoding.hpp. Everything is built where it is wiped, because all of it may be a secret.
#include "auth/encoding.hpp"

#include "api/ascii.hpp"
#include "api/percent.hpp"

#include <cstdint>

namespace xtap::auth {
namespace {

constexpr std::string_view standard_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view url_alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

void append_groups(api::SecretBuilder &out, std::string_view bytes, std::string_view alphabet, bool padded) {
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
        const std::size_t count = std::min<std::size_t>(3, bytes.size() - at);
        std::uint32_t group = 0;
        for (std::size_t index = 0; index < 3; ++index)
            group = group << 8 | (index < count ? static_cast<std::uint8_t>(bytes[at + index]) : 0u);
        for (std::size_t index = 0; index < 4; ++index) {
            if (index <= count)
                out += alphabet[group >> (18 - 6 * index) & 0x3f];
            else if (padded)
                out += '=';
        }
    }
}

} // namespace

void append_base64(api::SecretBuilder &out, std::string_view bytes) {
    append_groups(out, bytes, standard_alphabet, true);
}

api::Secret base64url(std::string_view bytes) {
    api::SecretBuilder out;
    append_groups(out, bytes, url_alphabet, false);
    return out.take();
}

std::string hexadecimal(std::string_view bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    for (const char byte : bytes) {
        const auto code = static_cast<std::uint8_t>(byte);
        out += digits[code >> 4];
        out += digits[code & 0xf];
    }
    return out;
}

void append_field(api::SecretBuilder &form, std::string_view name, std::string_view value) {
    if (form.size() != 0) form += '&';
    api::append_percent_encoded(form, name);
    form += '=';
    api::append_percent_encoded(form, value);
}

api::Secret form_decoded(std::string_view text) {
    api::SecretBuilder out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const bool escape = text[at] == '%' && at + 2 < text.size();
        const int high = escape ? api::hex_value(text[at + 1]) : -1;
        const int low = escape ? api::hex_value(text[at + 2]) : -1;
        if (high >= 0 && low >= 0) {
            out += static_cast<char>(high << 4 | low);
            at += 2;
        } else {
            out += text[at] == '+' ? ' ' : text[at];
        }
    }
    return out.take();
}

api::Secret basic_authorization(std::string_view user, std::string_view password) {
    api::SecretBuilder pair;
    api::append_percent_encoded(pair, user);
    pair += ':';
    api::append_percent_encoded(pair, password);
    api::SecretBuilder header;
    header += "Basic ";
    append_base64(header, pair.text());
    return header.take();
}

api::Secret bearer_authorization(std::string_view token) {
    api::SecretBuilder header;
    header += "Bearer ";
    header += token;
    return header.take();
}

} // namespace xtap::auth
