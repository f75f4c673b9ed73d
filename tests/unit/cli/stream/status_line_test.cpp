// The status line's figures, with a clock of our own.
#include "cli/stream/status_line.hpp"

#include <gtest/gtest.h>

namespace xtap::cli {
namespace {

using std::chrono::milliseconds;
const Meter::TimePoint kStart{milliseconds(1'000'000)};

TEST(MeterTest, MeasuresOverTheLastSecondAndForgetsWhatWasBefore) {
    Meter meter(kStart);
    for (int refresh = 1; refresh <= 10; ++refresh) {
        meter.count(refresh <= 5 ? 1000 : 20, 2000);
        meter.sample(kStart + milliseconds(200 * refresh));
    }
    EXPECT_DOUBLE_EQ(meter.events_per_second(), 100);
    EXPECT_DOUBLE_EQ(meter.bytes_per_second(), 10'000);
    EXPECT_EQ(meter.events(), 5100u);
}

TEST(MeterTest, IsZeroBeforeAnyTimeHasPassed) {
    Meter meter(kStart);
    meter.count(5, 5);
    EXPECT_EQ(meter.events_per_second(), 0);
    meter.sample(kStart);
    EXPECT_EQ(meter.events_per_second(), 0);
}

Meter busy_meter() {
    Meter meter(kStart);
    meter.count(12'345, 12'600'000);
    meter.sample(kStart + milliseconds(1000));
    return meter;
}

TEST(StatusLine, ShowsStateRatesLagAndTotal) {
    EXPECT_EQ(status_line("streaming", busy_meter(), 850, 200),
              "streaming | 12,345 events/s | 12.6 MB/s | lag 850 ms | 12,345 events");
}

TEST(StatusLine, ShowsNoLagThatIsNotKnown) {
    EXPECT_NE(status_line("x", busy_meter(), std::nullopt, 200).find("lag - |"), std::string::npos);
}

TEST(StatusLine, IsCutToTheWidthOfTheTerminalBetweenCharacters) {
    EXPECT_EQ(status_line("streaming", busy_meter(), 850, 6), "stream");
    EXPECT_EQ(status_line("é日", busy_meter(), 850, 3), "é");
    EXPECT_EQ(status_line("streaming", busy_meter(), 850, 0), "");
}

TEST(StatusLine, ShowsGapsOnceThereAreSome) {
    Meter meter = busy_meter();
    meter.count_gap();
    EXPECT_TRUE(status_line("streaming", meter, 850, 200).ends_with("12,345 events | 1 gap"));
    meter.count_gap();
    EXPECT_TRUE(status_line("streaming", meter, 850, 200).ends_with("12,345 events | 2 gaps"));
    EXPECT_TRUE(summary(meter, milliseconds(2000)).ends_with("/s), 2 gaps"));
}

TEST(Summary, GivesTotalsAndAverages) {
    EXPECT_EQ(summary(busy_meter(), milliseconds(2000)),
              "12,345 events, 12.6 MB in 2.0 s (6,173 events/s, 6.3 MB/s)");
    EXPECT_EQ(summary(Meter(kStart), milliseconds(0)), "0 events, 0.0 MB in 0.0 s (0 events/s, 0.0 MB/s)");
}

} // namespace
} // namespace xtap::cli
