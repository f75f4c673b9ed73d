// The table as compiled in: the facts of every stream, finding and describing operations.
#include "api/operation.hpp"

#include "expect_failure.hpp"

#include <gtest/gtest.h>
#include <simdjson.h>

#include <algorithm>
#include <initializer_list>
#include <set>
#include <string>
#include <vector>

namespace xtap::api {
namespace {

using test::expect_failure;

struct Fact {
    std::string_view id, path;
    Kind kind;
    std::int32_t partitions, connect_budget;
    bool recovers;
};

// Written down from the API's description by hand, beside the table and not from it.
constexpr Fact facts[] = {
    {"activityStream", "/2/activity/stream", Kind::event_activity, 0, 450, true},
    {"streamLabelsCompliance", "/2/tweets/label/stream", Kind::event_label, 0, 50, true},
    {"streamLikesCompliance", "/2/likes/compliance/stream", Kind::event_like_compliance, 0, 50, true},
    {"streamLikesFirehose", "/2/likes/firehose/stream", Kind::event_like, 20, 50, true},
    {"streamLikesSample10", "/2/likes/sample10/stream", Kind::event_like, 2, 50, true},
    {"streamPosts", "/2/tweets/search/stream", Kind::event_post, 0, 50, true},
    {"streamPostsCompliance", "/2/tweets/compliance/stream", Kind::event_post_compliance, 4, 50, true},
    {"streamPostsFirehose", "/2/tweets/firehose/stream", Kind::event_post, 20, 50, true},
    {"streamPostsFirehoseEn", "/2/tweets/firehose/stream/lang/en", Kind::event_post, 8, 50, true},
    {"streamPostsFirehoseJa", "/2/tweets/firehose/stream/lang/ja", Kind::event_post, 2, 50, true},
    {"streamPostsFirehoseKo", "/2/tweets/firehose/stream/lang/ko", Kind::event_post, 2, 50, true},
    {"streamPostsFirehosePt", "/2/tweets/firehose/stream/lang/pt", Kind::event_post, 2, 50, true},
    {"streamPostsSample", "/2/tweets/sample/stream", Kind::event_post, 0, 50, false},
    {"streamPostsSample10", "/2/tweets/sample10/stream", Kind::event_post, 2, 100, true},
    {"streamPowerstream", "/2/powerstream", Kind::event_post, 0, 50, true},
    {"streamUsersCompliance", "/2/users/compliance/stream", Kind::event_user_compliance, 4, 50, true},
};

TEST(OperationTable, HoldsEveryStreamWithItsDocumentedFacts) {
    for (const Fact &fact : facts) {
        const Operation &operation = find_operation(fact.id);
        SCOPED_TRACE(operation.id);
        EXPECT_EQ(operation.id, fact.id);
        EXPECT_EQ(operation.path, fact.path);
        EXPECT_STREQ(operation.method, "GET");
        EXPECT_EQ(operation.event_kind, fact.kind);
        EXPECT_EQ(operation.partitions, fact.partitions);
        EXPECT_EQ(operation.connect_budget, fact.connect_budget);
        EXPECT_EQ(operation.recovers, fact.recovers);
        EXPECT_TRUE(operation.streaming);
        EXPECT_TRUE(operation.dropped.empty());
        ASSERT_EQ(operation.security.size(), 1u);
        EXPECT_EQ(operation.security[0].scheme, "bearer");
    }
    EXPECT_EQ(std::ranges::count_if(operations(), &Operation::streaming), std::ssize(facts));
}

TEST(OperationTable, IsOrderedByIdAndNamesNothingTwice) {
    std::set<std::string_view> names;
    std::string_view last;
    for (const Operation &operation : operations()) {
        EXPECT_LT(last, operation.id);
        last = operation.id;
        EXPECT_TRUE(names.insert(operation.id).second) << operation.id;
        for (const std::string_view alias : operation.aliases)
            EXPECT_TRUE(names.insert(alias).second) << alias;
    }
}

TEST(OperationTable, GivesEveryOperationASummaryOfOneLine) {
    for (const Operation &operation : operations()) {
        const std::string_view summary = operation.summary;
        EXPECT_GT(summary.size(), 10u) << operation.id;
        EXPECT_EQ(summary.find('\n'), std::string_view::npos) << operation.id;
    }
}

TEST(OperationTable, TakesBackfillOnEveryStreamUnderOneName) {
    for (const Operation &operation : operations()) {
        if (!operation.streaming) continue;
        const Parameter *backfill = operation.find_parameter("backfill_minutes");
        ASSERT_NE(backfill, nullptr) << operation.id;
        EXPECT_EQ(backfill->minimum, 0);
        EXPECT_EQ(backfill->maximum, 5);
        EXPECT_FALSE(backfill->required);
    }
}

TEST(OperationTable, RequiresThePartitionExactlyWhereTheStreamIsSplit) {
    for (const Operation &operation : operations()) {
        SCOPED_TRACE(operation.id);
        const Parameter *partition = operation.find_parameter("partition");
        ASSERT_EQ(partition != nullptr, operation.partitions > 0);
        if (partition == nullptr) continue;
        EXPECT_TRUE(partition->required);
        EXPECT_EQ(partition->minimum, 1);
        EXPECT_EQ(partition->maximum, operation.partitions);
        EXPECT_EQ(partition, &operation.parameters[0]) << "required parameters come first";
    }
}

TEST(OperationTable, RecoversExactlyWhereBothTimesAreTaken) {
    for (const Operation &operation : operations()) {
        if (!operation.streaming) continue;
        const bool both = operation.find_parameter("start_time") != nullptr &&
                          operation.find_parameter("end_time") != nullptr;
        EXPECT_EQ(operation.recovers, both) << operation.id;
    }
}

TEST(OperationTable, SpellsPowerstreamsParametersAsPowerstreamDoes) {
    const Operation &operation = find_operation("streamPowerstream");
    EXPECT_EQ(operation.find_parameter("backfill_minutes")->name, "backfillMinutes");
    EXPECT_EQ(operation.find_parameter("start_time")->name, "startTime");
    EXPECT_EQ(operation.find_parameter("end_time")->name, "endTime");
    EXPECT_EQ(operation.find_parameter("localDcOnly")->type, Type::boolean);
    EXPECT_EQ(operation.find_parameter("tweet.fields"), nullptr);
}

TEST(OperationTable, KnowsTheFieldsOfPostsUnderBothNames) {
    int streams = 0, others = 0;
    for (const Operation &operation : operations()) {
        const Parameter *fields = operation.find_parameter("post.fields");
        EXPECT_EQ(fields, operation.find_parameter("tweet.fields")) << operation.id;
        if (fields == nullptr || !fields->dropped.empty()) continue;
        ++(operation.streaming ? streams : others);
        EXPECT_EQ(fields->name, operation.streaming ? "tweet.fields" : "post.fields") << operation.id;
        EXPECT_EQ(fields->type, Type::list);
    }
    EXPECT_EQ(streams, 10);
    EXPECT_EQ(others, 35);
}

TEST(FindOperation, FindsAFormerId) {
    EXPECT_STREQ(find_operation("searchStream").id, "streamPosts");
    EXPECT_STREQ(find_operation("sampleStream").id, "streamPostsSample");
    EXPECT_STREQ(find_operation("getTweetsFirehoseStreamLangJa").id, "streamPostsFirehoseJa");
}

TEST(FindOperation, SuggestsTheNearestIdForATypingMistake) {
    const auto find = [](std::string_view id) { return [id] { find_operation(id); }; };
    expect_failure(Status::unknown_name, find("streamPostsFirehoesJa"), "\"streamPostsFirehoesJa\"",
                   "did you mean \"streamPostsFirehoseJa\"?");
    expect_failure(Status::unknown_name, find("firehoseJa"), "did you mean \"streamPostsFirehoseJa\"?");
    expect_failure(Status::unknown_name, find("STREAMPOSTS"), "did you mean \"streamPosts\"?");
}

TEST(FindOperation, SuggestsNothingForNoiseAndShowsItSafely) {
    const auto failure = test::failure_of([] { find_operation("\x1b[31m\n\xff"); });
    ASSERT_TRUE(failure);
    EXPECT_EQ(failure->message, R"(unknown operation "\x1b[31m\n\xff")");
    expect_failure(
        Status::unknown_name, [] { find_operation(""); }, "unknown operation \"\"");
}

TEST(FindOperation, ShowsOnlyTheFrontOfAnEndlessId) {
    const auto failure = test::failure_of([] { find_operation(std::string(1 << 20, 'x')); });
    ASSERT_TRUE(failure);
    EXPECT_LT(failure->message.size(), 120u);
}

// The keys of one description, after checking that it is valid JSON and speaks of `operation`.
std::vector<std::string> keys_of_description(const Operation &operation) {
    simdjson::dom::parser parser;
    simdjson::dom::object object;
    const std::string json = describe(operation);
    EXPECT_EQ(parser.parse(json).get_object().get(object), simdjson::SUCCESS) << json;
    EXPECT_EQ(std::string_view(object["id"]), operation.id);
    EXPECT_EQ(object["parameters"].get_array().size(), operation.parameters.size());
    std::vector<std::string> keys;
    for (const auto &field : object)
        keys.emplace_back(field.key);
    return keys;
}

TEST(DescribeOperation, IsValidJsonWithItsPermanentKeysInOrder) {
    for (const Operation &operation : operations()) {
        std::vector<std::string> expected = {"id", "aliases", "summary", "method", "path", "streaming"};
        const auto expect = [&](bool applies, std::initializer_list<const char *> keys) {
            if (applies) expected.insert(expected.end(), keys.begin(), keys.end());
        };
        expect(operation.streaming, {"event_kind", "connect_budget", "partitions", "recovers"});
        expect(!operation.dropped.empty(), {"dropped"});
        expect(!operation.bodies.empty(), {"body", "body_required"});
        expect(!operation.streaming, {"response"});
        expect(!operation.page_parameter.empty(), {"paging"});
        expect(!operation.rate_limits.empty(), {"rate_limits"});
        expect(true, {"security", "parameters"});
        EXPECT_EQ(keys_of_description(operation), expected) << operation.id;
    }
}

TEST(DescribeOperation, SaysWhatGoesOutAndWhatComesBack) {
    static constexpr RateLimit limits[] = {{"app", 450, 900}, {"user", 900, 900}};
    static constexpr Body bodies[] = {Body::json, Body::multipart};
    Operation operation = find_operation("getConnectionHistory");
    operation.bodies = bodies;
    operation.rate_limits = limits;
    const std::string json = describe(operation);
    EXPECT_NE(
        json.find(R"("streaming":false,"body":["json","multipart"],"body_required":false,"response":"json",)"
                  R"("paging":{"parameter":"pagination_token","token":"/meta/next_token"},)"
                  R"("rate_limits":[{"per":"app","requests":450,"window_s":900},)"
                  R"({"per":"user","requests":900,"window_s":900}],"security":[)"),
        std::string::npos)
        << json;
    EXPECT_NE(describe(find_operation("dmConversationsMediaDownload")).find(R"("response":"bytes")"),
              std::string::npos);
    EXPECT_NE(describe(find_operation("getOAuth2AuthorizeUrl")).find(R"("response":"local")"),
              std::string::npos);
}

TEST(DescribeOperation, SaysThePatternAndTheLengthsOfTextsAndLists) {
    const std::string many = describe(find_operation("getUsersByUsernames"));
    EXPECT_NE(many.find(R"("type":"list","required":true,"pattern":"^[A-Za-z0-9_]{1,15}$","max_items":100)"),
              std::string::npos)
        << many;
    const std::string token = describe(find_operation("createOAuth2Token"));
    EXPECT_NE(
        token.find(R"("in":"form","type":"text","required":false,"pattern":"^[A-Za-z0-9._~-]{43,128}$",)"
                   R"("min_length":43,"max_length":128)"),
        std::string::npos)
        << token;
}

TEST(DescribeOperation, SaysEverythingAboutAParameter) {
    const std::string json = describe(find_operation("streamPostsFirehoseJa"));
    EXPECT_NE(json.find(R"({"name":"partition","aliases":[],"in":"query","type":"integer","required":true,)"
                        R"("minimum":1,"maximum":2})"),
              std::string::npos)
        << json;
    EXPECT_NE(json.find(R"({"name":"poll.fields","aliases":[],"in":"query","type":"list","required":false,)"
                        R"("values":["duration_minutes","end_datetime","id","options","voting_status"]})"),
              std::string::npos)
        << json;
    EXPECT_NE(json.find(R"("aliases":["post.fields"])"), std::string::npos);
    EXPECT_NE(json.find(R"("note_post":"note_tweet")"), std::string::npos);
}

TEST(DescribeOperation, MarksWhatXDroppedAndLeavesOutWhatOnlyStreamsHave) {
    static constexpr std::string_view scopes[] = {"dm.read", "users.read"};
    static constexpr Security security[] = {{"oauth2", scopes}, {"oauth1", {}}};
    static constexpr Parameter parameters[] = {
        {"id", {}, Place::path, Type::text, true, INT64_MIN, INT64_MAX, {}, {}, "", ""},
        {"max_results", {}, Place::query, Type::integer, false, 1, INT64_MAX, {}, {}, "10", "3.1"}};
    static constexpr Operation operation{"getThing",
                                         {},
                                         "A \"thing\"",
                                         "GET",
                                         "/2/things/{id}",
                                         security,
                                         parameters,
                                         Kind::event_unread,
                                         0,
                                         0,
                                         false,
                                         false,
                                         "3.0"};
    EXPECT_EQ(
        describe(operation),
        R"({"id":"getThing","aliases":[],"summary":"A \"thing\"","method":"GET","path":"/2/things/{id}",)"
        R"("streaming":false,"dropped":"3.0","response":"json","security":[{"scheme":"oauth2","scopes":["dm.read","users.read"]},)"
        R"({"scheme":"oauth1","scopes":[]}],"parameters":[{"name":"id","aliases":[],"in":"path","type":"text",)"
        R"("required":true},{"name":"max_results","aliases":[],"in":"query","type":"integer","required":false,)"
        R"("minimum":1,"default":"10","dropped":"3.1"}]})");
}

} // namespace
} // namespace xtap::api
