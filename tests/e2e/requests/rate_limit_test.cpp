// Rate limits: what is told, and what is waited for.
#include "caller.hpp"
#include "scripted_server.hpp"

#include <ctime>
#include <gtest/gtest.h>

namespace xtap::test {
namespace {

constexpr const char *kLimited = "/2/users/by/username/a";

HttpAnswer refused_until(std::time_t reset) {
    return {.status = 429, .headers = {{"x-rate-limit-reset", std::to_string(reset)}}};
}

TEST(RateLimits, AreInTheStatisticsPerOperationAndCredential) {
    ScriptedServer server;
    server.answer(kLimited, {{.headers = {{"x-rate-limit-limit", "300"},
                                          {"x-rate-limit-remaining", "299"},
                                          {"x-rate-limit-reset", "1767225600"}}}});
    const Caller caller(server.url(), {{"bearer_token", "A"}, {"oauth2_access_token", "B"}});
    EXPECT_EQ(caller.stats()["rate_limits"], Json::array());
    ASSERT_EQ(caller.call("getUsersByUsername", {{"username", "a"}}).status, XTAP_OK);
    const RequestHandle as_user = caller.request("getUsersByUsername", {{"username", "a"}});
    ASSERT_EQ(xtap_request_option(as_user.get(), "credential", "oauth2", nullptr), XTAP_OK);
    ASSERT_EQ(Caller::send(as_user.get()).status, XTAP_OK);
    const Json limits = caller.stats()["rate_limits"];
    ASSERT_EQ(limits.size(), 2u);
    EXPECT_EQ(limits[0], Json({{"operation", "getUsersByUsername"},
                               {"credential", "bearer"},
                               {"limit", 300},
                               {"remaining", 299},
                               {"reset_ms", 1767225600000}}));
    EXPECT_EQ(limits[1]["credential"], "oauth2");
}

TEST(RateLimits, AreWaitedForWhenAsked) {
    ScriptedServer server;
    // The window ended this second: a wait as short as a test can have.
    server.answer(kLimited, {refused_until(std::time(nullptr) + 1), {.status = 200}});
    const Caller caller(server.url(), {{"bearer_token", "A"}, {"wait_on_rate_limit", "on"}});
    EXPECT_EQ(caller.call("getUsersByUsername", {{"username", "a"}}).status, XTAP_OK);
    EXPECT_EQ(server.asked().size(), 2u);
}

TEST(RateLimits, AreNotTheRequestsOwnTime) {
    ScriptedServer server;
    server.answer(kLimited, {refused_until(std::time(nullptr) + 2), {.status = 200}});
    const Caller caller(server.url(),
                        {{"bearer_token", "A"}, {"wait_on_rate_limit", "on"}, {"request_timeout_ms", "900"}});
    EXPECT_EQ(caller.call("getUsersByUsername", {{"username", "a"}}).status, XTAP_OK);
}

TEST(RateLimits, HoldWritesBackTooForTheServerRefusedThem) {
    ScriptedServer server;
    server.answer("/2/tweets", {refused_until(std::time(nullptr) + 1), {.status = 201}});
    const Caller caller(server.url(), {{"oauth2_access_token", "A"}, {"wait_on_rate_limit", "on"}});
    EXPECT_EQ(caller.call("createPosts", {}, R"({"text":"a"})").status, XTAP_OK);
    EXPECT_EQ(server.asked().size(), 2u);
}

TEST(RateLimits, AreWaitedForBeforeARequestIsSignedBecauseASignatureHoldsTheTime) {
    ScriptedServer server;
    server.answer(kLimited, {refused_until(std::time(nullptr) + 2), {.status = 200}});
    const Caller caller(server.url(), {{"api_key", "key"},
                                       {"api_secret", "secret"},
                                       {"oauth1_token", "1-token"},
                                       {"oauth1_token_secret", "token-secret"},
                                       {"credential", "oauth1"},
                                       {"wait_on_rate_limit", "on"}});
    ASSERT_EQ(caller.call("getUsersByUsername", {{"username", "a"}}).status, XTAP_OK);
    const auto signed_at = [](const HttpRequest &request) {
        const std::string header = request.header("authorization"), mark = "oauth_timestamp=\"";
        return std::atoll(header.c_str() + header.find(mark) + mark.size());
    };
    const std::vector<HttpRequest> asked = server.asked(kLimited);
    ASSERT_EQ(asked.size(), 2u);
    EXPECT_GT(signed_at(asked[1]), signed_at(asked[0]));
}

TEST(RateLimits, WithoutAResetAreWaitedForByX_sRule) {
    ScriptedServer server;
    server.answer(kLimited, {{.status = 429}, {.status = 200}});
    const Caller caller(
        server.url(),
        {{"bearer_token", "A"}, {"wait_on_rate_limit", "on"}, {"backoff_rate_limit_start_ms", "20"}});
    EXPECT_EQ(caller.call("getUsersByUsername", {{"username", "a"}}).status, XTAP_OK);
}

} // namespace
} // namespace xtap::test
