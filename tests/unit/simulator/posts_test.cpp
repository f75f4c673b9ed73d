// Posts that are made, read, searched, liked and deleted.
#include "api_client.hpp"

#include <set>

namespace xtap::sim {
namespace {

TEST(Posts, AreMadeReadAndDeleted) {
    ApiClient api;
    const auto made =
        api.post("/2/tweets", {{"text", "Hello 世界"}, {"reply", {{"in_reply_to_tweet_id", "12"}}}});
    ASSERT_EQ(made.status, 201) << made.body;
    const std::string path = "/2/tweets/" + made.body["data"]["id"].get<std::string>();
    const Json read = api.get(path).body["data"];
    EXPECT_EQ(read["text"], "Hello 世界");
    EXPECT_EQ(read["author_id"], "2244994945");
    EXPECT_EQ(read["referenced_tweets"][0]["id"], "12");
    EXPECT_EQ(api.remove(path).body["data"]["deleted"], true);
    EXPECT_EQ(api.remove(path).body["data"]["deleted"], false);
    EXPECT_EQ(api.get(path).body["errors"][0]["resource_type"], "tweet");
    EXPECT_EQ(api.post("/2/tweets", Json::object()).status, 400);
    EXPECT_EQ(api.post("/2/tweets", {{"text", "x"}, {"colour", "red"}}).status, 400);
    EXPECT_EQ(api.post("/2/tweets", {{"text", 5}}).status, 400);
}

TEST(Posts, OfWhichSomeAreMissingComeWithErrorsBesideThem) {
    ApiClient api;
    const std::string id = api.post("/2/tweets", {{"text", "x"}}).body["data"]["id"].text();
    const Json both = api.get("/2/tweets?ids=" + id + ",99").body;
    EXPECT_EQ(both["data"].size(), 1u);
    EXPECT_EQ(both["errors"][0]["value"], "99");
}

TEST(Posts, NeedAUser) {
    ApiClient api({"--token", "app", "--user-token", "user"});
    api.authorization = "Bearer app";
    EXPECT_EQ(api.post("/2/tweets", {{"text", "x"}}).status, 403);
    EXPECT_EQ(api.get("/2/users/me").status, 403);
    EXPECT_EQ(api.get("/2/tweets/search/recent?query=no").status, 200);
    api.authorization = "Bearer user";
    EXPECT_EQ(api.get("/2/users/me").body["data"]["id"], "2244994945");
}

TEST(Search, FindsEachPostOncePageByPage) {
    ApiClient api;
    std::set<std::string> seen;
    std::string token;
    do {
        const Json page = api.get("/2/tweets/search/recent?query=no&max_results=100" +
                                  (token.empty() ? "" : "&next_token=" + token))
                              .body;
        for (const Json &post : page["data"])
            EXPECT_TRUE(seen.insert(post["id"].text()).second);
        EXPECT_EQ(page["meta"]["newest_id"], page["data"].front()["id"]);
        EXPECT_EQ(page["meta"]["oldest_id"], page["data"].back()["id"]);
        token = page["meta"].value("next_token", "");
    } while (!token.empty());
    EXPECT_EQ(seen.size(), 250u);
    EXPECT_EQ(api.get("/2/tweets/search/recent?query=neverthere").body["meta"]["result_count"], 0);
    EXPECT_EQ(api.get("/2/tweets/search/recent?query=17").body["meta"]["result_count"], 1);
    EXPECT_EQ(
        api.get("/2/tweets/search/recent?query=no&since_id=" + *seen.rbegin()).body["meta"]["result_count"],
        0);
}

TEST(Search, RefusesWhatItCannotRead) {
    ApiClient api;
    for (const char *bad :
         {"", "?query=(x", "?query=x&max_results=9", "?query=x&start_time=now", "?query=x&next_token=1"})
        EXPECT_EQ(api.get("/2/tweets/search/recent" + std::string(bad)).status, 400) << bad;
}

TEST(Likes, AreGivenAndTakenBackByTheUserAlone) {
    ApiClient api;
    const std::string id = api.get("/2/tweets/search/recent?query=no").body["data"][0]["id"].text();
    EXPECT_EQ(api.post("/2/users/2244994945/likes", {{"tweet_id", id}}).body["data"]["liked"], true);
    EXPECT_EQ(api.remove("/2/users/2244994945/likes/" + id).body["data"]["liked"], false);
    EXPECT_EQ(api.post("/2/users/1/likes", {{"tweet_id", id}}).status, 403);
    EXPECT_EQ(api.post("/2/users/2244994945/likes", {{"tweet_id", "1"}}).status, 404);
}

} // namespace
} // namespace xtap::sim
