// Direct messages as xtap-sim pages and stores them.
#include "api_client.hpp"
#include "paging.hpp"

#include <algorithm>

namespace xtap::sim {
namespace {

const std::string kConversation = "/2/dm_conversations/123123123-2244994945/dm_events";

int number_in(const Json &event) {
    const std::string text = event["text"].text();
    return std::stoi(text.substr(text.rfind(' ') + 1));
}

TEST(DirectMessages, OfAConversationComeOnceEachNewestFirstInPagesOfAnySize) {
    ApiClient api;
    for (const int size : {1, 7, 100}) {
        std::vector<int> seen;
        std::string token;
        do {
            const Json body = api.get(kConversation + "?max_results=" + std::to_string(size) +
                                      (token.empty() ? "" : "&pagination_token=" + token))
                                  .body;
            EXPECT_EQ(body["meta"]["result_count"], body["data"].size());
            for (const Json &event : body["data"])
                seen.push_back(number_in(event));
            token = body["meta"].value("next_token", "");
        } while (!token.empty());
        ASSERT_EQ(seen.size(), 1000u) << size;
        EXPECT_EQ(seen.front(), 1000);
        EXPECT_EQ(seen.back(), 1);
        EXPECT_TRUE(std::ranges::is_sorted(seen, std::greater<>()));
    }
}

TEST(DirectMessages, KeepTheirPagesWhileNewOnesCome) {
    ApiClient api({"--dm-events", "10"});
    Json page = api.get(kConversation + "?max_results=4").body;
    EXPECT_EQ(number_in(page["data"][3]), 7);
    EXPECT_FALSE(page["meta"].contains("previous_token"));
    const auto sent = api.post("/2/dm_conversations/with/123123123/messages", {{"text", "fresh No. 11"}});
    EXPECT_EQ(sent.status, 201);
    EXPECT_EQ(sent.body["data"]["dm_conversation_id"], "123123123-2244994945");
    page = api.get(kConversation +
                   "?max_results=4&pagination_token=" + page["meta"]["next_token"].get<std::string>())
               .body;
    EXPECT_EQ(number_in(page["data"][0]), 6);
    page = api.get(kConversation +
                   "?max_results=4&pagination_token=" + page["meta"]["previous_token"].get<std::string>())
               .body;
    EXPECT_EQ(number_in(page["data"][0]), 10);
    page = api.get(kConversation +
                   "?max_results=4&pagination_token=" + page["meta"]["previous_token"].get<std::string>())
               .body;
    ASSERT_EQ(page["data"].size(), 1u);
    EXPECT_EQ(page["data"][0]["id"], sent.body["data"]["dm_event_id"]);
}

TEST(DirectMessages, ShowTheFieldsThatWereAskedForInBothDialects) {
    ApiClient api({"--dm-events", "1"});
    EXPECT_EQ(api.get("/2/dm_conversations/with/123123123/dm_events").body["data"][0].size(), 3u);
    const Json body = api.get(kConversation + "?dm_event.fields=sender_id,created_at,dm_conversation_id,"
                                              "participant_ids,referenced_tweets&expansions=sender_id")
                          .body;
    EXPECT_EQ(body["data"][0]["dm_conversation_id"], "123123123-2244994945");
    EXPECT_EQ(body["data"][0]["sender_id"], body["includes"]["users"][0]["id"]);
    EXPECT_EQ(api.get(kConversation + "?dm_event.fields=colour").status, 400);
}

TEST(DirectMessages, CanBeListedByType) {
    ApiClient api({"--dm-events", "5"});
    const Json some = api.get("/2/dm_events?event_types=ParticipantsJoin,ParticipantsLeave").body;
    EXPECT_EQ(some["data"].size(), 3u);
    EXPECT_EQ(some["data"][0]["event_type"], "ParticipantsJoin");
    EXPECT_EQ(api.get("/2/dm_events").body["data"].size(), 35u);
    EXPECT_EQ(api.get("/2/dm_conversations/1-2/dm_events").body["meta"]["result_count"], 0);
}

TEST(DirectMessages, AreRefusedWithTheNameOfTheParameter) {
    ApiClient api;
    for (const char *bad : {"?max_results=0", "?max_results=101", "?pagination_token=0123456789abcdef",
                            "?event_types=Nothing", "?surprise=1"})
        EXPECT_EQ(api.get(kConversation + bad).status, 400) << bad;
    EXPECT_EQ(api.get("/2/dm_conversations/12/dm_events").status, 400);
}

TEST(DirectMessages, AreMadeReadAndDeleted) {
    ApiClient api({"--dm-events", "0"});
    const auto group = api.post("/2/dm_conversations", {{"conversation_type", "Group"},
                                                        {"participant_ids", {"11", "12"}},
                                                        {"message", {{"text", "hello"}}}});
    ASSERT_EQ(group.status, 201) << group.body;
    const std::string conversation = group.body["data"]["dm_conversation_id"].text();
    EXPECT_EQ(api.post("/2/dm_conversations/" + conversation + "/messages",
                       {{"attachments", {{{"media_id", "5"}}}}})
                  .status,
              201);
    const Json listed =
        api.get("/2/dm_conversations/" + conversation + "/dm_events?dm_event.fields=attachments").body;
    ASSERT_EQ(listed["data"].size(), 3u);
    EXPECT_EQ(listed["data"][0]["attachments"]["media_keys"][0], "3_5");
    const std::string one = "/2/dm_events/" + group.body["data"]["dm_event_id"].get<std::string>();
    EXPECT_EQ(api.get(one).body["data"]["text"], "hello");
    EXPECT_EQ(api.remove(one).body["data"]["deleted"], true);
    EXPECT_EQ(api.get(one).body["errors"][0]["title"], "Not Found Error");
    EXPECT_EQ(api.post("/2/dm_conversations/" + conversation + "/messages", Json::object()).status, 400);
    EXPECT_EQ(api.post("/2/dm_conversations/1-2/messages", {{"text", "x"}}).status, 404);
    EXPECT_EQ(api.post("/2/dm_conversations", {{"conversation_type", "Group"},
                                               {"participant_ids", {"11"}},
                                               {"message", {{"text", "hello"}}}})
                  .status,
              400);
}

TEST(PageTokens, AreTakenBackOnlyAsTheyWereGiven) {
    for (const std::uint64_t rank : {std::uint64_t{0}, std::uint64_t{1}, UINT64_MAX}) {
        const std::string token = page_token({false, rank});
        EXPECT_EQ(token.size(), 16u);
        ASSERT_TRUE(parse_page_token(token));
        EXPECT_EQ(parse_page_token(token)->rank, rank);
        EXPECT_FALSE(parse_page_token(token)->forward);
        std::string changed = token;
        changed[5] = changed[5] == '0' ? '1' : '0';
        EXPECT_FALSE(parse_page_token(changed));
    }
    EXPECT_FALSE(parse_page_token(""));
}

} // namespace
} // namespace xtap::sim
