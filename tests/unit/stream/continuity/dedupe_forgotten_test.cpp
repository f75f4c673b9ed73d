// The list of forgotten stretches, against a plain set of milliseconds.
#include "stream/continuity/dedupe_forgotten.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <vector>

namespace xtap::continuity {
namespace {

TEST(Forgotten, StretchesThatTouchOrOverlapBecomeOne) {
    Forgotten forgotten;
    forgotten.add({10, 20});
    forgotten.add({30, 40});
    forgotten.add({50, 60});
    EXPECT_EQ(forgotten.count(), 3U);
    forgotten.add({20, 30});
    EXPECT_EQ(forgotten.count(), 2U);
    forgotten.add({35, 70});
    EXPECT_EQ(forgotten.count(), 1U);
    EXPECT_FALSE(forgotten.contains(9));
    EXPECT_TRUE(forgotten.contains(10));
    EXPECT_TRUE(forgotten.contains(69));
    EXPECT_FALSE(forgotten.contains(70));
}

TEST(Forgotten, AnEmptyStretchIsNotForgotten) {
    Forgotten forgotten;
    forgotten.add({5, 5});
    forgotten.add({7, 6});
    EXPECT_EQ(forgotten.count(), 0U);
}

TEST(Forgotten, AgreesWithAPlainSetOfMilliseconds) {
    std::mt19937_64 random(1);
    for (int round = 0; round < 200; ++round) {
        Forgotten forgotten;
        std::vector<bool> plain(300);
        for (int i = 0; i < 40; ++i) {
            const std::int64_t from = static_cast<std::int64_t>(random() % 280);
            const Interval stretch{from, from + static_cast<std::int64_t>(random() % 12)};
            forgotten.add(stretch);
            for (std::int64_t ms = stretch.from_ms; ms < stretch.to_ms; ++ms)
                plain[static_cast<std::size_t>(ms)] = true;
            for (std::size_t ms = 0; ms < plain.size(); ++ms)
                ASSERT_EQ(forgotten.contains(static_cast<std::int64_t>(ms)), plain[ms]) << round << " " << ms;
        }
    }
}

TEST(Forgotten, WithTooManyStretchesTheNearestTwoAreJoined) {
    Forgotten forgotten;
    for (std::int64_t i = 0; i < 64; ++i)
        forgotten.add({i * 1000, i * 1000 + 10});
    forgotten.add({20'020, 20'030});
    EXPECT_EQ(forgotten.count(), Forgotten::kMost);
    EXPECT_TRUE(forgotten.contains(20'015));
    EXPECT_FALSE(forgotten.contains(21'015));
    forgotten.add({INT64_MIN, INT64_MIN + 1});
    forgotten.add({INT64_MAX - 1, INT64_MAX});
    EXPECT_EQ(forgotten.count(), Forgotten::kMost);
    for (std::int64_t i = 0; i < 64; ++i)
        EXPECT_TRUE(forgotten.contains(i * 1000 + 5));
}

} // namespace
} // namespace xtap::continuity
