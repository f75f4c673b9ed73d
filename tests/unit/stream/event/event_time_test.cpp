// Times out of ids and texts.
#include "stream/event/event_time.hpp"

#include <gtest/gtest.h>

namespace xtap::event {
namespace {

TEST(EventTime, ReadsTheTimeOfASnowflake) {
    EXPECT_EQ(snowflake_ms(1346889436626259968), 1609958440344);
    EXPECT_EQ(snowflake_ms(29'700'859'247), 1'288'834'974'657 + 7081);
}

TEST(EventTime, KnowsNoTimeOfIdsThatAreNoSnowflakes) {
    EXPECT_EQ(snowflake_ms(0), kTimeUnknown);
    EXPECT_EQ(snowflake_ms(29'700'859'246), kTimeUnknown);
    EXPECT_EQ(snowflake_ms(UINT64_MAX), kTimeUnknown);
    EXPECT_EQ(snowflake_ms(std::uint64_t{1} << 63), kTimeUnknown);
}

TEST(EventTime, ReadsRfc3339) {
    EXPECT_EQ(parse_time("1970-01-01T00:00:00Z"), 0);
    EXPECT_EQ(parse_time("2021-01-06T18:40:40.000Z"), 1609958440000);
    EXPECT_EQ(parse_time("2021-01-06T18:40:40.5Z"), 1609958440500);
    EXPECT_EQ(parse_time("2021-01-06T18:40:40.123456789Z"), 1609958440123);
    EXPECT_EQ(parse_time("2021-01-06T20:40:40+02:00"), 1609958440000);
    EXPECT_EQ(parse_time("2021-01-06t13:10:40-05:30"), 1609958440000);
    EXPECT_EQ(parse_time("2000-02-29T00:00:00Z"), 951782400000);
    EXPECT_EQ(parse_time("1969-12-31T23:59:59Z"), -1000);
    EXPECT_EQ(parse_time("2016-12-31T23:59:60Z"), 1483228800000);
    EXPECT_EQ(parse_time("0000-01-01T00:00:00Z"), -62167219200000);
    EXPECT_EQ(parse_time("9999-12-31T23:59:59Z"), 253402300799000);
}

TEST(EventTime, ReadsTheWrittenOutForm) {
    EXPECT_EQ(parse_time("Wed Jan 06 18:40:40 +0000 2021"), 1609958440000);
    EXPECT_EQ(parse_time("Wed Jan 06 20:40:40 +0200 2021"), 1609958440000);
    EXPECT_EQ(parse_time("Sat Feb 29 00:00:00 +0000 2020"), 1582934400000);
}

TEST(EventTime, RefusesEverythingElse) {
    for (const char *text : {"",
                             "x",
                             "2021",
                             "2021-01-06",
                             "2021-01-06T18:40:40",
                             "2021-13-06T18:40:40Z",
                             "2021-00-06T18:40:40Z",
                             "2021-02-29T18:40:40Z",
                             "1900-02-29T00:00:00Z",
                             "2021-01-00T18:40:40Z",
                             "2021-01-06T24:40:40Z",
                             "2021-01-06T18:60:40Z",
                             "2021-01-06T18:40:61Z",
                             "2021-01-06T18:40:40.Z",
                             "2021-01-06T18:40:40Zx",
                             "2021-01-06T18:40:40+0200",
                             "2021-01-06T18:40:40+24:00",
                             "21-01-06T18:40:40Z",
                             "Wed Jan 06 18:40:40 2021",
                             "Foo Jan 06 18:40:40 +0000 2021",
                             "Wed Foo 06 18:40:40 +0000 2021",
                             "Wed Feb 30 18:40:40 +0000 2021",
                             "Wed Jan 6 18:40:40 +0000 2021",
                             "Wed Jan 06 18:40:40 +0000 2021 "})
        EXPECT_EQ(parse_time(text), kTimeUnknown) << text;
}

} // namespace
} // namespace xtap::event
