#include "api/date_time.hpp"

#include <gtest/gtest.h>

namespace xtap::api {
namespace {

TEST(DateTime, IsWrittenAsParametersHaveIt) {
    EXPECT_EQ(date_time(0), "1970-01-01T00:00:00Z");
    EXPECT_EQ(date_time(1'772'368'496'000), "2026-03-01T12:34:56Z");
    EXPECT_EQ(date_time(1'709'164'799'000), "2024-02-28T23:59:59Z");
    EXPECT_EQ(date_time(1'709'164'800'000), "2024-02-29T00:00:00Z");
    EXPECT_EQ(date_time(1'735'689'599'000), "2024-12-31T23:59:59Z");
}

TEST(DateTime, CutsTheRestOfASecondOff) {
    EXPECT_EQ(date_time(999), "1970-01-01T00:00:00Z");
    EXPECT_EQ(date_time(1'772'368'496'999), "2026-03-01T12:34:56Z");
    EXPECT_EQ(date_time(-1), "1969-12-31T23:59:59Z") << "towards the past before 1970 too";
}

TEST(DateTime, ReachesFromTheYear0To9999) {
    EXPECT_EQ(date_time(-62'167'219'200'000), "0000-01-01T00:00:00Z");
    EXPECT_EQ(date_time(253'402'300'799'999), "9999-12-31T23:59:59Z");
}

} // namespace
} // namespace xtap::api
