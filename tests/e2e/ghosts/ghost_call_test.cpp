// A dead connection is found in X's lists, ended or explained; whatever else comes is a failure in bounded
// time.
#include "client/ghost_call.hpp"
#include "forked.hpp"
#include "patience.hpp"
#include "process.hpp"
#include "scripted_server.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

namespace xtap::test {
namespace {

using client::GhostCall;
using client::GhostErrand;
using client::GhostResult;
using Outcome = GhostResult::Outcome;

constexpr std::string_view kEndpoint = "sample_stream";
constexpr const char *kPath = "/2/connections";
const std::string kToken = "AAAAtokenThatNobodyMaySee0123456789AAAA";
constexpr std::int64_t kConnected = 1'772'323'200'000; // 2026-03-01T00:00:00Z
const std::string kEntry =
    R"({"id":"7","endpoint_name":"sample_stream","connected_at":"2026-03-01T00:00:01.000Z"})";

HttpAnswer page(const std::string &entries, const std::string &next = {}) {
    return {.body = R"({"data":[)" + entries + R"(],"meta":{)" +
                    (next.empty() ? "" : R"("next_token":")" + next + '"') + "}}"};
}

// A client, and a call of its own that is driven to its end.
class Asking {
public:
    explicit Asking(const std::string &url) : client_(options(url)) {}

    void begin(GhostErrand errand, std::int64_t connected_ms, std::vector<std::int64_t> alive_ms = {},
               std::int64_t patience_ms = kPatience.count()) {
        call_.emplace(client_, errand, *client_.credentials().authorize_stream(streams()),
                      client::GhostSought{kEndpoint, connected_ms, std::move(alive_ms)}, 5000,
                      edge::mono_ms() + patience_ms);
    }
    // As whoever does a stream's I/O: after each step of the pump it is asked again, before any wait.
    void step(int wait_ms) {
        pump_.step();
        const std::int64_t due_ms = call_->advance(edge::now(), pump_);
        if (call_->result()) return;
        pump_.wait(static_cast<int>(std::clamp<std::int64_t>(due_ms - edge::mono_ms(), 0, wait_ms)));
    }
    GhostResult run(GhostErrand errand, std::int64_t connected_ms, std::vector<std::int64_t> alive_ms = {},
                    std::int64_t patience_ms = kPatience.count()) {
        begin(errand, connected_ms, std::move(alive_ms), patience_ms);
        while (!call_->result())
            step(1000);
        EXPECT_EQ(client_.requests().in_flight, 0);
        return *call_->result();
    }
    GhostResult reclaim(std::int64_t connected_ms = kConnected, std::vector<std::int64_t> alive_ms = {}) {
        return run(GhostErrand::reclaim, connected_ms, std::move(alive_ms));
    }
    void leave() {
        call_->leave(pump_);
        call_.reset();
    }
    const std::optional<GhostResult> &result() const { return call_->result(); }
    void abandon() {
        call_->abandon();
        pump_.abandon();
        call_.reset();
    }
    client::Client &client() { return client_; }

private:
    static api::Options options(const std::string &url) {
        api::Options options;
        options.set("base_url", url);
        options.set("bearer_token", kToken);
        return options;
    }
    static const api::Operation &streams() { return api::find_operation("streamPostsSample"); }

    client::Client client_;
    edge::Pump pump_;
    std::optional<GhostCall> call_;
};

// A stream's connection, as the server sees one.
class Connection {
public:
    explicit Connection(int port) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
        const sockaddr_in to = loopback_address(port);
        EXPECT_EQ(::connect(fd_, reinterpret_cast<const sockaddr *>(&to), sizeof to), 0);
        write_all(fd_, "GET /2/tweets/sample/stream HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " + kToken +
                           "\r\n\r\n");
        read_head(fd_);
        connected_ms_ = edge::now().wall_ms;
    }
    ~Connection() { ::close(fd_); }
    Connection(const Connection &) = delete;
    Connection &operator=(const Connection &) = delete;
    std::int64_t connected_ms() const { return connected_ms_; }
    // Reads on until there is nothing more; false when that takes too long.
    bool ends() const {
        const auto until = std::chrono::steady_clock::now() + kPatience;
        char room[64 * 1024];
        while (std::chrono::steady_clock::now() < until)
            if (::recv(fd_, room, sizeof room, 0) <= 0) return true;
        return false;
    }

private:
    int fd_;
    std::int64_t connected_ms_ = 0;
};

// ---- against the simulator ----

TEST(GhostCall, EndsTheOneConnectionThatCanBeOurs) {
    for (const char *answer : {"counted", "attempted"}) {
        sim::SimulatorProcess simulator;
        if (std::string_view(answer) == "attempted")
            simulator.control("POST", "/shapes", {{"kill", "attempted"}});
        const Connection ghost(simulator.port());
        Asking asking(simulator.url());
        const GhostResult result = asking.reclaim(ghost.connected_ms());
        EXPECT_EQ(result.outcome, Outcome::reclaimed) << result.message;
        EXPECT_FALSE(result.id.empty());
        EXPECT_TRUE(ghost.ends()) << "the server closes it";
        EXPECT_EQ(asking.client().requests().sent, 2u);
        EXPECT_EQ(asking.reclaim(ghost.connected_ms()).outcome, Outcome::none) << "it is gone";
    }
}

TEST(GhostCall, TouchesNothingThatMayBeAnothers) {
    sim::SimulatorProcess simulator;
    const Connection one(simulator.port()), other(simulator.port());
    Asking asking(simulator.url());
    EXPECT_EQ(asking.reclaim(one.connected_ms()).outcome, Outcome::ambiguous);
    EXPECT_EQ(asking.reclaim(one.connected_ms() - 60'000).outcome, Outcome::none);
    EXPECT_EQ(asking.run(GhostErrand::explain, one.connected_ms()).outcome, Outcome::none) << "both are open";
}

TEST(GhostCall, SaysWhyXEndedTheConnection) {
    sim::SimulatorProcess simulator;
    const Connection ended(simulator.port());
    Asking asking(simulator.url());
    EXPECT_EQ(asking.run(GhostErrand::explain, ended.connected_ms()).outcome, Outcome::none) << "it is open";
    ASSERT_EQ(asking.reclaim(ended.connected_ms()).outcome, Outcome::reclaimed);
    const GhostResult result = asking.run(GhostErrand::explain, ended.connected_ms());
    EXPECT_EQ(result.outcome, Outcome::explained) << result.message;
    EXPECT_EQ(result.disconnect_reason, "operator_disconnect");
}

// ---- against servers that say what they like ----

TEST(GhostCall, AsksForWhatItNeedsAndEndsThatIdAlone) {
    ScriptedServer server;
    server.answer(kPath, {page(kEntry), {.body = R"({"data":{"successful_kills":1}})"}});
    Asking asking(server.url());
    const GhostResult result = asking.reclaim();
    EXPECT_EQ(result.outcome, Outcome::reclaimed) << result.message;
    EXPECT_EQ(result.id, "7");
    const std::vector<HttpRequest> asked = server.asked();
    ASSERT_EQ(asked.size(), 2u);
    EXPECT_EQ(asked[0].target(), "/2/connections?status=active&endpoints=sample_stream&max_results=100"
                                 "&connection.fields=connected_at,disconnect_reason,endpoint_name,id");
    EXPECT_EQ(asked[0].header("authorization"), "Bearer " + kToken);
    EXPECT_EQ(asked[1].line, "DELETE /2/connections HTTP/1.1");
    EXPECT_EQ(asked[1].header("content-type"), "application/json");
    EXPECT_EQ(asked[1].body, R"({"uuids":["7"]})");
}

TEST(GhostCall, LooksThroughAllPagesBeforeItEndsAnything) {
    ScriptedServer server;
    server.answer(kPath, {page(kEntry, "second"), page(kEntry)});
    EXPECT_EQ(Asking(server.url()).reclaim().outcome, Outcome::ambiguous);
    ASSERT_EQ(server.asked().size(), 2u);
    EXPECT_NE(server.asked()[1].target().find("pagination_token=second"), std::string::npos);
    server.answer(kPath, {page(kEntry, "again")});
    EXPECT_EQ(Asking(server.url()).reclaim().outcome, Outcome::ambiguous);
    server.answer(kPath, {page("", "again")});
    EXPECT_EQ(Asking(server.url()).reclaim().outcome, Outcome::failed) << "not for ever";
    for (const HttpRequest &asked : server.asked())
        EXPECT_EQ(asked.method(), "GET");
}

TEST(GhostCall, LeavesAConnectionAloneThatMayBeOneWeStillRead) {
    ScriptedServer server;
    server.answer(kPath, {page(kEntry)});
    EXPECT_EQ(Asking(server.url()).reclaim(kConnected, {kConnected + 2000}).outcome, Outcome::ambiguous);
    EXPECT_EQ(server.asked().size(), 1u);
}

TEST(GhostCall, FailsWithTheReasonWhateverComes) {
    const std::pair<HttpAnswer, const char *> answers[] = {
        {{.status = 403, .body = R"({"title":"Forbidden","detail":"not enrolled"})"},
         "getConnectionHistory: HTTP 403: Forbidden: not enrolled"},
        {{.broken = true}, "getConnectionHistory: "},
        {{.body = "<html>"}, "the list of connections is no JSON object"},
        {{.body = std::string(1024 * 1024 + 1, ' ')}, "getConnectionHistory: "},
        {page(R"({"endpoint_name":"sample_stream","connected_at":"2026-03-01T00:00:01.000Z"})"),
         "X does not say the connection's id"}};
    for (const auto &[answer, words] : answers) {
        ScriptedServer server;
        server.answer(kPath, {answer});
        const GhostResult result = Asking(server.url()).reclaim();
        EXPECT_EQ(result.outcome, Outcome::failed);
        EXPECT_EQ(result.message.find(words), 0u) << result.message;
    }
    ScriptedServer server;
    server.answer(kPath, {page(kEntry), {.body = R"({"data":{"successful_kills":0,"failed_kills":1}})"}});
    EXPECT_EQ(Asking(server.url()).reclaim().message, "X did not end the connection");
}

TEST(GhostCall, TellsNoSecretThatAServerRepeats) {
    ScriptedServer server;
    server.answer(kPath, {{.status = 401, .body = R"({"title":"Bearer )" + kToken + "\"}"}});
    const GhostResult refused = Asking(server.url()).reclaim();
    EXPECT_EQ(refused.message, "getConnectionHistory: HTTP 401: Bearer ***");
    server.answer(kPath,
                  {page(kEntry.substr(0, kEntry.size() - 1) + R"(,"disconnect_reason":")" + kToken + "\"}")});
    const GhostResult explained = Asking(server.url()).run(GhostErrand::explain, kConnected);
    EXPECT_EQ(explained.outcome, Outcome::explained);
    EXPECT_EQ(explained.disconnect_reason, "***");
}

TEST(GhostCall, CountsInTheRateLimitsAndAsksNothingWhileItIsRefused) {
    ScriptedServer server;
    const std::string reset = std::to_string(edge::now().wall_ms / 1000 + 600);
    server.answer(
        kPath, {{.status = 429, .headers = {{"x-rate-limit-limit", "25"}, {"x-rate-limit-reset", reset}}}});
    Asking asking(server.url());
    EXPECT_EQ(asking.reclaim().outcome, Outcome::failed);
    EXPECT_EQ(asking.reclaim().message, "getConnectionHistory: its rate limit is used up");
    EXPECT_EQ(server.asked().size(), 1u);
    EXPECT_EQ(asking.client().requests().failed, 1u);
    const Json limit = Json::parse(asking.client().stats())["rate_limits"][0];
    EXPECT_EQ(limit["operation"], "getConnectionHistory");
    EXPECT_EQ(limit["credential"], "bearer");
    EXPECT_EQ(limit["limit"], 25);
}

TEST(GhostCall, FailsWhenItsTimeIsOver) {
    ScriptedServer server;
    server.answer(kPath, {{.held = true}});
    EXPECT_EQ(Asking(server.url()).run(GhostErrand::reclaim, kConnected, {}, 50).message,
              "no answer came in time");
}

TEST(GhostCall, StaysTheParentsAfterAFork) {
    ScriptedServer server;
    server.answer(kPath, {page(kEntry), {.body = R"({"data":{"attempted":true}})"}});
    Asking asking(server.url());
    asking.begin(GhostErrand::reclaim, kConnected);
    while (server.connections() == 0)
        asking.step(10);
    if (!asking.result()) {
        EXPECT_EQ(in_child([&] {
                      asking.abandon();
                      return 0;
                  }),
                  0);
    }
    while (!asking.result())
        asking.step(1000);
    EXPECT_EQ(asking.result()->outcome, Outcome::reclaimed) << asking.result()->message;
    EXPECT_EQ(server.asked().size(), 2u);
}

TEST(GhostCall, IsLeftAtAnyTime) {
    ScriptedServer server;
    server.answer(kPath, {{.held = true}});
    Asking asking(server.url());
    asking.begin(GhostErrand::reclaim, kConnected);
    asking.leave(); // before anything
    asking.begin(GhostErrand::reclaim, kConnected);
    while (server.asked().empty())
        asking.step(10);
    asking.leave(); // while the answer is waited for
    EXPECT_EQ(asking.client().requests().in_flight, 0);
    server.answer(kPath, {page(kEntry), {.held = true}});
    asking.begin(GhostErrand::reclaim, kConnected);
    while (server.asked().size() < 3)
        asking.step(10);
    asking.leave(); // while the other answer is
    EXPECT_EQ(asking.client().requests().in_flight, 0);
}

} // namespace
} // namespace xtap::test
