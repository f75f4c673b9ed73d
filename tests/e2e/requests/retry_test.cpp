// What is sent again, and what never is.
#include "caller.hpp"
#include "scripted_server.hpp"

#include <gtest/gtest.h>

namespace xtap::test {
namespace {

constexpr const char *kRetried = "/2/users/by/username/a";
const Settings kRetryUser = {{"oauth2_access_token", "user"}};

Answered read_user(const ScriptedServer &server, const Settings &options = kRetryUser) {
    return Caller(server.url(), options).call("getUsersByUsername", {{"username", "a"}});
}

class Troubles : public testing::TestWithParam<int> {};

TEST_P(Troubles, OfTheServerAreTriedAgainForReads) {
    ScriptedServer server;
    server.answer(kRetried, {{.status = GetParam()}, {.status = 200}});
    const Answered answered = read_user(server);
    EXPECT_EQ(answered.status, XTAP_OK) << answered.error.text();
    EXPECT_EQ(server.asked().size(), 2u);
}

TEST_P(Troubles, OfTheServerAreNotTriedAgainForWrites) {
    ScriptedServer server;
    server.answer("/2/tweets", {{.status = GetParam()}, {.status = 201}});
    const Answered answered = Caller(server.url(), kRetryUser).call("createPosts", {}, R"({"text":"a"})");
    EXPECT_EQ(answered.status, XTAP_E_SERVER);
    EXPECT_EQ(answered.error.retriable, 1u) << "whoever knows that it is safe may";
    EXPECT_EQ(server.asked().size(), 1u);
}

INSTANTIATE_TEST_SUITE_P(Status, Troubles, testing::Values(502, 503, 504));

TEST(Trying, StopsAfterMaxRetriesWithTheLastAnswer) {
    ScriptedServer server;
    server.answer(kRetried, {{.status = 503, .body = "1"}, {.status = 503, .body = "2"}});
    const Answered answered = read_user(server, {{"oauth2_access_token", "user"}, {"max_retries", "1"}});
    EXPECT_EQ(answered.status, XTAP_E_SERVER);
    EXPECT_EQ(answered.body(), "2");
    EXPECT_EQ(server.asked().size(), 2u);
}

TEST(Trying, IsNoUseForOtherStatuses) {
    for (const int status : {400, 403, 404, 409, 500, 501}) {
        ScriptedServer server;
        server.answer(kRetried, {{.status = status}});
        EXPECT_NE(read_user(server).status, XTAP_OK);
        EXPECT_EQ(server.asked().size(), 1u) << status;
    }
}

TEST(Trying, GoesOnWhenTheConnectionOfAReadBreaks) {
    ScriptedServer server;
    server.answer(kRetried, {{.broken = true}, {.status = 200}});
    EXPECT_EQ(read_user(server).status, XTAP_OK);
    EXPECT_EQ(server.asked().size(), 2u);
}

TEST(Trying, NeverSendsAWriteTwiceThatMayHaveArrived) {
    ScriptedServer server;
    server.answer("/2/tweets", {{.broken = true}, {.status = 201}});
    const Caller caller(server.url(), kRetryUser);
    const Answered answered = caller.call("createPosts", {}, R"({"text":"a"})");
    EXPECT_EQ(answered.status, XTAP_E_NETWORK) << answered.error.text();
    EXPECT_EQ(server.asked("/2/tweets").size(), 1u);
}

// The server closes a connection that was kept; libcurl alone would send a write again on another one.
TEST(Trying, NeverSendsAWriteTwiceOnAKeptConnectionThatDies) {
    ScriptedServer server;
    server.answer("/2/tweets", {{.broken = true}, {.status = 201}});
    const Caller caller(server.url(), kRetryUser);
    ASSERT_EQ(caller.call("getUsersByUsername", {{"username", "a"}}).status, XTAP_OK);
    EXPECT_EQ(caller.call("createPosts", {}, R"({"text":"a"})").status, XTAP_E_NETWORK);
    EXPECT_EQ(server.asked("/2/tweets").size(), 1u);
}

TEST(Trying, GoesOnForAWriteWhileNobodyListens) {
    const Caller caller("http://127.0.0.1:" + std::to_string(closed_port()),
                        {{"oauth2_access_token", "user"}, {"max_retries", "2"}});
    const Answered answered = caller.call("createPosts", {}, R"({"text":"a"})");
    EXPECT_EQ(answered.status, XTAP_E_NETWORK);
    EXPECT_EQ(caller.stats()["requests"]["retried"], 2);
    EXPECT_EQ(answered.response, nullptr);
}

TEST(Trying, IsNotBegunWhenTheTimeWouldBeOverFirst) {
    ScriptedServer server;
    server.answer(kRetried, {{.status = 503, .headers = {{"Retry-After", "3600"}}}});
    const Answered answered = read_user(server);
    EXPECT_EQ(answered.status, XTAP_E_SERVER);
    EXPECT_EQ(answered.error.retry_after_ms, 3'600'000u);
    EXPECT_EQ(server.asked().size(), 1u);
}

TEST(Trying, TakesUpAKeptConnectionThatTheServerHasClosed) {
    ScriptedServer server;
    server.answer(kRetried, {{.close = true}});
    const Caller caller(server.url(), kRetryUser);
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(caller.call("getUsersByUsername", {{"username", "a"}}).status, XTAP_OK);
    EXPECT_EQ(server.connections(), 3);
}

} // namespace
} // namespace xtap::test
