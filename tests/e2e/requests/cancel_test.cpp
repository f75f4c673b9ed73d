// A send that is told to stop, in each thing that it may be waiting for.
#include "caller.hpp"
#include "patience.hpp"
#include "scripted_server.hpp"

#include <gtest/gtest.h>

namespace xtap::test {
namespace {

using Clock = std::chrono::steady_clock;

// Sends on a thread of its own, cancels once `ready` returns, and says what came of it.
void expect_cancelled(const Caller &caller, const RequestHandle &request,
                      const std::function<void()> &ready) {
    Answered answered;
    std::thread sending([&] { answered = Caller::send(request.get()); });
    ready();
    const auto asked = Clock::now();
    EXPECT_EQ(xtap_request_cancel(request.get()), XTAP_OK);
    sending.join();
    EXPECT_LE(Clock::now() - asked, kCancelWithin);
    EXPECT_EQ(answered.status, XTAP_E_CANCELLED) << answered.error.text();
    EXPECT_EQ(answered.response, nullptr);
    EXPECT_EQ(Caller::send(request.get()).status, XTAP_E_CANCELLED) << "it is final";
    EXPECT_EQ(caller.stats()["requests"]["in_flight"], 0);
}

TEST(CancelledSend, BeforehandSendsNothing) {
    ScriptedServer server;
    const Caller caller(server.url());
    const RequestHandle request = caller.request("getUsersByUsername", {{"username", "a"}});
    EXPECT_EQ(xtap_request_cancel(request.get()), XTAP_OK);
    EXPECT_EQ(Caller::send(request.get()).status, XTAP_E_CANCELLED);
    EXPECT_TRUE(server.asked().empty());
}

TEST(CancelledSend, EndsWhileConnecting) {
    const FullBacklog full;
    const Caller caller(full.url());
    const RequestHandle request = caller.request("getUsersByUsername", {{"username", "a"}});
    expect_cancelled(caller, request, [&] {
        while (caller.stats()["requests"]["in_flight"] == 0)
            std::this_thread::yield();
    });
}

TEST(CancelledSend, EndsInTheHandshake) {
    const SmallServer silent;
    const Caller caller(silent.url("https"));
    const RequestHandle request = caller.request("getUsersByUsername", {{"username", "a"}});
    expect_cancelled(caller, request, [&] { EXPECT_TRUE(silent.wait_accepted(1)); });
}

TEST(CancelledSend, EndsWhileTheAnswerIsWaitedFor) {
    ScriptedServer server;
    server.answer("/2/users/by/username/a", {{.held = true}});
    const Caller caller(server.url());
    const RequestHandle request = caller.request("getUsersByUsername", {{"username", "a"}});
    expect_cancelled(caller, request, [&] { EXPECT_TRUE(server.wait_asked(1)); });
}

TEST(CancelledSend, EndsWhileItWaitsToTryAgain) {
    ScriptedServer server;
    server.answer("/2/users/by/username/a", {{.status = 503, .headers = {{"Retry-After", "30"}}}});
    const Caller caller(server.url());
    const RequestHandle request = caller.request("getUsersByUsername", {{"username", "a"}});
    expect_cancelled(caller, request, [&] { EXPECT_TRUE(server.wait_asked(1)); });
}

TEST(CancelledSend, EndsWhileItWaitsForARateLimit) {
    ScriptedServer server;
    server.answer(
        "/2/users/by/username/a",
        {{.status = 429, .headers = {{"x-rate-limit-reset", std::to_string(std::time(nullptr) + 600)}}}});
    const Caller caller(server.url(), {{"bearer_token", "A"}, {"wait_on_rate_limit", "on"}});
    const RequestHandle request = caller.request("getUsersByUsername", {{"username", "a"}});
    expect_cancelled(caller, request, [&] { EXPECT_TRUE(server.wait_asked(1)); });
}

TEST(CancelledSend, LeavesTheClientAndItsOtherRequestsAlone) {
    ScriptedServer server;
    server.answer("/2/users/by/username/a", {{.held = true}});
    const Caller caller(server.url());
    const RequestHandle request = caller.request("getUsersByUsername", {{"username", "a"}});
    expect_cancelled(caller, request, [&] { EXPECT_TRUE(server.wait_asked(1)); });
    EXPECT_EQ(caller.call("getUsersByUsername", {{"username", "b"}}).status, XTAP_OK);
}

TEST(CancelledSend, IsNotOneThatAnotherThreadIsBusyWith) {
    ScriptedServer server;
    server.answer("/2/users/by/username/a", {{.held = true}});
    const Caller caller(server.url());
    const RequestHandle request = caller.request("getUsersByUsername", {{"username", "a"}});
    expect_cancelled(caller, request, [&] {
        EXPECT_TRUE(server.wait_asked(1));
        EXPECT_EQ(Caller::send(request.get()).status, XTAP_E_BUSY);
    });
}

TEST(SlowSend, EndsWhenItsTimeIsOver) {
    ScriptedServer server;
    server.answer("/2/users/by/username/a", {{.held = true}});
    const Caller caller(server.url(), {{"bearer_token", "A"}, {"request_timeout_ms", "50"}});
    const Answered answered = caller.call("getUsersByUsername", {{"username", "a"}});
    EXPECT_EQ(answered.status, XTAP_E_REQUEST_TIMEOUT) << answered.error.text();
    EXPECT_EQ(answered.response, nullptr);
    EXPECT_NE(std::string(answered.error.message).find("request_timeout_ms"), std::string::npos);
}

} // namespace
} // namespace xtap::test
