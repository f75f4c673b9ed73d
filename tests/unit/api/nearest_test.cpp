// Suggestions: what is near, what is not, and that nothing given can make it slow or crash.
#include "api/nearest.hpp"

#include <gtest/gtest.h>

#include <string>

namespace xtap::api {
namespace {

constexpr std::string_view operation_ids[] = {
    "activityStream",        "streamPosts",         "streamPostsFirehose", "streamPostsFirehoseEn",
    "streamPostsFirehoseJa", "streamLikesFirehose", "streamPostsSample10"};
constexpr std::string_view names[] = {"partition", "backfill_minutes", "start_time",
                                      "end_time",  "tweet.fields",     "id"};

TEST(Nearest, FindsANameWithOneMistakeOfEachKind) {
    EXPECT_EQ(nearest("partitio", names), "partition");
    EXPECT_EQ(nearest("partitiion", names), "partition");
    EXPECT_EQ(nearest("partitoin", names), "partition");
    EXPECT_EQ(nearest("pertition", names), "partition");
}

TEST(Nearest, FindsANameInAnotherSpelling) {
    EXPECT_EQ(nearest("startTime", names), "start_time");
    EXPECT_EQ(nearest("tweet_fields", names), "tweet.fields");
    EXPECT_EQ(nearest("TWEET.FIELDS", names), "tweet.fields");
    EXPECT_EQ(nearest("StreamPostsFirehoseJA", operation_ids), "streamPostsFirehoseJa");
}

TEST(Nearest, FindsANameWithoutItsFrontItsEndOrItsMiddle) {
    EXPECT_EQ(nearest("firehoseJa", operation_ids), "streamPostsFirehoseJa");
    EXPECT_EQ(nearest("backfill", names), "backfill_minutes");
    EXPECT_EQ(nearest("streamFirehoseJa", operation_ids), "streamPostsFirehoseJa");
}

TEST(Nearest, FindsANameWithSomethingAdded) {
    EXPECT_EQ(nearest("streamPostsFirehoseJapanese", operation_ids), "streamPostsFirehoseJa");
    EXPECT_EQ(nearest("the_partition", names), "partition");
}

TEST(Nearest, PrefersTheFewestMistakesAndThenTheFirst) {
    EXPECT_EQ(nearest("streamPostsFirehoseE", operation_ids), "streamPostsFirehose");
    EXPECT_EQ(nearest("streamPostsFirehoseXa", operation_ids), "streamPostsFirehoseJa");
    EXPECT_EQ(nearest("firehose", operation_ids), "streamPostsFirehose");
}

TEST(Nearest, SuggestsNothingWhenNothingIsClose) {
    EXPECT_EQ(nearest("", names), "");
    EXPECT_EQ(nearest("zzz", names), "");
    EXPECT_EQ(nearest("color", names), "");
    EXPECT_EQ(nearest("xy", names), "") << "two wrong letters are no mistake of typing";
    EXPECT_EQ(nearest("partition", {}), "");
}

TEST(Nearest, AnswersAtOnceForAnEndlessName) {
    EXPECT_EQ(nearest(std::string(10'000'000, 'p'), names), "");
    EXPECT_EQ(nearest(std::string(96, 'p'), names), "");
}

TEST(Nearest, TakesAnyBytes) {
    for (int byte = 0; byte < 256; ++byte)
        EXPECT_NO_THROW(nearest(std::string(9, static_cast<char>(byte)), names));
    EXPECT_EQ(nearest("part\xfftion", names), "partition");
}

} // namespace
} // namespace xtap::api
