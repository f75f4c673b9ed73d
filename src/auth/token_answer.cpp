// Reads the answer inside memory that is wiped, the parser's own copy of its texts as well.
#include "auth/token_answer.hpp"

#include "api/problem.hpp"
#include "api/secret_builder.hpp"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

namespace xtap::auth {
namespace {

using simdjson::dom::element;
using simdjson::dom::object;

// 100 years: what is later was not meant, and no sum with it overflows.
constexpr std::int64_t longest_life_s = std::int64_t{100} * 366 * 24 * 3600;

[[noreturn]] void refuse_answer(const char *why) {
    throw Failure(Status::protocol, std::string("the token endpoint answered with something that ") + why);
}

// The parser keeps every text of the document, unescaped; it is freed as it is.
class WipingParser {
public:
    WipingParser() = default;
    WipingParser(const WipingParser &) = delete;
    WipingParser &operator=(const WipingParser &) = delete;
    ~WipingParser() {
        // How simdjson sizes this buffer: room for a length and an end of each text, and to copy in blocks.
        if (parser_.doc.string_buf)
            ::explicit_bzero(parser_.doc.string_buf.get(), 5 * size_ / 3 + simdjson::SIMDJSON_PADDING);
    }

    bool parse(std::string_view json, object &out) {
        size_ = json.size();
        padded_ += json;
        constexpr std::array<char, simdjson::SIMDJSON_PADDING> padding{};
        padded_ += std::string_view(padding.data(), padding.size());
        return parser_.parse(padded_.text().data(), size_, false).get_object().get(out) == simdjson::SUCCESS;
    }

private:
    api::SecretBuilder padded_;
    std::size_t size_ = 0;
    simdjson::dom::parser parser_;
};

// Absent and null are the same: there is none.
api::Secret token_of(const object &answer, std::string_view key) {
    element value;
    if (answer[key].get(value) != simdjson::SUCCESS || value.is_null()) return {};
    std::string_view text;
    if (value.get_string().get(text) != simdjson::SUCCESS || !is_token(text))
        refuse_answer(key == "access_token" ? "cannot be an access token" : "cannot be a refresh token");
    return api::Secret(text);
}

// Not worth a failure: the pair is new, and the refresh token it replaces is used up.
std::optional<std::int64_t> life_of(const object &answer) {
    element value;
    if (answer["expires_in"].get(value) != simdjson::SUCCESS) return std::nullopt;
    std::int64_t seconds = 0;
    std::string_view text;
    if (value.get_string().get(text) == simdjson::SUCCESS) {
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
        if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    } else if (value.get_int64().get(seconds) != simdjson::SUCCESS) {
        return std::nullopt;
    }
    if (seconds < 0) return std::nullopt;
    return std::min(seconds, longest_life_s);
}

bool is_bearer(std::string_view type) noexcept {
    constexpr std::string_view bearer = "bearer";
    return std::equal(type.begin(), type.end(), bearer.begin(), bearer.end(), [](char left, char right) {
        return (left >= 'A' && left <= 'Z' ? static_cast<char>(left - 'A' + 'a') : left) == right;
    });
}

Status status_of(std::int32_t http_status) noexcept {
    switch (http_status) {
    case 400:
    case 401:
        return Status::unauthorized;
    case 403:
        return Status::forbidden;
    case 404:
        return Status::not_found;
    case 420: // as API 1.1 said it
    case 429:
        return Status::rate_limited;
    default:
        return http_status >= 500 ? Status::server : Status::http;
    }
}

} // namespace

bool is_token(std::string_view text) noexcept {
    return !text.empty() && text.size() <= longest_token &&
           std::all_of(text.begin(), text.end(), [](char byte) { return byte > ' ' && byte <= '~'; });
}

TokenAnswer parse_token_answer(std::string_view body) {
    WipingParser parser;
    object json;
    if (body.size() > longest_token_answer) refuse_answer("is too long for tokens");
    if (!parser.parse(body, json)) refuse_answer("is no JSON object");
    std::string_view type;
    if (json["token_type"].get_string().get(type) == simdjson::SUCCESS && !is_bearer(type))
        refuse_answer("is a token of another type than bearer");
    TokenAnswer answer{token_of(json, "access_token"), token_of(json, "refresh_token"), life_of(json)};
    if (answer.access_token.empty()) refuse_answer("holds no access_token");
    return answer;
}

Failure token_refusal(std::string_view asked_for, std::int32_t http_status, std::string_view body,
                      std::string_view content_type) {
    const api::Problem problem = api::parse_problem(body, content_type, http_status);
    Failure failure(status_of(http_status),
                    std::string(asked_for) + ": " + api::describe_problem(problem, http_status));
    failure.http_status = http_status;
    failure.retriable = failure.status == Status::rate_limited || failure.status == Status::server;
    failure.problem_type = problem.type;
    failure.problem_title = problem.title;
    return failure;
}

} // namespace xtap::auth
