// A send that is told to stop, in each thing that it may be waiting for.
#include "caller.hpp"
#include "process.hpp"
#include "quickest.hpp"
#include "scripted_server.hpp"

#include <gtest/gtest.h>

namespace xtap::test {
namespace {

// Sends on a thread of its own, cancels once `ready` returns, and says how long that took.
std::chrono::milliseconds cancelled_when(const Caller &caller, const RequestHandle &request,
                                         const std::function<void()> &ready) {
    Answered answered;
    std::thread sending([&] { answered = Caller::send(request.get()); });
    ready();
    const auto asked = Clock::now();
    EXPECT_EQ(xtap_request_cancel(request.get()), XTAP_OK);
    sending.join();
    const std::chrono::milliseconds took = since(asked);
    EXPECT_EQ(answered.status, XTAP_E_CANCELLED) << answered.error.text();
    EXPECT_EQ(answered.response, nullptr);
    EXPECT_EQ(Caller::send(request.get()).status, XTAP_E_CANCELLED) << "it is final";
    EXPECT_EQ(caller.stats()["requests"]["in_flight"], 0);
    return took;
}

// `one_try` sets out anew, and cancels.
void expect_quick(const std::function<std::chrono::milliseconds()> &one_try) {
    EXPECT_LE(quickest(kCancelWithin, one_try), kCancelWithin);
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
    expect_quick([] {
        const FullBacklog full;
        const Caller caller(full.url());
        const RequestHandle request = caller.request("getUsersByUsername", {{"username", "a"}});
        return cancelled_when(caller, request, [&] {
            while (caller.stats()["requests"]["in_flight"] == 0)
                std::this_thread::yield();
        });
    });
}

// libcurl reads the authorities behind its first words; those of the system are many, which is work and no
// wait.
TEST(CancelledSend, EndsInTheHandshake) {
    const sim::SimulatorProcess one_authority({"--tls"});
    expect_quick([&] {
        const SmallServer silent;
        const Caller caller(silent.url("https"),
                            {{"bearer_token", "A"}, {"ca_file", one_authority.certificate()}});
        const RequestHandle request = caller.request("getUsersByUsername", {{"username", "a"}});
        return cancelled_when(caller, request, [&] { EXPECT_TRUE(silent.wait_accepted(1)); });
    });
}

TEST(CancelledSend, EndsWhileTheAnswerIsWaitedFor) {
    expect_quick([] {
        ScriptedServer server;
        server.answer("/2/users/by/username/a", {{.held = true}});
        const Caller caller(server.url());
        const RequestHandle request = caller.request("getUsersByUsername", {{"username", "a"}});
        return cancelled_when(caller, request, [&] { EXPECT_TRUE(server.wait_asked(1)); });
    });
}

TEST(CancelledSend, EndsWhileItWaitsToTryAgain) {
    expect_quick([] {
        ScriptedServer server;
        server.answer("/2/users/by/username/a", {{.status = 503, .headers = {{"Retry-After", "30"}}}});
        const Caller caller(server.url());
        const RequestHandle request = caller.request("getUsersByUsername", {{"username", "a"}});
        return cancelled_when(caller, request, [&] { EXPECT_TRUE(server.wait_asked(1)); });
    });
}

TEST(CancelledSend, EndsWhileItWaitsForARateLimit) {
    expect_quick([] {
        ScriptedServer server;
        server.answer(
            "/2/users/by/username/a",
            {{.status = 429, .headers = {{"x-rate-limit-reset", std::to_string(std::time(nullptr) + 600)}}}});
        const Caller caller(server.url(), {{"bearer_token", "A"}, {"wait_on_rate_limit", "on"}});
        const RequestHandle request = caller.request("getUsersByUsername", {{"username", "a"}});
        return cancelled_when(caller, request, [&] { EXPECT_TRUE(server.wait_asked(1)); });
    });
}

TEST(CancelledSend, LeavesTheClientAndItsOtherRequestsAlone) {
    expect_quick([] {
        ScriptedServer server;
        server.answer("/2/users/by/username/a", {{.held = true}});
        const Caller caller(server.url());
        const RequestHandle request = caller.request("getUsersByUsername", {{"username", "a"}});
        const auto took = cancelled_when(caller, request, [&] { EXPECT_TRUE(server.wait_asked(1)); });
        EXPECT_EQ(caller.call("getUsersByUsername", {{"username", "b"}}).status, XTAP_OK);
        return took;
    });
}

TEST(CancelledSend, IsNotOneThatAnotherThreadIsBusyWith) {
    expect_quick([] {
        ScriptedServer server;
        server.answer("/2/users/by/username/a", {{.held = true}});
        const Caller caller(server.url());
        const RequestHandle request = caller.request("getUsersByUsername", {{"username", "a"}});
        return cancelled_when(caller, request, [&] {
            EXPECT_TRUE(server.wait_asked(1));
            EXPECT_EQ(Caller::send(request.get()).status, XTAP_E_BUSY);
        });
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
