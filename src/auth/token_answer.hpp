// What a token endpoint answers: the tokens, or why there are none. Knows nothing of how it was asked.
#pragma once

#include "api/failure.hpp"
#include "api/secret.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace xtap::auth {

struct TokenAnswer {
    api::Secret access_token;
    api::Secret refresh_token;                // empty when there is none
    std::optional<std::int64_t> expires_in_s; // none: it does not say, or nothing that can be read
};

constexpr std::size_t longest_token = 8192;             // X's have some hundred bytes
constexpr std::size_t longest_token_answer = 64 * 1024; // the same holds for those

// Printable ASCII without spaces, not longer than that: what may stand in a header.
bool is_token(std::string_view text) noexcept;

// The body of a 200. Throws Failure(protocol), which shows nothing of the body, when it holds no token that
// could be sent.
TokenAnswer parse_token_answer(std::string_view body);

// Why the endpoint refused, in its own words, as a failure: unauthorized for what asking again cannot mend
// (400 and 401: a refresh token that is used up, a wrong secret). `asked_for` begins the message.
Failure token_refusal(std::string_view asked_for, std::int32_t http_status, std::string_view body,
                      std::string_view content_type);

} // namespace xtap::auth
