// How a connection's end is read: every class of libcurl's results, every kind of answer, our own trouble.
#include "edge/closing.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace xtap::edge {
namespace {

using session::Cause;
using session::Closing;

constexpr std::int64_t kNow = 1'700'000'000'000;
constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

ResponseHead head_of(std::int32_t status) {
    ResponseHead head;
    head.status = status;
    head.content_type = "application/problem+json";
    return head;
}

Closing answer(const ResponseHead &head, std::string_view body = "{}") {
    std::optional<api::Problem> problem;
    Closing closing = closing_of_answer(head, body, kNow, problem);
    EXPECT_TRUE(problem);
    return closing;
}

TEST(Closing, AResultWithoutErrorIsACleanClose) {
    const Closing closing = closing_of_result(CURLE_OK, "");
    EXPECT_EQ(closing.cause, Cause::clean_close);
    EXPECT_EQ(closing.message, "the server closed the connection");
    EXPECT_EQ(closing.status, Status::ok);
}

TEST(Closing, ACertificateThatIsNotAcceptedIsTls) {
    for (const CURLcode code :
         {CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
          CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS}) {
        const Closing closing = closing_of_result(code, "refused");
        EXPECT_EQ(closing.cause, Cause::tls) << code;
        EXPECT_EQ(status_of(closing), Status::tls) << code;
        EXPECT_EQ(closing.message, "refused");
    }
}

TEST(Closing, AHandshakeThatBrokeMayWorkTheNextTimeButSaysTls) {
    const Closing closing = closing_of_result(CURLE_SSL_CONNECT_ERROR, "broke");
    EXPECT_EQ(closing.cause, Cause::network);
    EXPECT_EQ(status_of(closing), Status::tls);
}

TEST(Closing, WhatDoesNotSpeakHttpIsProtocol) {
    for (const CURLcode code : {CURLE_UNSUPPORTED_PROTOCOL, CURLE_WEIRD_SERVER_REPLY}) {
        const Closing closing = closing_of_result(code, "what");
        EXPECT_EQ(closing.cause, Cause::protocol) << code;
        EXPECT_EQ(status_of(closing), Status::protocol) << code;
    }
}

TEST(Closing, EverythingElseIsTheNetwork) {
    for (const CURLcode code : {CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY,
                                CURLE_COULDNT_CONNECT, CURLE_OPERATION_TIMEDOUT, CURLE_RECV_ERROR,
                                CURLE_SEND_ERROR, CURLE_PARTIAL_FILE, CURLE_GOT_NOTHING, CURLE_PROXY}) {
        const Closing closing = closing_of_result(code, "broke");
        EXPECT_EQ(closing.cause, Cause::network) << code;
        EXPECT_EQ(status_of(closing), Status::network) << code;
    }
}

TEST(Closing, NoMemoryIsSaidAsSuch) {
    EXPECT_EQ(status_of(closing_of_result(CURLE_OUT_OF_MEMORY, "")), Status::no_memory);
}

TEST(Closing, AnAnswerCarriesTheProblemsWordsAndFacts) {
    std::optional<api::Problem> problem;
    const Closing closing = closing_of_answer(
        head_of(429),
        R"({"title":"ConnectionException","detail":"Too many","connection_issue":"TooManyConnections","type":"https://x/p"})",
        kNow, problem);
    EXPECT_EQ(closing.cause, Cause::http);
    EXPECT_EQ(closing.http_status, 429);
    EXPECT_EQ(closing.connection_issue, "TooManyConnections");
    EXPECT_EQ(closing.problem_title, "ConnectionException");
    EXPECT_EQ(closing.problem_type, "https://x/p");
    EXPECT_NE(closing.message.find("HTTP 429"), std::string::npos) << closing.message;
    EXPECT_NE(closing.message.find("Too many"), std::string::npos) << closing.message;
    EXPECT_EQ(status_of(closing), Status::connection_limit);
    ASSERT_TRUE(problem);
    EXPECT_TRUE(problem->found);
}

TEST(Closing, AnAnswerThatIsNoProblemStillSaysItsStatus) {
    for (const std::string_view body :
         {"", "{}", "<html><title>Bad Gateway</title></html>", "\xff\xfe\x00", "[]", "nu"}) {
        const Closing closing = answer(head_of(502), body);
        EXPECT_NE(closing.message.find("502"), std::string::npos) << closing.message;
        EXPECT_EQ(status_of(closing), Status::server);
    }
}

TEST(Closing, ARedirectSaysWhereToInPrintableCharacters) {
    ResponseHead head = head_of(302);
    head.location = "https://evil.example/\x1b[31m\xc3\xa9\t" + std::string(1000, 'a');
    const Closing closing = answer(head);
    EXPECT_NE(closing.message.find("a redirect to https://evil.example/?[31m???aaa"), std::string::npos);
    EXPECT_NE(closing.message.find("... is not followed"), std::string::npos);
    EXPECT_LT(closing.message.size(), 400u);
    for (const char c : closing.message)
        EXPECT_TRUE(c >= ' ' && c <= '~');
    EXPECT_EQ(status_of(closing), Status::http);
}

TEST(Closing, OnlyARedirectSpeaksOfOne) {
    ResponseHead head = head_of(403);
    head.location = "https://elsewhere.example/";
    EXPECT_EQ(answer(head).message.find("redirect"), std::string::npos);
    EXPECT_EQ(answer(head_of(304)).message.find("redirect"), std::string::npos);
}

TEST(Closing, TheRateLimitsResetIsCountedFromNow) {
    for (const std::int32_t status : {420, 429}) {
        ResponseHead head = head_of(status);
        head.rate_reset_s = kNow / 1000 + 90;
        EXPECT_EQ(answer(head).reset_in_ms, 90'000) << status;
    }
}

TEST(Closing, OnlyARateLimitHasAReset) {
    for (const std::int32_t status : {401, 403, 500, 503}) {
        ResponseHead head = head_of(status);
        head.rate_reset_s = kNow / 1000 + 90;
        head.retry_after_s = 5;
        EXPECT_EQ(answer(head).reset_in_ms, 0) << status;
    }
}

TEST(Closing, RetryAfterStandsInForAResetThatIsAbsentOrPast) {
    ResponseHead head = head_of(429);
    head.retry_after_s = 30;
    for (const std::int64_t reset_s : {std::int64_t{-1}, std::int64_t{0}, kNow / 1000 - 1, kNow / 1000}) {
        head.rate_reset_s = reset_s;
        EXPECT_EQ(answer(head).reset_in_ms, 30'000) << reset_s;
    }
    head.rate_reset_s = kNow / 1000 + 90;
    EXPECT_EQ(answer(head).reset_in_ms, 90'000);
}

TEST(Closing, WithoutAnyHeaderTheResetIsUnknown) {
    EXPECT_EQ(answer(head_of(429)).reset_in_ms, 0);
    ResponseHead head = head_of(429);
    head.rate_reset_s = kNow / 1000 - 1000;
    EXPECT_EQ(answer(head).reset_in_ms, 0);
}

TEST(Closing, AnAbsurdResetOverflowsNothingAndIsNotWaitedFor) {
    for (const std::int64_t seconds :
         {kMost, kMost / 1000, kMost / 1000 + 1, std::int64_t{1'700'000'000'000}}) {
        ResponseHead by_reset = head_of(429), by_retry = head_of(429);
        by_reset.rate_reset_s = seconds;
        by_retry.retry_after_s = seconds;
        for (const ResponseHead &head : {by_reset, by_retry}) {
            const Closing closing = answer(head);
            EXPECT_GE(closing.reset_in_ms, 0);
            EXPECT_EQ(session::Backoff({}).next(session::Rule::rate_limit, closing.reset_in_ms).ms, 60'000);
        }
    }
}

TEST(Closing, OurOwnTroubleKeepsItsStatusAndWords) {
    const Closing closing = closing_of_failure({Status::too_large, "a line of 9 bytes has not ended"});
    EXPECT_EQ(closing.cause, Cause::protocol);
    EXPECT_EQ(closing.message, "a line of 9 bytes has not ended");
    EXPECT_EQ(status_of(closing), Status::too_large);
}

TEST(Closing, EveryCauseHasTheStatusThatTheNoticePromises) {
    const std::vector<std::pair<Cause, Status>> expected = {
        {Cause::clean_close, Status::ok},  {Cause::finished, Status::ok},
        {Cause::network, Status::network}, {Cause::tls, Status::tls},
        {Cause::stalled, Status::stalled}, {Cause::protocol, Status::protocol}};
    for (const auto &[cause, status] : expected) {
        Closing closing;
        closing.cause = cause;
        EXPECT_EQ(status_of(closing), status) << session::cause_name(cause);
    }
    Closing system;
    system.cause = Cause::system;
    system.disconnect_type = "SlowReader";
    EXPECT_EQ(status_of(system), Status::connection_limit);
}

TEST(Closing, PrintableCutsAndReplaces) {
    EXPECT_EQ(printable(""), "");
    EXPECT_EQ(printable("plain ~ text"), "plain ~ text");
    EXPECT_EQ(printable(std::string_view("a\0b\x7f\n", 5)), "a?b??");
    EXPECT_EQ(printable(std::string(200, 'x')), std::string(200, 'x'));
    EXPECT_EQ(printable(std::string(201, 'x')), std::string(200, 'x') + "...");
}

} // namespace
} // namespace xtap::edge
