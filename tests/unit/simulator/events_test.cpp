// Events of the simulator: valid JSON, numbered, unique, and the same every time.
#include "events.hpp"
#include "json/value.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <set>

namespace xtap::sim {
namespace {

const Timeline kTimeline(*parse_rfc3339("2026-03-01T00:00:00Z"), 1000);

std::string event(TemplateStore &store, const Operation &operation, unsigned partition,
                  std::uint64_t number) {
    EventSource source(store, operation, partition, kTimeline);
    std::string text;
    source.append(text, number);
    return text;
}

class EveryOperation : public testing::TestWithParam<Operation> {};

TEST_P(EveryOperation, MakesOneLineOfValidJsonPerEvent) {
    TemplateStore store(1);
    EventSource source(store, GetParam(), 1, kTimeline);
    for (std::uint64_t number = 1; number <= 2000; ++number) {
        std::string text;
        source.append(text, number);
        ASSERT_EQ(text.find_first_of("\r\n"), std::string::npos) << text;
        const auto parsed = Json::parse_or_null(text);
        ASSERT_TRUE(parsed.is_object()) << text;
    }
}

TEST_P(EveryOperation, GivesTheSameBytesForTheSameNumberWhateverCameBefore) {
    TemplateStore store(7), again(7);
    EventSource source(store, GetParam(), 1, kTimeline);
    std::string text;
    for (std::uint64_t number = 1; number <= 300; ++number) {
        text.clear();
        source.append(text, number);
    }
    EXPECT_EQ(text, event(again, GetParam(), 1, 300));
}

TEST_P(EveryOperation, GivesOtherEventsForAnotherSeed) {
    TemplateStore one(1), two(2);
    std::string first, second;
    for (std::uint64_t number = 1; number <= 20; ++number) {
        first += event(one, GetParam(), 1, number);
        second += event(two, GetParam(), 1, number);
    }
    EXPECT_NE(first, second);
}

INSTANTIATE_TEST_SUITE_P(Simulator, EveryOperation,
                         testing::ValuesIn(operations().begin(), operations().end()),
                         [](const auto &parameter) { return std::string(parameter.param.id); });

TEST(Posts, HaveIdsThatRiseAndNeverRepeatInAPartitionOrAcrossPartitions) {
    TemplateStore store(1);
    std::set<std::uint64_t> seen;
    for (unsigned partition : {1u, 2u, 20u}) {
        EventSource source(store, *operation_by_name("streamPostsFirehose"), partition,
                           Timeline(kTimeline.base(), 1'000'000));
        std::uint64_t last = 0;
        for (std::uint64_t number = 1; number <= 50'000; ++number) {
            const std::uint64_t id = source.snowflake(number);
            ASSERT_TRUE(seen.insert(id).second) << number;
            ASSERT_GE(id >> 22, last >> 22);
            last = id;
        }
    }
}

TEST(Posts, CarryTheirNumberInTheTextAndTheirTimeInTheId) {
    TemplateStore store(1);
    for (const char *name :
         {"streamPosts", "streamPostsFirehose", "streamPostsFirehoseJa", "streamPostsSample"}) {
        const auto parsed = Json::parse(event(store, *operation_by_name(name), 1, 123456));
        const std::string text = parsed["data"]["text"].text();
        EXPECT_TRUE(text.ends_with(" No. 123456")) << text;
        EXPECT_EQ(parsed["data"]["created_at"], "2026-03-01T00:02:03.456Z");
        const auto ms = (std::stoull(parsed["data"]["id"].get<std::string>()) >> 22) + 1288834974657;
        EXPECT_EQ(ms, kTimeline.time_of(123456) / 1000);
    }
}

TEST(Posts, OfALanguageAreWrittenInIt) {
    TemplateStore store(1);
    for (const auto &[name, code] :
         {std::pair("streamPostsFirehoseEn", "en"), std::pair("streamPostsFirehoseJa", "ja"),
          std::pair("streamPostsFirehoseKo", "ko"), std::pair("streamPostsFirehosePt", "pt")})
        for (std::uint64_t number = 1; number <= 100; ++number)
            EXPECT_EQ(Json::parse(event(store, *operation_by_name(name), 1, number))["data"]["lang"], code);
}

TEST(Posts, AreAboutAKilobyteInTheMiddle) {
    TemplateStore store(1);
    std::vector<std::size_t> sizes;
    for (std::uint64_t number = 1; number <= 2001; ++number)
        sizes.push_back(event(store, *operation_by_name("streamPostsFirehose"), 1, number).size());
    std::ranges::sort(sizes);
    EXPECT_GT(sizes[1000], 800u);
    EXPECT_LT(sizes[1000], 1300u);
}

TEST(Posts, HoldEverythingAReaderMustCopeWith) {
    TemplateStore store(1);
    std::string all;
    for (std::uint64_t number = 1; number <= 3000; ++number)
        all += event(store, *operation_by_name("streamPosts"), 0, number) + "\n";
    for (const char *part :
         {"\\ud83c", "\\/", "\\n", "\\\"", "\\\\", "🐈", "\"matching_rules\"", "\"entities\"", "\"polls\"",
          "\"places\"", "\"media\"", "\"tweets\"", "\"errors\"", "\"public_metrics\""})
        EXPECT_NE(all.find(part), std::string::npos) << part;
}

TEST(Likes, HaveIdsOf32HexadecimalDigitsThatEndInTheirNumber) {
    TemplateStore store(1);
    const auto parsed = Json::parse(event(store, *operation_by_name("streamLikesFirehose"), 3, 0xabc));
    const std::string id = parsed["data"]["id"].text();
    EXPECT_EQ(id.size(), 32u);
    EXPECT_EQ(id.find_first_not_of("0123456789abcdef"), std::string::npos);
    EXPECT_TRUE(id.ends_with("0000000000000abc"));
}

TEST(Activity, ComesInBothShapes) {
    TemplateStore store(1);
    int activity = 0, account = 0;
    for (std::uint64_t number = 1; number <= 500; ++number) {
        const auto parsed = Json::parse(event(store, *operation_by_name("activityStream"), 0, number));
        if (parsed.contains("for_user_id"))
            account += parsed["tweet_create_events"].is_array();
        else
            activity += parsed["data"]["event_uuid"].is_string() && parsed["data"]["payload"].is_object();
    }
    EXPECT_EQ(activity + account, 500);
    EXPECT_GT(account, 0);
    EXPECT_GT(activity, account);
}

} // namespace
} // namespace xtap::sim
