#include "stream/continuity/server_clock.hpp"

#include <gtest/gtest.h>

namespace xtap::continuity {
namespace {

// A machine that was started 50 s ago, by a server whose time is kServer then.
constexpr std::int64_t kMono = 50'000, kServer = 1'772'323'200'000;

TEST(ServerClock, IsOursUntilTheServerTellsIts) {
    const ServerClock clock(kServer, kMono);
    EXPECT_EQ(clock.at(kMono), kServer);
    EXPECT_EQ(clock.at(kMono + 1'234), kServer + 1'234);
    EXPECT_EQ(clock.at(kMono - 10), kServer - 10);
}

TEST(ServerClock, StaysWhileItAgreesWithTheWholeSecondsOfTheServer) {
    ServerClock clock(kServer + 700, kMono);
    clock.seen(kServer, kMono);
    EXPECT_EQ(clock.at(kMono), kServer + 700);
    clock.seen(kServer + 1'000, kMono + 1'000);
    EXPECT_EQ(clock.at(kMono), kServer + 700);
    // The answer was made at 999 ms at the latest, and travelled.
    ServerClock late(kServer + 1'499, kMono);
    late.seen(kServer, kMono);
    EXPECT_EQ(late.at(kMono), kServer + 1'499);
}

TEST(ServerClock, ThatIsWrongIsSetRight) {
    ServerClock behind(kServer - 3'600'000, kMono);
    behind.seen(kServer, kMono);
    EXPECT_EQ(behind.at(kMono), kServer);
    ServerClock ahead(kServer + 3'600'000, kMono);
    ahead.seen(kServer, kMono);
    EXPECT_EQ(ahead.at(kMono), kServer + 1'499);
}

TEST(ServerClock, ComesCloserWithEveryAnswer) {
    ServerClock clock(0, kMono);
    const std::int64_t truth = kServer + 900; // cut to whole seconds in each answer
    for (std::int64_t after = 0; after < 1'000; after += 100)
        clock.seen((truth + after) / 1'000 * 1'000, kMono + after);
    EXPECT_LE(clock.at(kMono), truth + 500);
    EXPECT_GE(clock.at(kMono), truth - 100);
}

} // namespace
} // namespace xtap::continuity
