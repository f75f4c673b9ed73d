// Who may open a stream: limits, recovery jobs, ghosts, takeovers, and what an account may not ask for.
#include "api_client.hpp"
#include "raw_client.hpp"

#include <memory>

namespace xtap::sim {
namespace {

constexpr const char *kJaPartition = "/2/tweets/firehose/stream/lang/ja?partition=";
const std::string kRange = "&start_time=2026-03-01T00:00:00Z";

struct Clients {
    explicit Clients(ApiClient &asked) : api(asked) {}
    // The status of the answer; the connection stays open.
    std::string open(const std::string &target) {
        auto &client = all.emplace_back(std::make_unique<RawClient>(api.sim.port()));
        client->get(target);
        client->read_until("\r\n\r\n");
        return client->head().substr(9, 3);
    }
    ApiClient &api;
    std::vector<std::unique_ptr<RawClient>> all;
};

TEST(ConnectionLimit, IsOfOneOperationAndPartition) {
    ApiClient api({"--rate", "10", "--connection-limit", "1"});
    Clients clients(api);
    EXPECT_EQ(clients.open(std::string(kJaPartition) + "1"), "200");
    EXPECT_EQ(clients.open(std::string(kJaPartition) + "2"), "200");
    EXPECT_EQ(clients.open("/2/tweets/sample/stream"), "200");
    const ApiAnswer refused = api.get(std::string(kJaPartition) + "1");
    EXPECT_EQ(refused.status, 429);
    EXPECT_EQ(refused.body["connection_issue"], "TooManyConnections");
    EXPECT_EQ(clients.open(std::string(kJaPartition) + "1" + kRange), "200")
        << "recovery jobs have a limit of their own";
}

TEST(ConnectionLimit, HasRoomAgainAfterACleanEnd) {
    ApiClient api({"--rate", "10", "--connection-limit", "1", "--ghost-ms", "3600000"});
    Clients clients(api);
    for (const char *kind : {"close", "operational_disconnect"}) {
        api.sim.fault({{"kind", kind}, {"after_events", 1}});
        EXPECT_EQ(clients.open(std::string(kJaPartition) + "1"), "200") << kind;
        clients.all.back()->read_to_end();
    }
    EXPECT_EQ(clients.open(std::string(kJaPartition) + "1"), "200");
}

TEST(Ghosts, CountAndAreActiveUntilTheyAreEnded) {
    ApiClient api({"--rate", "10", "--connection-limit", "1", "--ghost-ms", "3600000"});
    Clients clients(api);
    api.sim.fault({{"kind", "reset"}, {"after_events", 1}});
    EXPECT_EQ(clients.open(std::string(kJaPartition) + "1"), "200");
    clients.all.back()->read_to_end();
    EXPECT_EQ(api.get(std::string(kJaPartition) + "1").status, 429);
    EXPECT_EQ(api.sim.state()["list"][0]["ghost"], true);
    const Json active = api.get("/2/connections?connection.fields=id,connected_at").body["data"];
    ASSERT_EQ(active.size(), 1u);
    const auto ended = api.remove("/2/connections", {{"uuids", {active[0]["id"]}}});
    EXPECT_EQ(ended.body["data"]["successful_kills"], 1);
    EXPECT_FALSE(api.get("/2/connections").body.contains("data"));
    const Json past = api.get("/2/connections?status=inactive").body["data"][0];
    EXPECT_EQ(past["disconnect_reason"], "operator_disconnect");
    EXPECT_EQ(clients.open(std::string(kJaPartition) + "1"), "200");
}

TEST(Ghosts, AreLeftByAClientThatVanished) {
    ApiClient api({"--rate", "10", "--connection-limit", "1", "--ghost-ms", "3600000"});
    {
        Clients clients(api);
        EXPECT_EQ(clients.open(std::string(kJaPartition) + "1"), "200");
    }
    EXPECT_TRUE(api.sim.state_when("max_open=1")["reached"].get<bool>()); // the one that asks stays
    EXPECT_EQ(api.get(std::string(kJaPartition) + "1").status, 429);
}

TEST(Ghosts, AreGoneAfterTheirTime) {
    ApiClient api({"--rate", "10", "--connection-limit", "1", "--ghost-ms", "60000", "--speed", "1000"});
    Clients clients(api);
    api.sim.fault({{"kind", "eof"}});
    EXPECT_EQ(clients.open(std::string(kJaPartition) + "1"), "200");
    clients.all.back()->read_to_end();
    std::string status;
    while (status != "200") // a minute is 60 ms here
        status = clients.open(std::string(kJaPartition) + "1");
    const Json past = api.get("/2/connections?status=inactive").body["data"][0];
    EXPECT_EQ(past["disconnect_reason"], "connection_error");
}

TEST(Takeover, TellsTheOldestForceDisconnectAndLetsTheNewOneIn) {
    ApiClient api({"--rate", "10", "--connection-limit", "2", "--takeover"});
    Clients clients(api);
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(clients.open(std::string(kJaPartition) + "1"), "200");
    bool ended = false;
    clients.all[0]->read_to_end();
    const std::string text = dechunked(clients.all[0]->wire_body(), &ended);
    EXPECT_TRUE(ended);
    EXPECT_NE(text.find("\"disconnect_type\":\"ForceDisconnect\""), std::string::npos);
    EXPECT_EQ(api.get("/2/connections").body["data"].size(), 2u);
    EXPECT_EQ(api.get("/2/connections?status=inactive").body["data"][0]["disconnect_reason"],
              "force_disconnect");
}

TEST(RecoveryJobs, BeyondTheirNumberAreAnswered429UntilOneHasEnded) {
    ApiClient api({"--rate", "10", "--recovery-jobs", "2"});
    Clients clients(api);
    EXPECT_EQ(clients.open(std::string(kJaPartition) + "1" + kRange), "200");
    EXPECT_EQ(clients.open("/2/tweets/firehose/stream?partition=3" + kRange), "200");
    const ApiAnswer refused = api.get(std::string(kJaPartition) + "1" + kRange);
    EXPECT_EQ(refused.status, 429);
    EXPECT_FALSE(refused.body.contains("connection_issue"));
    EXPECT_EQ(clients.open(std::string(kJaPartition) + "1"), "200") << "no recovery";
    api.remove("/2/connections/firehose_stream_lang_ja");
    EXPECT_EQ(clients.open(std::string(kJaPartition) + "1" + kRange), "200");
}

std::string named_parameter(const ApiAnswer &answer) {
    return (*answer.body["errors"][0]["parameters"].items().begin()).key;
}

TEST(Refusals, NameTheParameterThatTheAccountMayNotUse) {
    ApiClient api({"--count", "1", "--refuse", "backfill,recovery"});
    EXPECT_EQ(named_parameter(api.get("/2/tweets/search/stream?backfill_minutes=1")), "backfill_minutes");
    EXPECT_EQ(named_parameter(api.get(std::string(kJaPartition) + "1" + kRange)), "start_time");
    const ApiAnswer camel = api.get("/2/powerstream?backfillMinutes=1");
    EXPECT_EQ(camel.status, 400);
    EXPECT_EQ(named_parameter(camel), "backfillMinutes");
    Clients clients(api);
    EXPECT_EQ(clients.open(std::string(kJaPartition) + "1"), "200");
}

TEST(Refusals, CanChangeWhileItRuns) {
    ApiClient api({"--count", "1", "--refuse", "recovery", "--refuse-status", "403"});
    EXPECT_EQ(api.get(std::string(kJaPartition) + "1" + kRange).status, 403);
    EXPECT_EQ(named_parameter(api.get(std::string(kJaPartition) + "1" + kRange)), "start_time");
    EXPECT_EQ(api.sim.control("POST", "/refusals", {{"backfill", true}, {"recovery", false}}),
              (Json{{"backfill", true}, {"recovery", false}, {"status", 403}}));
    Clients clients(api);
    EXPECT_EQ(clients.open(std::string(kJaPartition) + "1" + kRange), "200");
    EXPECT_EQ(api.get(std::string(kJaPartition) + "1&backfill_minutes=1").status, 403);
    EXPECT_THROW(api.sim.control("POST", "/refusals", {{"status", 404}}), std::runtime_error);
    EXPECT_EQ(api.sim.control("GET", "/refusals")["backfill"], true);
}

TEST(SlowReader, IsToldSoAndCutWhenItTakesNothing) {
    ApiClient api({"--slow-reader-ms", "50"});
    Clients clients(api);
    EXPECT_EQ(clients.open(std::string(kJaPartition) + "1"), "200");
    Json state = api.sim.state_when("max_open=0");
    ASSERT_TRUE(state["reached"].get<bool>());
    EXPECT_EQ(state["list"][0]["ended"], "slow reader");
    bool ended = false;
    clients.all[0]->read_to_end();
    const std::string text = dechunked(clients.all[0]->wire_body(), &ended);
    EXPECT_TRUE(ended);
    EXPECT_NE(text.find("\"disconnect_type\":\"SlowReader\""), std::string::npos);
    EXPECT_EQ(api.get("/2/connections?status=inactive").body["data"][0]["disconnect_reason"], "slow_reader");
}

TEST(SlowReader, IsNotWhoeverIsSentLittle) {
    ApiClient api({"--slow-reader-ms", "20", "--rate", "10"});
    Clients clients(api);
    EXPECT_EQ(clients.open(std::string(kJaPartition) + "1"), "200");
    EXPECT_TRUE(clients.all[0]->read_until(" No. 8\""));
}

} // namespace
} // namespace xtap::sim
