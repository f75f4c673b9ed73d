// Marks first and masks then, so that secrets which overlap or contain each other leave nothing between them.
#include "auth/redaction.hpp"

#include "api/percent.hpp"
#include "api/secret_builder.hpp"

#include <algorithm>
#include <vector>

namespace xtap::auth {
namespace {

void mark(std::vector<bool> &marks, std::string_view text, std::string_view secret) {
    for (std::size_t at = text.find(secret); at != std::string_view::npos; at = text.find(secret, at + 1))
        std::fill_n(marks.begin() + static_cast<std::ptrdiff_t>(at), secret.size(), true);
}

} // namespace

std::string redacted(std::string_view text, std::span<const std::string_view> secrets) {
    std::vector<bool> marks(text.size(), false);
    for (const std::string_view secret : secrets) {
        if (secret.size() < shortest_masked) continue;
        mark(marks, text, secret);
        api::SecretBuilder encoded;
        api::append_percent_encoded(encoded, secret);
        if (encoded.size() != secret.size()) mark(marks, text, encoded.text());
    }
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (!marks[at])
            out += text[at];
        else if (at == 0 || !marks[at - 1])
            out += "***";
    }
    return out;
}

} // namespace xtap::auth
