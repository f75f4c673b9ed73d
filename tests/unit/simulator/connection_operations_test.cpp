// The history of streaming connections, and how they are ended.
#include "api_client.hpp"
#include "raw_client.hpp"

namespace xtap::sim {
namespace {

constexpr const char *kAnyPartition = "/2/tweets/firehose/stream/lang/ja?partition=";
const std::string kAll =
    "/2/connections?status=all&connection.fields=id,endpoint_name,client_ip,connected_at,"
    "disconnected_at,disconnect_reason";

struct ConnectionOperations : testing::Test {
    void open(RawClient &client, const std::string &target) {
        client.get(target);
        ASSERT_TRUE(client.read_until("\r\n\r\n"));
    }
    ApiClient api{{"--rate", "10"}};
};

TEST_F(ConnectionOperations, TellActiveAndPastStreamsNewestFirst) {
    RawClient first(api.sim.port());
    open(first, std::string(kAnyPartition) + "1");
    RawClient second(api.sim.port()); // only now: the order of two at once is anybody's guess
    open(second, "/2/tweets/sample/stream");
    Json body = api.get("/2/connections").body;
    ASSERT_EQ(body["data"].size(), 2u);
    EXPECT_EQ(body["data"][0]["endpoint_name"], "sample_stream");
    EXPECT_EQ(body["data"][1]["endpoint_name"], "firehose_stream_lang_ja");
    EXPECT_EQ(body["data"][1]["client_ip"], "127.0.0.1");
    EXPECT_FALSE(body["data"][1].contains("id"));
    EXPECT_FALSE(body["data"][1].contains("disconnected_at"));
    EXPECT_EQ(body["meta"]["result_count"], 2);
    body = api.get("/2/connections?status=inactive").body;
    EXPECT_FALSE(body.contains("data"));
    EXPECT_EQ(api.get("/2/connections?endpoints=sample_stream,filter_stream").body["data"].size(), 1u);
    body = api.get(kAll + "&max_results=1").body;
    ASSERT_EQ(body["data"].size(), 1u);
    body = api.get(kAll + "&pagination_token=" + body["meta"]["next_token"].get<std::string>()).body;
    EXPECT_EQ(body["data"][0]["endpoint_name"], "firehose_stream_lang_ja");
    EXPECT_EQ(body["data"][0]["id"].get<std::string>().size(), 36u);
}

TEST_F(ConnectionOperations, EndAStreamByItsId) {
    RawClient client(api.sim.port());
    open(client, std::string(kAnyPartition) + "1");
    const std::string id = api.get(kAll).body["data"][0]["id"].text();
    const auto killed = api.remove("/2/connections", {{"uuids", {id, "nobody"}}});
    EXPECT_EQ(killed.body["data"]["successful_kills"], 1);
    EXPECT_EQ(killed.body["data"]["failed_kills"], 1);
    EXPECT_EQ(killed.body["data"]["results"][0], (Json{{"uuid", id}, {"success", true}}));
    EXPECT_EQ(killed.body["data"]["results"][1]["success"], false);
    client.read_to_end();
    bool ended = false;
    dechunked(client.wire_body(), &ended);
    EXPECT_TRUE(ended);
    const Json past = api.get(kAll).body["data"][0];
    EXPECT_EQ(past["disconnect_reason"], "operator_disconnect");
    EXPECT_TRUE(past.contains("disconnected_at"));
    EXPECT_EQ(api.remove("/2/connections", {{"uuids", {id}}}).body["data"]["failed_kills"], 1);
}

TEST_F(ConnectionOperations, EndTheStreamsOfAnEndpointOrAll) {
    RawClient first(api.sim.port()), second(api.sim.port()), third(api.sim.port());
    open(first, std::string(kAnyPartition) + "1");
    open(second, std::string(kAnyPartition) + "2");
    open(third, "/2/tweets/search/stream");
    EXPECT_EQ(api.remove("/2/connections/firehose_stream_lang_ja").body["data"]["successful_kills"], 2);
    EXPECT_EQ(api.get("/2/connections").body["data"].size(), 1u);
    api.sim.control("POST", "/shapes", {{"kill", "attempted"}});
    EXPECT_EQ(api.remove("/2/connections/all").body, Json::parse(R"({"data":{"attempted":true}})"));
    third.read_to_end();
    EXPECT_FALSE(api.get("/2/connections").body.contains("data"));
}

TEST_F(ConnectionOperations, TellWhyAStreamEnded) {
    {
        RawClient client(api.sim.port());
        open(client, std::string(kAnyPartition) + "1");
        EXPECT_EQ(api.get("/2/connections").body["data"].size(), 1u);
    }
    EXPECT_TRUE(api.sim.state_when("max_open=1")["reached"].get<bool>()); // the one that asks stays
    EXPECT_EQ(api.get(kAll).body["data"][0]["disconnect_reason"], "client_disconnect");
}

TEST_F(ConnectionOperations, RefuseWhatTheyDoNotKnow) {
    EXPECT_EQ(api.get("/2/connections?status=some").status, 400);
    EXPECT_EQ(api.get("/2/connections?endpoints=activity_stream").status, 400);
    EXPECT_EQ(api.get("/2/connections?max_results=101").status, 400);
    EXPECT_EQ(api.get("/2/connections?connection.fields=colour").status, 400);
    EXPECT_EQ(api.remove("/2/connections/nothing").status, 400);
    EXPECT_EQ(api.remove("/2/connections").status, 400);
    EXPECT_EQ(api.remove("/2/connections", {{"uuids", Json::array()}}).status, 400);
}

} // namespace
} // namespace xtap::sim
