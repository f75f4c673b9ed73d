// Requests and the process they live in: fork, exit while one is sent, and what a signal or a dying peer
// does.
#include "caller.hpp"
#include "cli/child_process.hpp"
#include "forked.hpp"
#include "scripted_server.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace xtap::test {
namespace {

// Programs that end with everything open leak on purpose.
const std::map<std::string, std::string> kUnchecked = {{"ASAN_OPTIONS", "detect_leaks=0"}};

TEST(RequestsOfAProcess, MayBeUnderWayWhenMainReturns) {
    ScriptedServer server;
    server.answer("/2/users/by/username/a", {{.held = true}});
    const SmallServer silent; // never ends its handshake
    const FullBacklog full;   // never takes the connection
    for (const std::string &url : {server.url(), silent.url("https"), full.url()})
        for (int i = 0; i < 3; ++i) {
            const e2e::Ended ended =
                e2e::run({.words = {XTAP_CHILD, "sending", url, "0"}, .environment = kUnchecked});
            EXPECT_EQ(ended.exit_status, 0) << url << ": " << ended.err;
            EXPECT_EQ(ended.signal, 0);
            EXPECT_EQ(ended.err, "");
        }
}

TEST(RequestsOfAProcess, SaySoInAForkedChildAndLeaveTheParentsConnectionAlone) {
    ScriptedServer server;
    Caller caller(server.url());
    RequestHandle request = caller.request("getUsersByUsername", {{"username", "a"}});
    Answered answered = Caller::send(request.get());
    ASSERT_EQ(answered.status, XTAP_OK);
    EXPECT_EQ(in_child([&] {
                  xtap_response *response = nullptr;
                  if (xtap_request_send(request.get(), &response, nullptr) != XTAP_E_FORKED) return 1;
                  if (xtap_request_cancel(request.get()) != XTAP_E_FORKED) return 2;
                  if (xtap_client_on_token(caller.client(), nullptr, nullptr) != XTAP_E_FORKED) return 3;
                  if (answered.body() != "{\"data\":{}}") return 4; // plain memory, the child's own copy
                  answered.response.reset();
                  request.reset();
                  caller.close();
                  return 0;
              }),
              0);
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(Caller::send(request.get()).status, XTAP_OK);
    EXPECT_EQ(server.connections(), 1) << "the child has not spoken on it";
}

TEST(RequestsOfAProcess, OutliveAPeerThatIsGoneWithoutASignal) {
    ScriptedServer server;
    server.answer("/2/users/by/username/a", {{}, {.close = true}});
    const Caller caller(server.url());
    ::signal(SIGPIPE, SIG_DFL);
    for (int i = 0; i < 5; ++i)
        EXPECT_EQ(caller.call("getUsersByUsername", {{"username", "a"}}).status, XTAP_OK);
}

TEST(RequestsOfAProcess, NeedNoThread) {
    ScriptedServer server;
    const Caller caller(server.url());
    ASSERT_EQ(caller.call("getUsersByUsername", {{"username", "a"}}).status, XTAP_OK);
    EXPECT_EQ(caller.stats()["io_thread"], false);
}

} // namespace
} // namespace xtap::test
