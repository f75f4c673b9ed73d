#include "client/repairs.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace xtap::client {
namespace {

using continuity::RepairBy;

TEST(Repairs, RunNoMoreRecoveriesThanAllowed) {
    Repairs repairs(2);
    EXPECT_TRUE(repairs.take("/one"));
    EXPECT_TRUE(repairs.take("/one"));
    EXPECT_FALSE(repairs.take("/one"));
    repairs.give_back("/one");
    EXPECT_TRUE(repairs.take("/one"));
    EXPECT_FALSE(repairs.take("/one"));
}

TEST(Repairs, CountEachEndpointByItself) {
    Repairs repairs(1);
    EXPECT_TRUE(repairs.take("/one"));
    EXPECT_TRUE(repairs.take("/two"));
    EXPECT_FALSE(repairs.take("/two"));
}

TEST(Repairs, RememberWhatWasRefusedByEndpointAndMeans) {
    Repairs repairs(1);
    EXPECT_FALSE(repairs.refused("/one", RepairBy::backfill));
    repairs.refuse("/one", RepairBy::backfill);
    EXPECT_TRUE(repairs.refused("/one", RepairBy::backfill));
    EXPECT_FALSE(repairs.refused("/one", RepairBy::recovery));
    EXPECT_FALSE(repairs.refused("/two", RepairBy::backfill));
    repairs.refuse("/one", RepairBy::recovery);
    EXPECT_TRUE(repairs.refused("/one", RepairBy::recovery));
    EXPECT_TRUE(repairs.take("/one")) << "whoever asks all the same is not held back here";
}

TEST(Repairs, AreSharedByThreads) {
    Repairs repairs(3);
    std::atomic<int> running{0}, most{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&] {
            for (int turn = 0; turn < 2'000; ++turn) {
                if (!repairs.take("/one")) continue;
                const int now = ++running;
                for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
                }
                --running;
                repairs.give_back("/one");
            }
        });
    for (std::thread &thread : threads)
        thread.join();
    EXPECT_GE(most, 1);
    EXPECT_LE(most, 3);
    EXPECT_TRUE(repairs.take("/one") && repairs.take("/one") && repairs.take("/one"));
}

} // namespace
} // namespace xtap::client
