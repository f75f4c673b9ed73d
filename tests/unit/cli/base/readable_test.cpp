// Numbers, durations and times as people read them.
#include "cli/base/readable.hpp"

#include <gtest/gtest.h>

namespace xtap::cli {
namespace {

TEST(Figures, AreGroupedByThreeDigits) {
    EXPECT_EQ(grouped(0), "0");
    EXPECT_EQ(grouped(999), "999");
    EXPECT_EQ(grouped(1000), "1,000");
    EXPECT_EQ(grouped(12'345'678), "12,345,678");
    EXPECT_EQ(grouped(UINT64_MAX), "18,446,744,073,709,551,615");
}

TEST(Figures, ShowTimesInTheUnitThatReadsBest) {
    EXPECT_EQ(readable_ms(-5), "0 ms");
    EXPECT_EQ(readable_ms(999), "999 ms");
    EXPECT_EQ(readable_ms(12'340), "12.3 s");
    EXPECT_EQ(readable_ms(240'000), "4 min");
    EXPECT_EQ(readable_ms(3LL * 3'600'000), "3 h");
    EXPECT_EQ(readable_ms(2LL * 86'400'000), "2 d");
}

TEST(UtcTime, IsTheSameInEveryTimeZoneAndYear) {
    EXPECT_EQ(utc_time(0), "1970-01-01T00:00:00.000Z");
    EXPECT_EQ(utc_time(1784548800123), "2026-07-20T12:00:00.123Z");
    EXPECT_EQ(utc_time(1709164799999), "2024-02-28T23:59:59.999Z");
}

TEST(UtcTime, StaysInFourDigitYearsWhateverTheServerSaid) {
    EXPECT_EQ(utc_time(INT64_MIN), "1970-01-01T00:00:00.000Z");
    EXPECT_EQ(utc_time(INT64_MAX), "9999-12-31T23:59:59.999Z");
}

} // namespace
} // namespace xtap::cli
