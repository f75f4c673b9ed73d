// Streams whose bearer token is fetched with the app's key and secret, before the first connection and again
// when it is refused.
#include "faults.hpp"
#include "quickest.hpp"
#include "scripted_server.hpp"

#include <atomic>
#include <thread>

namespace xtap::test {
namespace {

class AppToken : public EveryMode {};

constexpr const char *kTokens = "/oauth2/token";
constexpr const char *kStream = "/2/tweets/firehose/stream/lang/ja";

Settings with_key(const std::string &secret = "sim-api-secret") {
    return {{"bearer_token", "(none)"}, {"api_key", "sim-api-key"}, {"api_secret", secret}};
}

HttpAnswer token(const std::string &text) {
    return {.body = R"({"token_type":"bearer","access_token":")" + text + R"("})"};
}

const HttpAnswer kOneEvent = {.body = "{\"data\":{\"id\":\"1346889436626259968\",\"text\":\"a\"}}\r\n",
                              .close = true};
const HttpAnswer kUnauthorized = {.status = 401, .body = R"({"title":"Unauthorized"})"};

TEST_P(AppToken, IsFetchedBeforeTheFirstConnection) {
    Simulator simulator({"--strict-auth"});
    Tap tap(simulator.url(), GetParam(), with_key());
    const Told told = listen(tap, events(10));
    EXPECT_EQ(told.status, XTAP_OK) << told.error.text();
    EXPECT_EQ(told.course(), "connecting, connected, 10 events");
    EXPECT_EQ(tap.client_stats()["token_refreshes"], 1);
}

TEST_P(AppToken, IsNotGivenForAWrongSecret) {
    Simulator simulator({"--strict-auth"});
    Tap tap(simulator.url(), GetParam(), with_key("not-the-secret"));
    const Told told = listen(tap, events(1));
    EXPECT_EQ(told.status, XTAP_E_FORBIDDEN) << told.error.text();
    const std::string message = told.error.message;
    EXPECT_EQ(
        message.find(
            "streamPostsFirehoseJa: no bearer token could be fetched with api_key and api_secret: HTTP 403"),
        0u)
        << message;
    EXPECT_EQ(message.find("not-the-secret"), std::string::npos);
    EXPECT_TRUE(told.events().empty());
}

TEST_P(AppToken, IsFetchedAnewWhenItIsRefused) {
    ScriptedServer server;
    server.answer(kTokens, {token("AAAAold"), token("AAAAnew")});
    server.answer(kStream, {kUnauthorized, kOneEvent});
    Tap tap(server.url(), GetParam(), with_key());
    const Told told = listen(tap, events(1));
    EXPECT_EQ(told.status, XTAP_OK) << told.error.text();
    const std::vector<HttpRequest> asked = server.asked(kStream);
    ASSERT_GE(asked.size(), 2u);
    EXPECT_EQ(asked[0].header("authorization"), "Bearer AAAAold");
    EXPECT_EQ(asked[1].header("authorization"), "Bearer AAAAnew");
}

TEST_P(AppToken, ThatStaysRefusedEndsTheStream) {
    ScriptedServer server;
    server.answer(kTokens, {token("AAAAold"), token("AAAAnew")});
    server.answer(kStream, {kUnauthorized});
    Tap tap(server.url(), GetParam(), with_key());
    EXPECT_EQ(listen(tap, events(1)).status, XTAP_E_UNAUTHORIZED);
    EXPECT_EQ(server.asked(kTokens).size(), 2u);
    EXPECT_EQ(server.asked(kStream).size(), 2u);
}

TEST_P(AppToken, IsAskedForAgainByTheRulesOfReconnecting) {
    ScriptedServer server;
    server.answer(kTokens, {{.status = 503}, {.broken = true}, token("AAAA")});
    server.answer(kStream, {kOneEvent});
    Tap tap(server.url(), GetParam(), with_key());
    const Told told = listen(tap, events(1));
    EXPECT_EQ(told.status, XTAP_OK) << told.error.text();
    EXPECT_EQ(server.asked(kTokens).size(), 3u);
    EXPECT_EQ(told.course().find("disconnected http XTAP_E_SERVER"), 0u) << told.course();
}

TEST_P(AppToken, ThatIsNoTokenIsAnErrorThatShowsNothingOfIt) {
    ScriptedServer server;
    server.answer(kTokens, {{.body = R"({"access_token":"bad\r\nX-Injected: 1"})"}});
    Tap tap(server.url(), GetParam(), with_key());
    const Told told = listen(tap, notices(XTAP_NOTICE_DISCONNECTED, 1));
    EXPECT_EQ(told.notices(XTAP_NOTICE_DISCONNECTED)[0].facts()["status"], "XTAP_E_PROTOCOL");
    EXPECT_EQ(told.all.back().json.find("Injected"), std::string::npos);
    EXPECT_TRUE(server.asked(kStream).empty());
}

TEST_P(AppToken, ThatDoesNotComeCanBeCancelled) {
    const auto one_try = [] {
        ScriptedServer server;
        server.answer(kTokens, {{.held = true}});
        Tap tap(server.url(), GetParam(), with_key());
        xtap_status status = XTAP_OK;
        std::thread consumer([&] { status = tap.consume([](const Seen &) { return XTAP_CONTINUE; }); });
        EXPECT_TRUE(server.wait_asked(1));
        const auto asked = Clock::now();
        EXPECT_EQ(xtap_stream_cancel(tap.stream()), XTAP_OK);
        consumer.join();
        EXPECT_EQ(status, XTAP_E_CANCELLED);
        return since(asked);
    };
    EXPECT_LE(quickest(kCancelWithin, one_try), kCancelWithin);
}

TEST_P(AppToken, ThatDoesNotComeInTimeIsAFailedAttempt) {
    ScriptedServer server;
    server.answer(kTokens, {{.held = true}, token("AAAA")});
    server.answer(kStream, {kOneEvent});
    Settings options = with_key();
    options.emplace_back("connect_timeout_ms", "20");
    options.emplace_back("stall_timeout_ms", "200");
    Tap tap(server.url(), GetParam(), options);
    const Told told = listen(tap, events(1));
    EXPECT_EQ(told.status, XTAP_OK) << told.error.text();
    EXPECT_EQ(server.asked(kTokens).size(), 2u);
}

TEST_P(AppToken, ThatIsBeingFetchedDoesNotKeepAStreamFromFinishing) {
    ScriptedServer server;
    server.answer(kTokens, {{.held = true}});
    Tap tap(server.url(), GetParam(), with_key());
    xtap_status status = XTAP_OK;
    std::thread consumer([&] { status = tap.consume([](const Seen &) { return XTAP_CONTINUE; }); });
    EXPECT_TRUE(server.wait_asked(1));
    EXPECT_EQ(xtap_stream_finish(tap.stream()), XTAP_OK);
    consumer.join();
    EXPECT_EQ(status, XTAP_END);
}

INSTANTIATE_TEST_SUITE_P(, AppToken, testing::ValuesIn(kEveryMode), mode_name);

} // namespace
} // namespace xtap::test
