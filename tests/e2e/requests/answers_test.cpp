// What becomes of X's answers: the response, and the error that stands for it.
#include "caller.hpp"
#include "scripted_server.hpp"

#include <gtest/gtest.h>

namespace xtap::test {
namespace {

constexpr const char *kLookup = "/2/users/by/username/XDevelopers";

Answered ask(const ScriptedServer &server, const Settings &options = kBearer) {
    return Caller(server.url(), options).call("getUsersByUsername", {{"username", "XDevelopers"}});
}

TEST(Answers, GiveStatusHeadersAndTheBodyAsItCame) {
    ScriptedServer server;
    const std::string body = "{ \"data\" : {\"id\":\"1\"},\r\n \"errors\":[{\"title\":\"Gone\"}] }";
    server.answer(kLookup,
                  {{.body = body, .headers = {{"X-Rate-Limit-Remaining", "14"}, {"x-One", " two "}}}});
    const Answered answered = ask(server);
    ASSERT_EQ(answered.status, XTAP_OK) << answered.error.text();
    EXPECT_EQ(answered.http(), 200);
    EXPECT_EQ(answered.body(), body) << "partial errors stay beside the data";
    EXPECT_EQ(answered.header("X-RATE-LIMIT-remaining"), "14");
    EXPECT_EQ(answered.header("X-One"), "two");
    EXPECT_EQ(xtap_response_header(answered.response.get(), "x-none").data, nullptr);
    EXPECT_NE(answered.header(nullptr).find("x-One: two\n"), std::string::npos);
}

TEST(Answers, AreCopiedWholeOrNotAtAll) {
    ScriptedServer server;
    server.answer(kLookup, {{.body = "{\"data\":{}}"}});
    const Answered answered = ask(server);
    char room[64] = "untouched";
    std::size_t size = 0;
    EXPECT_EQ(xtap_response_copy_body(answered.response.get(), room, 5, &size), XTAP_E_BUFFER_SMALL);
    EXPECT_STREQ(room, "untouched");
    EXPECT_EQ(size, 11u);
    EXPECT_EQ(xtap_response_copy_body(answered.response.get(), room, sizeof room, &size), XTAP_OK);
    EXPECT_STREQ(room, "{\"data\":{}}");
}

struct Refusal {
    const char *name;
    HttpAnswer answer;
    xtap_status status;
    const char *message, *type;
};
void PrintTo(const Refusal &refusal, std::ostream *out) { *out << refusal.name; }

class Refusals : public testing::TestWithParam<Refusal> {};

TEST_P(Refusals, AreAnErrorAndAResponse) {
    ScriptedServer server;
    server.answer(kLookup, {GetParam().answer});
    const Answered answered = ask(server, {{"bearer_token", "AAAAcaller"}, {"max_retries", "0"}});
    EXPECT_EQ(answered.status, GetParam().status) << answered.error.text();
    ASSERT_NE(answered.response, nullptr);
    EXPECT_EQ(answered.http(), GetParam().answer.status);
    EXPECT_EQ(answered.error.http_status, GetParam().answer.status);
    EXPECT_EQ(answered.body(), GetParam().answer.body);
    EXPECT_NE(std::string(answered.error.message).find(GetParam().message), std::string::npos)
        << answered.error.message;
    EXPECT_EQ(std::string(answered.error.message).find("getUsersByUsername: HTTP "), 0u)
        << answered.error.message;
    EXPECT_STREQ(answered.error.problem_type, GetParam().type);
    EXPECT_EQ(std::string(answered.error.message).find("AAAAcaller"), std::string::npos);
}

const char *const kNotFoundType = "https://api.twitter.com/2/problems/resource-not-found";

const Refusal kRefusals[] = {
    {"ABareProblem",
     {.status = 404,
      .body = std::string(R"({"title":"Not Found Error","detail":"Could not find it.","type":")") +
              kNotFoundType + "\",\"status\":404}"},
     XTAP_E_NOT_FOUND,
     "Not Found Error",
     kNotFoundType},
    {"AProblemInsideErrors",
     {.status = 403,
      .body = R"({"errors":[{"title":"Forbidden","detail":"Not yours.","type":"about:blank"}]})"},
     XTAP_E_FORBIDDEN,
     "Not yours.",
     "about:blank"},
    {"AProblemWithoutAType",
     {.status = 401, .body = R"({"title":"Unauthorized","status":401,"detail":"Unauthorized"})"},
     XTAP_E_UNAUTHORIZED,
     "Unauthorized",
     ""},
    {"AnUnknownType",
     {.status = 409, .body = R"({"title":"New","type":"https://api.x.com/2/problems/brand-new"})"},
     XTAP_E_CONFLICT,
     "New",
     "https://api.x.com/2/problems/brand-new"},
    {"AnInvalidRequest",
     {.status = 400,
      .body =
          R"({"errors":[{"parameters":{"id":["x"]},"message":"The id is no number"}],"title":"Invalid Request","detail":"One or more parameters to your request was invalid.","type":"https://api.twitter.com/2/problems/invalid-request"})"},
     XTAP_E_HTTP,
     "The id is no number",
     "https://api.twitter.com/2/problems/invalid-request"},
    {"AnOldError",
     {.status = 403, .body = R"({"errors":[{"code":453,"message":"You have limited access."}]})"},
     XTAP_E_FORBIDDEN,
     "You have limited access.",
     ""},
    {"AProxysPage",
     {.status = 502,
      .body = "<html><head><title>502 Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>",
      .headers = {{"Content-Type", "text/html"}}},
     XTAP_E_SERVER,
     "502 Bad Gateway",
     ""},
    {"NothingAtAll", {.status = 500, .body = ""}, XTAP_E_SERVER, "HTTP 500", ""},
    {"Garbage", {.status = 503, .body = std::string("\0\xff{", 3)}, XTAP_E_SERVER, "HTTP 503", ""},
    {"ARedirect",
     {.status = 302, .body = "", .headers = {{"Location", "http://elsewhere.invalid/"}}},
     XTAP_E_HTTP,
     "a redirect to http://elsewhere.invalid/ is not followed",
     ""},
};

INSTANTIATE_TEST_SUITE_P(Of, Refusals, testing::ValuesIn(kRefusals),
                         [](const auto &test) { return test.param.name; });

TEST(Answers, OfTooManyRequestsSayHowLongToWait) {
    ScriptedServer server;
    const std::string reset = std::to_string(std::time(nullptr) + 100);
    server.answer(kLookup, {{.status = 429,
                             .body = R"({"title":"Too Many Requests"})",
                             .headers = {{"x-rate-limit-reset", reset}, {"x-rate-limit-limit", "15"}}}});
    const Answered answered = ask(server);
    EXPECT_EQ(answered.status, XTAP_E_RATE_LIMITED);
    EXPECT_EQ(answered.error.retriable, 1u);
    EXPECT_GT(answered.error.retry_after_ms, 90'000u);
    EXPECT_LE(answered.error.retry_after_ms, 100'000u);
    EXPECT_EQ(server.asked().size(), 1u) << "not tried again unless that was asked for";
}

TEST(Answers, CarryTheServersNameForTheExchange) {
    ScriptedServer server;
    server.answer(kLookup, {{.status = 404, .body = "{}", .headers = {{"x-transaction-id", "abc123"}}}});
    EXPECT_STREQ(ask(server).error.request_id, "abc123");
}

TEST(Answers, LargerThanAllowedEndTheRequest) {
    ScriptedServer server;
    server.answer(kLookup, {{.body = std::string(5000, ' ') + "{}"}});
    const Answered answered = ask(server, {{"bearer_token", "A"}, {"max_response_bytes", "4096"}});
    EXPECT_EQ(answered.status, XTAP_E_TOO_LARGE);
    EXPECT_EQ(answered.response, nullptr);
    EXPECT_NE(std::string(answered.error.message).find("4096 bytes (max_response_bytes)"), std::string::npos)
        << answered.error.message;
}

TEST(Answers, EncodedInWhatWasNotAskedForAreRefused) {
    ScriptedServer server;
    server.answer(kLookup, {{.headers = {{"Content-Encoding", "br"}}}});
    EXPECT_EQ(ask(server).status, XTAP_E_PROTOCOL);
    server.answer(kLookup, {{.body = "no gzip", .headers = {{"Content-Encoding", "gzip"}}}});
    EXPECT_EQ(ask(server).status, XTAP_E_PROTOCOL);
}

TEST(Answers, ThatAreNoHttpAreAnError) {
    ScriptedServer server;
    server.answer(kLookup, {{.close = true, .raw = "SSH-2.0-OpenSSH\r\n\r\n"}});
    const Answered answered = ask(server, {{"bearer_token", "A"}, {"max_retries", "0"}});
    EXPECT_EQ(answered.status, XTAP_E_PROTOCOL) << answered.error.text();
}

TEST(Answers, OfAnOperationThatStreamsAreNotWaitedFor) {
    ScriptedServer server;
    const Answered answered = Caller(server.url()).call("streamPostsSample");
    EXPECT_EQ(answered.status, XTAP_E_ARGUMENT);
    EXPECT_NE(std::string(answered.error.message).find("xtap_stream_open"), std::string::npos);
    EXPECT_TRUE(server.asked().empty());
}

TEST(Answers, AreNotAskedForWithoutARequiredBodyOrParameter) {
    ScriptedServer server;
    const Caller caller(server.url(), {{"oauth2_access_token", "user"}});
    const Answered body = caller.call("createPosts");
    EXPECT_EQ(body.status, XTAP_E_MISSING);
    EXPECT_STREQ(body.error.message, "createPosts needs a body: JSON");
    const Answered parameter = caller.call("getUsersByUsername");
    EXPECT_EQ(parameter.status, XTAP_E_MISSING);
    EXPECT_TRUE(server.asked().empty());
}

TEST(Answers, UseOneConnectionOneAfterTheOther) {
    ScriptedServer server;
    const Caller caller(server.url());
    for (int i = 0; i < 10; ++i)
        ASSERT_EQ(caller.call("getUsersByUsername", {{"username", "a"}}).status, XTAP_OK);
    EXPECT_EQ(server.connections(), 1);
}

TEST(Answers, OfManyThreadsOverOneClientAreEachTheirOwn) {
    ScriptedServer server;
    constexpr int kThreads = 8, kCalls = 25;
    for (int i = 0; i < kThreads; ++i)
        server.answer("/2/users/by/username/user" + std::to_string(i),
                      {{.body = R"({"data":{"n":)" + std::to_string(i) + "}}"}});
    const Caller caller(server.url());
    std::vector<std::thread> threads;
    std::atomic<int> right{0};
    for (int i = 0; i < kThreads; ++i)
        threads.emplace_back([&, i] {
            for (int call = 0; call < kCalls; ++call) {
                const Answered answered =
                    caller.call("getUsersByUsername", {{"username", "user" + std::to_string(i)}});
                right += answered.status == XTAP_OK && answered.json()["data"]["n"] == i;
            }
        });
    for (std::thread &thread : threads)
        thread.join();
    EXPECT_EQ(right, kThreads * kCalls);
    EXPECT_LE(server.connections(), kThreads);
    const Json requests = caller.stats()["requests"];
    EXPECT_EQ(requests["sent"], kThreads * kCalls);
    EXPECT_EQ(requests["in_flight"], 0);
    EXPECT_EQ(requests["failed"], 0);
}

TEST(Answers, OutliveTheClientAndTheRequest) {
    ScriptedServer server;
    Caller caller(server.url());
    Answered answered = caller.call("getUsersByUsername", {{"username", "a"}});
    caller.close();
    EXPECT_EQ(answered.body(), "{\"data\":{}}");
}

} // namespace
} // namespace xtap::test
