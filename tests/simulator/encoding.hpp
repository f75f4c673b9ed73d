// The encodings of requests: percent, forms, base64, multipart, the OAuth header. Pure functions of the
// simulator's own, so that it agrees with libxtap only where both are right.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace xtap::sim {

using Pairs = std::vector<std::pair<std::string, std::string>>;

// RFC 3986: everything but the unreserved characters.
std::string percent_encode(std::string_view text);
std::string percent_decode(std::string_view text); // "+" stays
// name=value&name=value, "+" a space; in the order they stand there.
Pairs parse_form(std::string_view text);
std::optional<std::string> value_of(const Pairs &pairs, std::string_view name);

// Standard and URL alphabets, padding optional; nullopt for anything else.
std::optional<std::string> base64_decode(std::string_view text);
std::string base64_encode(std::string_view bytes);
std::string base64url_encode(std::string_view bytes); // without padding

// What follows "OAuth ": name="value", both percent-decoded.
Pairs parse_oauth_header(std::string_view text);

struct Part {
    std::string name, filename, content_type, content;
};
// Empty when the body does not keep to the boundary in `content_type`.
std::vector<Part> parse_multipart(std::string_view content_type, std::string_view body);

} // namespace xtap::sim
