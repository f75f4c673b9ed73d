// Times and numbers of the simulator.
#include "timeline.hpp"

#include <gtest/gtest.h>

namespace xtap::sim {
namespace {

TEST(Moment, ReadsDateTimesWithFractionsAndOffsets) {
    EXPECT_EQ(parse_rfc3339("1970-01-01T00:00:01Z"), 1'000'000);
    EXPECT_EQ(parse_rfc3339("1970-01-01T00:00:01.25Z"), 1'250'000);
    EXPECT_EQ(parse_rfc3339("1970-01-01T01:30:00+01:30"), 0);
    EXPECT_EQ(parse_rfc3339("2024-02-29T00:00:00Z"), 1'709'164'800'000'000);
}

TEST(Moment, RefusesWhatIsNoDateTime) {
    for (const char *text : {"", "now", "2026-03-01", "2026-03-01T00:00:00", "2026-02-29T00:00:00Z",
                             "2026-13-01T00:00:00Z", "2026-03-01T24:00:00Z", "2026-03-01T00:00:00.Z",
                             "2026-03-01T00:00:00+1:00", "2026-03-01 00:00:00Z"})
        EXPECT_FALSE(parse_rfc3339(text)) << text;
}

TEST(Moment, WritesBothFormatsOfTheApi) {
    MomentWriter writer;
    const Micros when = *parse_rfc3339("2026-03-01T12:34:56.789Z");
    EXPECT_EQ(writer.iso(when), "2026-03-01T12:34:56.789Z");
    EXPECT_EQ(writer.classic(when), "Sun Mar 01 12:34:56 +0000 2026");
    EXPECT_EQ(writer.iso(when + 1'000), "2026-03-01T12:34:56.790Z");
}

TEST(Timeline, FindsTheNumberOfATimeForAnyRate) {
    for (const double rate : {0.5, 1.0, 3.0, 7.0, 1000.0, 143'199.0, 5'000'000.0}) {
        const Timeline line(1'000'000'000, rate);
        for (const std::uint64_t number : {1ull, 2ull, 3ull, 999ull, 1'000'003ull, 9'000'000'000ull}) {
            const Micros when = line.time_of(number);
            const std::uint64_t first = line.first_at_or_after(when);
            EXPECT_LE(first, number);
            EXPECT_EQ(line.time_of(first), when) << rate << " " << number;
            if (first > 1) {
                EXPECT_LT(line.time_of(first - 1), when) << rate << " " << number;
            }
        }
    }
}

TEST(Timeline, CountsNothingBeforeItsBaseTime) {
    const Timeline line(1'000'000'000, 10);
    EXPECT_EQ(line.first_at_or_after(0), 1u);
    EXPECT_EQ(line.happened_by(1'000'000'000), 0u);
    EXPECT_EQ(line.happened_by(1'000'100'000), 1u);
}

} // namespace
} // namespace xtap::sim
