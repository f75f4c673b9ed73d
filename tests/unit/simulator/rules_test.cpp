// Rules: their language, the operations on them, and the streams they filter.
#include "api_client.hpp"
#include "raw_client.hpp"
#include "rule_matcher.hpp"

#include <set>

namespace xtap::sim {
namespace {

const std::string kRules = "/2/tweets/search/stream/rules";

const PostFacts kPost = facts_of(Json::parse(R"({"data":{"text":"The quick brown Fox! 東京の雨 #Rain No. 77",
    "lang":"en","author_id":"5","entities":{"hashtags":[{"tag":"Rain"}],"mentions":[{"username":"Bob"}],
    "urls":[{"expanded_url":"https://example.com/a"}]},"referenced_tweets":[{"type":"quoted","id":"1"}]},
    "includes":{"users":[{"id":"5","username":"Alice","verified":true}],"media":[{"type":"photo"}]}})"));

bool matches(std::string_view rule) { return RuleExpression(rule).matches(kPost, 77); }

TEST(RuleLanguage, FindsWhatIsThere) {
    for (const char *rule : {"fox",
                             "FOX quick",
                             "\"quick brown\"",
                             "cat OR fox",
                             "(cat OR fox) -dog",
                             "from:alice",
                             "from:5",
                             "#rain",
                             "@bob",
                             "to:bob",
                             "fox lang:en",
                             "fox has:images has:media has:links has:hashtags",
                             "fox is:quote is:verified",
                             "url:example.com",
                             "url:\"example.com/a\"",
                             "東京",
                             "\"の雨\"",
                             "77",
                             "fox -(cat OR dog)",
                             "((fox))",
                             "cat OR dog OR (fox brown)"})
        EXPECT_TRUE(matches(rule)) << rule;
}

TEST(RuleLanguage, DoesNotFindWhatIsNot) {
    for (const char *rule :
         {"fo", "cat", "fox -quick", "\"brown quick\"", "from:bob", "#sun", "@alice", "fox lang:ja",
          "fox has:videos", "fox is:retweet", "78", "大阪", "fox cat OR dog"})
        EXPECT_FALSE(matches(rule)) << rule;
}

TEST(RuleLanguage, RefusesWhatCannotBeRead) {
    for (const char *rule : {"",
                             " ",
                             "(fox",
                             "fox)",
                             "()",
                             "\"fox",
                             "\"\"",
                             "OR fox",
                             "fox OR",
                             "-",
                             "fox -",
                             "has:cats fox",
                             "is:nice fox",
                             "from:",
                             "colour:red",
                             "-fox",
                             "lang:en",
                             "fox OR lang:en",
                             "#",
                             "fox (OR)"})
        EXPECT_THROW(RuleExpression{rule}, BadRule) << rule;
    EXPECT_THROW(RuleExpression{std::string(5000, '(')}, BadRule);
}

TEST(RuleOperations, AddListAndDelete) {
    ApiClient api;
    EXPECT_FALSE(api.get(kRules).body.contains("data"));
    const auto added =
        api.post(kRules, {{"add", {{{"value", "cat"}, {"tag", "cats"}}, {{"value", "dog -cat"}}}}});
    EXPECT_EQ(added.status, 201);
    EXPECT_EQ(added.body["meta"]["summary"],
              Json::parse(R"({"created":2,"not_created":0,"valid":2,"invalid":0})"));
    const Json listed = api.get(kRules).body;
    EXPECT_EQ(listed["data"], added.body["data"]);
    EXPECT_EQ(listed["data"][0]["tag"], "cats");
    EXPECT_FALSE(listed["data"][1].contains("tag"));
    EXPECT_EQ(listed["meta"]["result_count"], 2);
    const std::string id = listed["data"][0]["id"].text();
    EXPECT_EQ(api.get(kRules + "?ids=" + id).body["data"].size(), 1u);
    EXPECT_EQ(api.get(kRules + "/counts").body["data"]["client_app_rules_count"]["rule_count"], 2);
    const Json page = api.get(kRules + "?max_results=1").body;
    EXPECT_EQ(api.get(kRules + "?pagination_token=" + page["meta"]["next_token"].get<std::string>())
                  .body["data"][0]["value"],
              "dog -cat");
    EXPECT_EQ(api.post(kRules, {{"delete", {{"ids", {id, "1"}}}}}).body["meta"]["summary"],
              Json::parse(R"({"deleted":1,"not_deleted":1})"));
    EXPECT_EQ(api.post(kRules, {{"delete", {{"values", {"dog -cat"}}}}}).status, 200);
    EXPECT_EQ(api.get(kRules).body["meta"]["result_count"], 0);
}

TEST(RuleOperations, TellOfDuplicatesAndOfRulesTheyCannotRead) {
    ApiClient api;
    const Json first = api.post(kRules, {{"add", {{{"value", "cat"}}}}}).body;
    const auto again = api.post(kRules, {{"add", {{{"value", "cat"}}, {{"value", "dog"}}}}});
    EXPECT_EQ(again.status, 201);
    EXPECT_EQ(again.body["errors"][0]["title"], "DuplicateRule");
    EXPECT_EQ(again.body["errors"][0]["id"], first["data"][0]["id"]);
    EXPECT_EQ(again.body["meta"]["summary"]["not_created"], 1);
    const auto bad = api.post(kRules, {{"add", {{{"value", "(cat"}}, {{"value", "bird"}}}}});
    EXPECT_EQ(bad.status, 200);
    EXPECT_EQ(bad.body["errors"][0]["title"], "Invalid Rule");
    EXPECT_EQ(bad.body["meta"]["summary"],
              Json::parse(R"({"created":0,"not_created":2,"valid":1,"invalid":1})"));
    EXPECT_EQ(api.get(kRules).body["meta"]["result_count"], 2);
    for (const Json &body : {Json::object(), Json{{"add", Json::array()}}, Json{{"delete", {{"ids", {"x"}}}}},
                             Json{{"add", {{{"text", "x"}}}}}, Json{{"surprise", 1}}})
        EXPECT_EQ(api.post(kRules, body).status, 400) << body;
}

TEST(RuleOperations, ChangeNothingInADryRunAndAllWithDeleteAll) {
    ApiClient api;
    EXPECT_EQ(api.post(kRules + "?dry_run=true", {{"add", {{{"value", "cat"}}}}})
                  .body["meta"]["summary"]["created"],
              1);
    EXPECT_EQ(api.get(kRules).body["meta"]["result_count"], 0);
    api.post(kRules, {{"add", {{{"value", "cat"}}, {{"value", "dog"}}}}});
    api.post(kRules + "?dry_run=true", {{"delete", {{"values", {"cat"}}}}});
    EXPECT_EQ(api.get(kRules).body["meta"]["result_count"], 2);
    EXPECT_EQ(api.ask("POST", kRules + "?delete_all=true").body["meta"]["summary"]["deleted"], 2);
    EXPECT_EQ(api.get(kRules).body["meta"]["result_count"], 0);
}

TEST(RuleOperations, KeepToTheCap) {
    ApiClient api({"--most-rules", "1"});
    const auto refused = api.post(kRules, {{"add", {{{"value", "cat"}}, {{"value", "dog"}}}}});
    EXPECT_EQ(refused.status, 422);
    EXPECT_TRUE(refused.body["type"].get<std::string>().ends_with("/rule-cap"));
}

std::vector<Json> events_of(ApiClient &api, const std::string &path) {
    RawClient client(api.sim.port());
    client.get(path);
    client.read_to_end();
    std::vector<Json> events;
    std::istringstream lines(dechunked(client.wire_body()));
    for (std::string line; std::getline(lines, line);)
        if (line.size() > 2) events.push_back(Json::parse(line));
    return events;
}

TEST(FilteredStream, CarriesOnlyPostsThatMatchAndSaysWhichRulesDid) {
    ApiClient api({"--count", "3000", "--base-time", "2026-03-01T00:00:00Z"});
    const std::vector<Json> all = events_of(api, "/2/tweets/search/stream");
    EXPECT_EQ(all.size(), 3000u);
    const Json rules = api.post(kRules, {{"add",
                                          {{{"value", "no lang:ja"}, {"tag", "ja"}},
                                           {{"value", "no has:media"}, {"tag", "media"}},
                                           {{"value", "2999"}, {"tag", "late"}}}}})
                           .body["data"];
    std::size_t wanted = 0;
    for (const Json &event : all) {
        const std::string text = event["data"]["text"].text();
        if (event["data"]["lang"] == "ja" || event["includes"].contains("media") ||
            text.ends_with(" No. 2999"))
            ++wanted;
    }
    const std::vector<Json> some = events_of(api, "/2/tweets/search/stream");
    EXPECT_EQ(some.size(), wanted);
    EXPECT_LT(wanted, 2900u);
    std::set<std::string> tags;
    for (const Json &event : some) {
        ASSERT_FALSE(event["matching_rules"].empty());
        for (const Json &rule : event["matching_rules"]) {
            tags.insert(rule["tag"].text());
            if (rule["tag"] == "ja") {
                EXPECT_EQ(event["data"]["lang"], "ja");
                EXPECT_EQ(rule["id"], rules[0]["id"]);
            }
        }
    }
    EXPECT_EQ(tags, (std::set<std::string>{"ja", "media", "late"}));
}

TEST(FilteredStream, IsRefusedWithoutRulesOnceRulesAreUsed) {
    ApiClient api({"--count", "1"});
    EXPECT_EQ(api.get("/2/tweets/search/stream").status, 200);
    api.post(kRules, {{"add", {{{"value", "cat"}}}}});
    api.ask("POST", kRules + "?delete_all=true");
    const auto refused = api.get("/2/tweets/search/stream");
    EXPECT_EQ(refused.status, 409);
    EXPECT_EQ(refused.body["connection_issue"], "RuleConfigurationIssue");
    ApiClient strict({"--count", "1", "--filter", "on"});
    EXPECT_EQ(strict.get("/2/tweets/search/stream").status, 409);
}

TEST(FilteredStream, KeepsAliveWhileNothingMatches) {
    ApiClient api({"--keep-alive-ms", "1"});
    api.post(kRules, {{"add", {{{"value", "neverthere"}}}}});
    RawClient client(api.sim.port());
    client.get("/2/tweets/search/stream");
    EXPECT_TRUE(client.read_until("\r\n\r\n2\r\n\r\n\r\n"));
}

TEST(PowerstreamRules, AreAddedListedDeletedAndObeyed) {
    ApiClient api({"--count", "500"});
    const auto added =
        api.post("/2/powerstream/rules", {{"rules", {{{"value", "no lang:ja"}, {"tag", "t"}}}}});
    EXPECT_EQ(added.status, 201);
    const auto events = events_of(api, "/2/powerstream");
    ASSERT_GT(events.size(), 1u);
    EXPECT_LT(events.size(), 500u);
    for (std::size_t i = 1; i < events.size(); ++i) // the first is about the connection
        EXPECT_EQ(events[i]["lang"], "ja");
    EXPECT_EQ(api.get("/2/powerstream/rules").body["data"][0]["value"], "no lang:ja");
    EXPECT_EQ(api.remove("/2/powerstream/rules", {{"rules", {{{"value", "no lang:ja"}}}}}).status, 200);
    EXPECT_EQ(api.get("/2/powerstream/rules").body["meta"]["result_count"], 0);
}

} // namespace
} // namespace xtap::sim
