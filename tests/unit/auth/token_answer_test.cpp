// Token endpoints' answers: what is taken, what is refused, and that no failure ever shows a token.
#include "auth/token_answer.hpp"

#include "../api/expect_failure.hpp"

#include <gtest/gtest.h>

#include <string>

namespace xtap::auth {
namespace {

using test::expect_failure;
using test::failure_of;

TEST(TokenAnswer, ReadsAUsersPair) {
    const TokenAnswer answer = parse_token_answer(
        R"({"token_type":"bearer","expires_in":7200,"access_token":"ACCESS","scope":"tweet.read","refresh_token":"REFRESH"})");
    EXPECT_EQ(answer.access_token.reveal(), "ACCESS");
    EXPECT_EQ(answer.refresh_token.reveal(), "REFRESH");
    EXPECT_EQ(answer.expires_in_s, 7200);
}

TEST(TokenAnswer, ReadsAnAppsToken) {
    const TokenAnswer answer =
        parse_token_answer(R"({"token_type":"Bearer","access_token":"AAAA%2FAAA%3DAAAAAAAA"})");
    EXPECT_EQ(answer.access_token.reveal(), "AAAA%2FAAA%3DAAAAAAAA");
    EXPECT_TRUE(answer.refresh_token.empty());
    EXPECT_FALSE(answer.expires_in_s);
}

TEST(TokenAnswer, UnescapesTokens) {
    EXPECT_EQ(parse_token_answer(R"({"access_token":"a\/b\u002bc"})").access_token.reveal(), "a/b+c");
}

TEST(TokenAnswer, TakesAnAnswerWithoutTypeAndANullRefreshToken) {
    EXPECT_TRUE(parse_token_answer(R"({"access_token":"A","refresh_token":null})").refresh_token.empty());
}

// The pair counts more than its age: the refresh token that it replaces is used up.
TEST(TokenAnswer, AnUnreadableAgeIsUnknown) {
    const auto age = [](const std::string &value) {
        return parse_token_answer(R"({"access_token":"A","expires_in":)" + value + "}").expires_in_s;
    };
    EXPECT_EQ(age("\"7200\""), 7200);
    EXPECT_EQ(age("0"), 0);
    for (const char *odd : {"-1", "null", "\"soon\"", "\"12x\"", "\"\"", "7.5", "{}"})
        EXPECT_EQ(age(odd), std::nullopt) << odd;
    ASSERT_TRUE(age("9223372036854775807"));
    EXPECT_LT(*age("9223372036854775807"), std::int64_t{1} << 40) << "so that milliseconds fit";
}

TEST(TokenAnswer, RefusesWhatHoldsNoToken) {
    for (const char *body : {"", "<html>", "[]", "\"text\"", "{", "{\"access_token\":\"A\""}) {
        const auto failure = failure_of([&] { parse_token_answer(body); });
        ASSERT_TRUE(failure) << body;
        EXPECT_EQ(failure->status, Status::protocol);
        EXPECT_NE(failure->message.find("is no JSON object"), std::string::npos) << failure->message;
    }
    expect_failure(
        Status::protocol, [] { parse_token_answer("{}"); }, "access_token");
    expect_failure(
        Status::protocol, [] { parse_token_answer(R"({"access_token":null})"); }, "access_token");
    expect_failure(
        Status::protocol, [] { parse_token_answer(R"({"access_token":7})"); }, "access token");
    expect_failure(
        Status::protocol, [] { parse_token_answer(R"({"access_token":""})"); }, "access token");
    expect_failure(
        Status::protocol, [] { parse_token_answer(R"({"access_token":"A","refresh_token":7})"); },
        "refresh token");
    expect_failure(
        Status::protocol, [] { parse_token_answer(R"({"access_token":"A","token_type":"mac"})"); }, "type");
    expect_failure(
        Status::protocol, [] { parse_token_answer(std::string(100'000, ' ')); }, "too long");
}

TEST(TokenAnswer, RefusesTokensThatCouldAddAHeaderAndNeverShowsThem) {
    for (const char *end : {"\\r\\nX: y", " x", "\\u0000", "\\t", "\\u007f", "\\u00e4", "\xC3\xA4"}) {
        const std::string bad = std::string("SECRETSECRET") + end;
        for (const std::string &body : {R"({"access_token":")" + bad + "\"}",
                                        R"({"access_token":"SECRETGOOD","refresh_token":")" + bad + "\"}"}) {
            const auto failure = failure_of([&] { parse_token_answer(body); });
            ASSERT_TRUE(failure) << end;
            EXPECT_EQ(failure->status, Status::protocol);
            EXPECT_EQ(failure->message.find("SECRET"), std::string::npos) << failure->message;
        }
    }
}

TEST(TokenAnswer, ATokenHasABound) {
    EXPECT_TRUE(is_token(std::string(8192, 'a')));
    EXPECT_FALSE(is_token(std::string(8193, 'a')));
    EXPECT_FALSE(is_token(""));
    EXPECT_TRUE(is_token("!~"));
}

TEST(TokenRefusal, SpeaksXsWords) {
    const Failure failure = token_refusal(
        "refreshing the OAuth 2.0 token", 400,
        R"({"error":"invalid_request","error_description":"Value passed for the token was invalid."})",
        "application/json");
    EXPECT_EQ(failure.status, Status::unauthorized);
    EXPECT_EQ(failure.http_status, 400);
    EXPECT_FALSE(failure.retriable);
    EXPECT_EQ(failure.message,
              "refreshing the OAuth 2.0 token: HTTP 400: invalid_request: Value passed for the "
              "token was invalid.");
}

TEST(TokenRefusal, TellsWhatMayBeAskedAgain) {
    const auto refused = [](std::int32_t status) { return token_refusal("asking", status, "", ""); };
    EXPECT_EQ(refused(401).status, Status::unauthorized);
    EXPECT_EQ(refused(403).status, Status::forbidden);
    EXPECT_EQ(refused(404).status, Status::not_found);
    EXPECT_EQ(refused(302).status, Status::http);
    for (const std::int32_t limited : {420, 429}) {
        EXPECT_EQ(refused(limited).status, Status::rate_limited);
        EXPECT_TRUE(refused(limited).retriable);
    }
    EXPECT_EQ(refused(503).status, Status::server);
    EXPECT_TRUE(refused(503).retriable);
    EXPECT_FALSE(refused(403).retriable);
}

TEST(TokenRefusal, ReadsProblemsAndPagesToo) {
    EXPECT_NE(token_refusal("asking", 403, R"({"errors":[{"code":99,"message":"Unable to verify"}]})",
                            "application/json")
                  .message.find("Unable to verify"),
              std::string::npos);
    EXPECT_NE(token_refusal("asking", 502, "<html><title>Bad Gateway</title></html>", "text/html")
                  .message.find("Bad Gateway"),
              std::string::npos);
}

} // namespace
} // namespace xtap::auth
