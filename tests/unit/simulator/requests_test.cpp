// What a streaming request asks for, and what is wrong with it.
#include "requests.hpp"
#include "json/value.hpp"

#include <gtest/gtest.h>

namespace xtap::sim {
namespace {

const Micros kBase = *parse_rfc3339("2026-03-01T00:00:00Z");
constexpr Micros kSecond = 1'000'000;

std::variant<StreamPlan, Answer> plan(const char *operation, const Query &query, Settings settings = {}) {
    return plan_stream(*operation_by_name(operation), query, settings, Timeline(kBase, settings.rate),
                       kBase + 600 * kSecond);
}

StreamPlan good(const char *operation, const Query &query, Settings settings = {}) {
    const auto made = plan(operation, query, std::move(settings));
    EXPECT_TRUE(std::holds_alternative<StreamPlan>(made)) << std::get<Answer>(made).body;
    return std::get<StreamPlan>(made);
}

void expect_refused(const char *operation, const Query &query, const std::string &parameter) {
    const auto made = plan(operation, query);
    ASSERT_TRUE(std::holds_alternative<Answer>(made)) << parameter;
    const auto &answer = std::get<Answer>(made);
    EXPECT_EQ(answer.status, 400);
    const auto body = Json::parse(answer.body);
    EXPECT_TRUE(body["errors"][0]["parameters"].contains(parameter)) << answer.body;
}

Settings at_rate(double rate) {
    Settings settings;
    settings.rate = rate;
    return settings;
}

TEST(StreamRequest, NeedsAPartitionInRangeWhereTheOperationHasOne) {
    expect_refused("streamPostsFirehose", {}, "partition");
    expect_refused("streamPostsFirehose", {{"partition", "0"}}, "partition");
    expect_refused("streamPostsFirehose", {{"partition", "21"}}, "partition");
    expect_refused("streamPostsFirehoseEn", {{"partition", "9"}}, "partition");
    expect_refused("streamPostsFirehose", {{"partition", "1x"}}, "partition");
    EXPECT_EQ(good("streamPostsFirehose", {{"partition", "20"}}).partition, 20u);
    EXPECT_EQ(good("streamPosts", {}).partition, 0u);
}

TEST(StreamRequest, MayLeaveThePartitionOutWhenTheCheckIsOff) {
    Settings settings;
    settings.check_partitions = false;
    EXPECT_EQ(good("streamPostsFirehose", {}, settings).partition, 1u);
}

TEST(StreamRequest, NamesTheParameterThatIsWrong) {
    expect_refused("streamPosts", {{"partition", "1"}}, "partition");
    expect_refused("streamPosts", {{"backfill_minutes", "6"}}, "backfill_minutes");
    expect_refused("streamPosts", {{"backfill_minutes", "-1"}}, "backfill_minutes");
    expect_refused("streamPosts", {{"start_time", "yesterday"}}, "start_time");
    expect_refused("streamPosts", {{"end_time", "2026-03-01"}}, "end_time");
    expect_refused("streamPostsSample", {{"start_time", "2026-03-01T00:00:00Z"}}, "start_time");
    expect_refused("streamPosts", {{"delay_ms", "5"}}, "delay_ms");
    expect_refused("streamPosts", {{"backfill_minutes", "1"}, {"backfill_minutes", "2"}}, "backfill_minutes");
    expect_refused("streamPowerstream", {{"backfill_minutes", "1"}}, "backfill_minutes");
    expect_refused("streamPosts",
                   {{"start_time", "2026-03-01T01:00:00Z"}, {"end_time", "2026-03-01T00:00:00Z"}},
                   "end_time");
}

TEST(StreamRequest, TakesTheFieldListsOfBothDialects) {
    good("streamPosts", {{"tweet.fields", "id,text"}, {"expansions", "author_id"}});
    good("streamPosts", {{"post.fields", "id,text"}});
    good("streamPowerstream", {{"backfillMinutes", "1"}, {"localDcOnly", "true"}});
}

TEST(StreamRequest, StartsWhereTheSharedClockIsAndEarlierWithBackfill) {
    EXPECT_EQ(good("streamPosts", {}, at_rate(10)).first, 6001u);
    EXPECT_EQ(good("streamPosts", {{"backfill_minutes", "5"}}, at_rate(10)).first, 3000u);
    EXPECT_EQ(good("streamPosts", {}).first, 1u);
}

TEST(StreamRequest, ReplaysTheNumbersOfATimeRange) {
    const StreamPlan made =
        good("streamPosts", {{"start_time", "2026-03-01T00:01:00Z"}, {"end_time", "2026-03-01T00:02:00Z"}},
             at_rate(10));
    EXPECT_EQ(made.first, 600u);
    EXPECT_EQ(made.last, 1199u);
}

TEST(StreamRequest, FindsNothingInATimeBeforeTheFirstEvent) {
    const StreamPlan made =
        good("streamPosts", {{"start_time", "2026-02-01T00:00:00Z"}, {"end_time", "2026-02-02T00:00:00Z"}},
             at_rate(10));
    EXPECT_EQ(made.first, 1u);
    EXPECT_EQ(made.last, 0u);
}

TEST(StreamRequest, EndsAfterTheCountOfTheCommandLine) {
    Settings settings;
    settings.count = 10;
    settings.from = 5;
    const StreamPlan made = good("streamPosts", {}, settings);
    EXPECT_EQ(made.first, 5u);
    EXPECT_EQ(made.count, 10u);
}

} // namespace
} // namespace xtap::sim
