// The connect budget: never more connections in a window than X allows, whatever happens.
#include "stream/session/connect_budget.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <vector>

namespace xtap::session {
namespace {

constexpr std::int64_t kWindow = ConnectBudget::kWindowMs;

TEST(ConnectBudget, TheWindowIsAQuarterOfAnHour) { EXPECT_EQ(kWindow, 900'000); }

TEST(ConnectBudget, GivesAsManyAsTheLimitAndThenSaysHowLongToWait) {
    ConnectBudget budget(3);
    for (const std::int64_t at : {100, 200, 300})
        EXPECT_EQ(budget.take(at).wait_ms, 0);
    EXPECT_EQ(budget.used(300), 3);
    EXPECT_EQ(budget.take(300).wait_ms, kWindow - 200);
    EXPECT_EQ(budget.used(300), 3) << "who has to wait is not counted";
    EXPECT_EQ(budget.take(100 + kWindow - 1).wait_ms, 1);
    EXPECT_EQ(budget.take(100 + kWindow).wait_ms, 0);
    EXPECT_EQ(budget.take(100 + kWindow).wait_ms, 100);
}

TEST(ConnectBudget, WhoWaitsAsLongAsToldIsLetThrough) {
    ConnectBudget budget(5);
    std::int64_t now = 0;
    for (int i = 0; i < 50; ++i) {
        ConnectBudget::Turn turn = budget.take(now);
        if (turn.wait_ms > 0) {
            now += turn.wait_ms;
            turn = budget.take(now);
        }
        ASSERT_EQ(turn.wait_ms, 0);
        now += 7;
    }
}

TEST(ConnectBudget, WhatNeverReachedAServerDoesNotCount) {
    ConnectBudget budget(1);
    for (std::int64_t at = 0; at < 100; ++at) {
        const ConnectBudget::Turn turn = budget.take(at);
        ASSERT_EQ(turn.wait_ms, 0);
        budget.take_back(turn.taken_ms);
    }
    EXPECT_EQ(budget.used(100), 0);
}

TEST(ConnectBudget, TakingBackOneLeavesTheOthersWhereTheyAre) {
    ConnectBudget budget(2);
    const ConnectBudget::Turn slow = budget.take(0);
    EXPECT_EQ(budget.take(5000).wait_ms, 0);
    budget.take_back(slow.taken_ms);
    EXPECT_EQ(budget.take(6000).wait_ms, 0);
    EXPECT_EQ(budget.take(6000).wait_ms, kWindow - 1000) << "the one of 5000 still counts from 5000 on";
}

TEST(ConnectBudget, TakingBackWhatLeftTheWindowChangesNothing) {
    ConnectBudget budget(2);
    const ConnectBudget::Turn old = budget.take(0);
    EXPECT_EQ(budget.take(kWindow + 1).wait_ms, 0);
    budget.take_back(old.taken_ms);
    EXPECT_EQ(budget.used(kWindow + 1), 1);
}

TEST(ConnectBudget, ALimitOfNoughtIsNone) {
    ConnectBudget budget(0);
    for (int i = 0; i < 1000; ++i)
        ASSERT_EQ(budget.take(i).wait_ms, 0);
    EXPECT_EQ(budget.take(kWindow * 2).wait_ms, 0);
    EXPECT_EQ(budget.used(kWindow * 2), 1) << "old ones are forgotten";
}

// Several legs that connect, fail before they reach anybody, flap and wait, in a random order.
TEST(ConnectBudget, NoWindowEverHoldsMoreThanTheLimit) {
    for (std::uint32_t seed = 1; seed <= 40; ++seed) {
        std::mt19937 random(seed);
        const auto below = [&](std::int64_t bound) {
            return static_cast<std::int64_t>(random() % static_cast<std::uint32_t>(bound));
        };
        const auto limit = static_cast<std::int32_t>(1 + below(20));
        ConnectBudget budget(limit);
        std::vector<std::int64_t> undecided, reached;
        std::int64_t now = 0;
        for (int step = 0; step < 3000; ++step) {
            now += below(4) == 0 ? below(kWindow / 4) : below(2000);
            const ConnectBudget::Turn turn = budget.take(now);
            if (turn.wait_ms == 0)
                undecided.push_back(turn.taken_ms);
            else if (below(2) == 0)
                now += turn.wait_ms;
            if (!undecided.empty() && below(3) != 0) {
                const auto one = undecided.begin() + below(static_cast<std::int64_t>(undecided.size()));
                if (below(2) == 0)
                    budget.take_back(*one);
                else
                    reached.push_back(*one);
                undecided.erase(one);
            }
        }
        reached.insert(reached.end(), undecided.begin(), undecided.end());
        std::sort(reached.begin(), reached.end());
        const auto most = static_cast<std::size_t>(limit);
        for (std::size_t i = most; i < reached.size(); ++i)
            ASSERT_GE(reached[i] - reached[i - most], kWindow) << "seed " << seed << ", limit " << limit;
    }
}

} // namespace
} // namespace xtap::session
