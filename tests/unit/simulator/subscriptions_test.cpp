// Activity subscriptions, and the stream they feed.
#include "api_client.hpp"
#include "raw_client.hpp"

#include <map>

namespace xtap::sim {
namespace {

const std::string kSubscriptions = "/2/activity/subscriptions";

Json wanted(const std::string &type, const Json &filter, const std::string &tag = "mine") {
    return {{"event_type", type}, {"filter", filter}, {"tag", tag}};
}

TEST(Subscriptions, AreMadeListedChangedAndDeleted) {
    ApiClient api;
    const auto made = api.post(kSubscriptions, wanted("post.create", {{"user_id", "2244994945"}}));
    ASSERT_EQ(made.status, 200) << made.body;
    const Json first = made.body["data"]["subscription"];
    EXPECT_EQ(first["event_type"], "post.create");
    EXPECT_EQ(first["filter"], Json::parse(R"({"user_id":"2244994945"})"));
    EXPECT_EQ(made.body["meta"]["total_subscriptions"], 1);
    const std::string path = kSubscriptions + "/" + first["subscription_id"].get<std::string>();
    const auto changed = api.ask("PUT", path, R"({"tag":"yours"})");
    EXPECT_EQ(changed.body["data"]["subscription"]["tag"], "yours");
    EXPECT_EQ(api.get(kSubscriptions).body["data"][0], changed.body["data"]["subscription"]);
    EXPECT_EQ(api.remove(path).body["data"]["deleted"], true);
    EXPECT_EQ(api.remove(path).status, 404);
    EXPECT_EQ(api.ask("PUT", path, R"({"tag":"x"})").status, 404);
    EXPECT_EQ(api.get(kSubscriptions).body["meta"]["result_count"], 0);
}

TEST(Subscriptions, OfTheOlderDialectAnswerInItsShape) {
    ApiClient api;
    const auto made = api.post(kSubscriptions, {{"user_id", "2244994945"},
                                                {"event_types", {"tweet_create_events", "follow_events"}}});
    EXPECT_EQ(made.status, 200);
    EXPECT_EQ(made.body["data"]["user_id"], "2244994945");
    EXPECT_EQ(made.body["data"]["event_types"].size(), 2u);
    EXPECT_TRUE(made.body["data"].contains("id"));
    EXPECT_EQ(api.remove(kSubscriptions + "/" + made.body["data"]["id"].get<std::string>()).status, 200);
}

TEST(Subscriptions, AreDeletedManyAtATimeWithAnErrorForEachThatIsNotThere) {
    ApiClient api;
    const std::string id = api.post(kSubscriptions, wanted("news.new", {{"keyword", "rain"}}))
                               .body["data"]["subscription"]["subscription_id"]
                               .text();
    const Json gone = api.remove(kSubscriptions + "?ids=" + id + ",77").body;
    EXPECT_EQ(gone["data"], Json::parse(R"([{"subscription_id":")" + id + R"(","deleted":true}])"));
    EXPECT_EQ(gone["errors"][0]["subscription_id"], "77");
    EXPECT_EQ(gone["errors"][0]["reason"], "not_found");
    EXPECT_EQ(api.remove(kSubscriptions).status, 400);
}

TEST(Subscriptions, ComeInPages) {
    ApiClient api;
    for (const char *user : {"1", "2", "3"})
        api.post(kSubscriptions, wanted("post.create", {{"user_id", user}}));
    const Json first = api.get(kSubscriptions + "?max_results=2").body;
    EXPECT_EQ(first["data"].size(), 2u);
    EXPECT_EQ(first["meta"]["total_subscriptions"], 3);
    const Json rest = api.get(kSubscriptions + "?max_results=2&pagination_token=" +
                              first["meta"]["next_token"].get<std::string>())
                          .body;
    EXPECT_EQ(rest["data"].size(), 1u);
    EXPECT_FALSE(rest["meta"].contains("next_token"));
}

TEST(Subscriptions, AnswerInAllShapesThatWereSeen) {
    ApiClient api({"--subscription-answer", "list"});
    EXPECT_TRUE(api.post(kSubscriptions, wanted("dm.sent", {{"user_id", "1"}})).body["data"].is_array());
    api.sim.control("POST", "/shapes", {{"subscription", "bare"}});
    EXPECT_TRUE(
        api.post(kSubscriptions, wanted("dm.sent", {{"user_id", "2"}})).body["data"].contains("event_type"));
    EXPECT_THROW(api.sim.control("POST", "/shapes", {{"subscription", "round"}}), std::runtime_error);
}

TEST(Subscriptions, AreRefusedWhenSomethingIsWrong) {
    ApiClient api({"--token", "app", "--user-token", "user"});
    api.authorization = "Bearer app";
    for (const Json &body :
         {wanted("no.such", {{"user_id", "1"}}), wanted("post.create", Json::object()),
          wanted("post.create", {{"user_id", "x"}}),
          wanted("post.create", {{"user_id", "1"}, {"keyword", "k"}}),
          wanted("post.create", {{"user_id", "1"}}, std::string(201, 't')),
          Json{{"event_type", "post.create"}}, Json{{"user_id", "1"}, {"event_types", {"no_events"}}},
          Json{{"user_id", "1"}, {"event_types", Json::array()}}})
        EXPECT_EQ(api.post(kSubscriptions, body).status, 400) << body;
    EXPECT_EQ(api.post(kSubscriptions, wanted("mute.mute", {{"user_id", "1"}})).status, 403);
    EXPECT_EQ(api.post(kSubscriptions, wanted("post.create", {{"user_id", "1"}})).status, 200);
    EXPECT_EQ(api.post(kSubscriptions, wanted("post.create", {{"user_id", "1"}})).status, 400); // again
    api.authorization = "Bearer user";
    EXPECT_EQ(api.post(kSubscriptions, wanted("mute.mute", {{"user_id", "1"}})).status, 200);
}

TEST(ActivityStream, CarriesWhatIsSubscribedToInBothDialects) {
    ApiClient api({"--count", "30"});
    api.post(kSubscriptions, wanted("post.create", {{"user_id", "2244994945"}}, "posts"));
    api.post(kSubscriptions, wanted("chat.conversation_join", {{"user_id", "7"}}));
    api.post(kSubscriptions, {{"user_id", "8"}, {"event_types", {"tweet_create_events", "follow_events"}}});
    RawClient client(api.sim.port());
    client.get("/2/activity/stream");
    client.read_to_end();
    std::map<std::string, int> seen;
    std::istringstream lines(dechunked(client.wire_body()));
    for (std::string line; std::getline(lines, line);) {
        const Json event = Json::parse(line);
        if (event.contains("data")) {
            ++seen[event["data"]["event_type"].text()];
            if (event["data"]["event_type"] == "post.create") {
                EXPECT_EQ(event["data"]["payload"]["author_id"], "2244994945");
                EXPECT_EQ(event["data"]["tag"], "posts");
            }
        } else {
            ++seen[event["event_type"].text()];
            EXPECT_EQ(event["for_user_id"], "8");
            EXPECT_EQ(event[event["event_type"].get<std::string>()].size(), 1u);
        }
    }
    EXPECT_EQ(seen, (std::map<std::string, int>{{"post.create", 10},
                                                {"chat.conversation.join", 10},
                                                {"tweet_create_events", 5},
                                                {"follow_events", 5}}));
}

TEST(ActivityStream, IsSilentWithoutSubscriptionsWhereItFilters) {
    ApiClient api({"--count", "5", "--filter", "on"});
    RawClient client(api.sim.port());
    client.get("/2/activity/stream");
    client.read_to_end();
    EXPECT_EQ(dechunked(client.wire_body()), "");
}

} // namespace
} // namespace xtap::sim
