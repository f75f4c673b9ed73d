// What was delivered up to a position, as a checkpoint wants to know it.
#include "tap/delivered_log.hpp"

#include "stream/continuity/key_fold.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <stdexcept>
#include <thread>

namespace xtap::tap {

using namespace continuity;
using namespace event;
namespace {

constexpr std::int64_t kStart = 1'772'323'200'000, kSecond = 1'000, kKeep = 120'000;
constexpr std::uint32_t kPartition = 3;

std::int64_t at(std::int64_t seconds) { return kStart + seconds * kSecond; }

// The id of a post of that time.
std::uint64_t id_at(std::int64_t ms, std::uint64_t sequence = 0) {
    return static_cast<std::uint64_t>(ms - 1'288'834'974'657) << 22 | sequence;
}

Record post(std::int64_t ms, std::uint64_t sequence = 0, std::uint32_t partition = kPartition) {
    Record record{};
    record.kind = static_cast<std::uint32_t>(Kind::event_post);
    record.key[0] = record.id = id_at(ms, sequence);
    record.time_ms = ms;
    record.partition = partition;
    return record;
}

Record like(std::int64_t ms, std::uint64_t number) {
    Record record = post(ms);
    record.kind = static_cast<std::uint32_t>(Kind::event_like);
    record.key[0] = number;
    record.key[1] = 77;
    record.id = 0;
    return record;
}

Record notice() {
    Record record{};
    record.kind = static_cast<std::uint32_t>(Kind::notice_connected);
    record.time_ms = kNoTime;
    record.partition = kPartition;
    return record;
}

class DeliveredLogTest : public testing::Test {
protected:
    // Put, and delivered at once; the clock is the events' own.
    void deliver(const Record &record) { deliver(record, record.time_ms); }
    void deliver(const Record &record, std::int64_t now_ms) {
        ++put_;
        log_.delivered(record, now_ms - kStart);
    }
    void cover(std::int64_t through_ms, std::vector<Interval> holes = {}, std::vector<Interval> overlaps = {},
               std::uint32_t partition = kPartition) {
        log_.covered(partition, {through_ms, std::move(holes)}, std::move(overlaps), put_);
    }
    // Of the only partition.
    PartitionCheckpoint checkpoint(std::uint64_t upto) const {
        const std::vector<PartitionCheckpoint> all = log_.at(upto);
        EXPECT_EQ(all.size(), 1u);
        return all.empty() ? PartitionCheckpoint{} : all.front();
    }
    std::vector<std::uint64_t> keys(std::uint64_t upto) const {
        std::vector<std::uint64_t> found;
        for (const Key &key : checkpoint(upto).keys)
            found.push_back(key[0]);
        std::sort(found.begin(), found.end());
        return found;
    }
    // Posts one a second from `from` to before `to`, covered as they come.
    void live(std::int64_t from, std::int64_t to) {
        for (std::int64_t second = from; second < to; ++second) {
            deliver(post(at(second)));
            cover(at(second));
        }
    }

    DeliveredLog log_{kKeep};
    std::uint64_t put_ = 0;
};

TEST_F(DeliveredLogTest, KnowsNothingBeforeTheFirstCoverage) {
    EXPECT_EQ(log_.position(), 0u);
    EXPECT_EQ(log_.oldest(), 0u);
    EXPECT_TRUE(log_.at(0).empty());
    deliver(post(at(1)));
    EXPECT_EQ(log_.position(), 1u);
    EXPECT_TRUE(log_.at(1).empty());
}

TEST_F(DeliveredLogTest, ACheckpointHoldsTheCoverageOfItsPosition) {
    cover(at(0));
    live(1, 6);
    for (std::uint64_t upto = 0; upto <= 5; ++upto)
        EXPECT_EQ(checkpoint(upto).through_ms, at(static_cast<std::int64_t>(upto))) << upto;
    EXPECT_EQ(checkpoint(3).partition, kPartition);
}

TEST_F(DeliveredLogTest, ACheckpointHoldsTheKeysUpToItsPosition) {
    cover(at(0));
    live(1, 6);
    EXPECT_EQ(keys(0), std::vector<std::uint64_t>{});
    EXPECT_EQ(keys(1), std::vector<std::uint64_t>{id_at(at(1))});
    EXPECT_EQ(keys(3), (std::vector<std::uint64_t>{id_at(at(1)), id_at(at(2)), id_at(at(3))}));
    EXPECT_EQ(keys(5).size(), 5u);
}

TEST_F(DeliveredLogTest, CoverageCountsOnlyOnceItsRecordsAreDelivered) {
    cover(at(0));
    log_.covered(kPartition, {at(10), {}}, {}, 3); // put, not delivered
    log_.covered(kPartition, {at(20), {}}, {}, 5);
    for (std::uint64_t upto = 1; upto <= 6; ++upto) {
        deliver(post(at(static_cast<std::int64_t>(upto))));
        EXPECT_EQ(checkpoint(upto).through_ms, upto < 3 ? at(0) : upto < 5 ? at(10) : at(20)) << upto;
    }
    EXPECT_EQ(checkpoint(2).through_ms, at(0)) << "still";
    EXPECT_EQ(checkpoint(4).through_ms, at(10));
}

TEST_F(DeliveredLogTest, TheLastCoverageOfOnePlaceCounts) {
    cover(at(0));
    cover(at(1));
    deliver(post(at(2)));
    cover(at(2));
    cover(at(3), {{at(1), at(2)}});
    EXPECT_EQ(checkpoint(0).through_ms, at(1));
    EXPECT_EQ(checkpoint(1).through_ms, at(3));
    EXPECT_EQ(checkpoint(1).holes, (std::vector<Interval>{{at(1), at(2)}}));
    log_.covered(kPartition, {at(4), {}}, {}, 2);
    log_.covered(kPartition, {at(5), {}}, {}, 2);
    deliver(post(at(5)));
    EXPECT_EQ(checkpoint(2).through_ms, at(5));
}

TEST_F(DeliveredLogTest, NoticesTakeAPositionAndLeaveNoKey) {
    cover(at(0));
    deliver(notice(), at(1));
    deliver(post(at(1)));
    deliver(notice(), at(1));
    EXPECT_EQ(log_.position(), 3u);
    EXPECT_EQ(keys(3), std::vector<std::uint64_t>{id_at(at(1))});
}

TEST_F(DeliveredLogTest, WhatOvertookTheOthersMovesNoCoverage) {
    cover(at(0));
    log_.covered(kPartition, {at(9), {}}, {}, 2);
    deliver(post(at(1)));
    log_.overtaken(kSecond);
    EXPECT_EQ(log_.position(), 2u);
    EXPECT_EQ(checkpoint(2).through_ms, at(0)) << "two records were not delivered yet";
    deliver(post(at(2)));
    EXPECT_EQ(checkpoint(3).through_ms, at(9));
}

TEST_F(DeliveredLogTest, MalformedEventsLeaveNoKey) {
    cover(at(0));
    Record broken = post(at(1));
    broken.kind = static_cast<std::uint32_t>(Kind::event_malformed);
    deliver(broken);
    EXPECT_EQ(keys(1), std::vector<std::uint64_t>{});
}

TEST_F(DeliveredLogTest, WideKeysAreKeptFolded) {
    cover(at(0));
    deliver(like(at(1), 12));
    const PartitionCheckpoint one = checkpoint(1);
    EXPECT_TRUE(one.keys.empty());
    EXPECT_EQ(one.folds, std::vector<std::uint64_t>{fold_key({12, 77})});
}

TEST_F(DeliveredLogTest, EventsWithoutATimeAreKeptAsTheyMayBeOfAny) {
    cover(at(0));
    Record untimed = like(at(1), 5);
    untimed.time_ms = kNoTime;
    deliver(untimed, at(1));
    cover(at(400));
    EXPECT_EQ(checkpoint(1).folds.size(), 1u);
}

// Times are kept only from the first event on whose key does not tell its own.
TEST_F(DeliveredLogTest, TimesThatNoIdTellsCountBesideThoseThatIdsTell) {
    Record old = post(at(500));
    old.key[0] = old.id = 20; // from before ids told the time
    old.time_ms = at(1);
    deliver(post(at(0), 1));
    deliver(post(at(500), 2));
    deliver(old, at(500));
    deliver(like(at(1), 3), at(500));
    deliver(like(at(500), 4));
    cover(at(500));
    const PartitionCheckpoint made = checkpoint(5);
    EXPECT_EQ(made.keys, (std::vector<Key>{{id_at(at(500), 2), 0}}));
    EXPECT_EQ(made.folds, (std::vector<std::uint64_t>{fold_key({4, 77})}));
}

TEST_F(DeliveredLogTest, PartitionsAreKeptApart) {
    cover(at(0));
    cover(at(5), {}, {}, 7);
    deliver(post(at(1)));
    deliver(post(at(6), 0, 7));
    cover(at(6), {}, {}, 7);
    const std::vector<PartitionCheckpoint> all = log_.at(2);
    ASSERT_EQ(all.size(), 2u);
    EXPECT_EQ(all[0].partition, kPartition);
    EXPECT_EQ(all[0].through_ms, at(0));
    EXPECT_EQ(all[0].keys, (std::vector<Key>{{id_at(at(1)), 0}}));
    EXPECT_EQ(all[1].partition, 7u);
    EXPECT_EQ(all[1].through_ms, at(6));
    EXPECT_EQ(all[1].keys, (std::vector<Key>{{id_at(at(6)), 0}}));
}

// ---- forgetting ----

TEST_F(DeliveredLogTest, KeysOlderThanARepairCouldMeetAreLeftOut) {
    cover(at(0));
    live(1, 400);
    const std::vector<std::uint64_t> kept = keys(399);
    EXPECT_EQ(kept.front(), id_at(at(399 - 120)));
    EXPECT_EQ(kept.back(), id_at(at(399)));
    EXPECT_EQ(kept.size(), 121u);
}

TEST_F(DeliveredLogTest, OldPositionsAreForgottenAndSaidToBe) {
    cover(at(0));
    live(1, 6'000);
    const std::uint64_t oldest = log_.oldest();
    EXPECT_GT(oldest, 3'000u);
    EXPECT_LE(oldest, 5'999u - 120);
    for (const std::uint64_t upto : {oldest, oldest + 1, oldest + 100, std::uint64_t{5'999}}) {
        EXPECT_EQ(checkpoint(upto).through_ms, at(static_cast<std::int64_t>(upto))) << upto;
        EXPECT_EQ(keys(upto).back(), id_at(at(static_cast<std::int64_t>(upto)))) << upto;
    }
}

// A consumer commits what it had in hand for a while: the keys before that place are as complete as ever.
TEST_F(DeliveredLogTest, EveryPositionThatCanBeAskedForHasAllKeysBeforeIt) {
    cover(at(0));
    std::int64_t through_ms = at(0);
    for (std::int64_t ms = at(1); ms < at(600); ms += 20) {
        deliver(post(ms));
        if (ms - through_ms >= kSecond) cover(through_ms = ms);
    }
    const std::uint64_t last = log_.position(), oldest = log_.oldest();
    EXPECT_GT(oldest, last - 50 * 150);
    EXPECT_LT(oldest, last - 50 * 120);
    for (const std::uint64_t upto : {oldest, oldest + 3'000, last}) {
        const std::vector<std::uint64_t> kept = keys(upto);
        const std::int64_t from_ms = checkpoint(upto).through_ms - kKeep;
        EXPECT_LE(kept.front(), id_at(from_ms)) << upto;
        EXPECT_EQ(kept.back(), id_at(at(1) + (static_cast<std::int64_t>(upto) - 1) * 20)) << upto;
        EXPECT_GE(kept.size(), 6'000u) << upto;
    }
}

TEST_F(DeliveredLogTest, NothingIsForgottenWhileTimeStandsStill) {
    cover(at(0));
    for (int i = 0; i < 20'000; ++i)
        deliver(post(at(1), static_cast<std::uint64_t>(i)), at(1));
    EXPECT_EQ(log_.oldest(), 0u);
    cover(at(1));
    EXPECT_EQ(keys(20'000).size(), 20'000u);
    EXPECT_EQ(keys(12'345).size(), 12'345u);
}

TEST_F(DeliveredLogTest, KeysThatARepairToComeWillMeetAreKept) {
    cover(at(0));
    live(1, 100);
    const std::vector<Interval> hole = {{at(100), at(500)}};
    const std::vector<Interval> overlaps = {{at(90), at(120)}, {at(499), at(510)}};
    for (std::int64_t second = 500; second < 9'000; ++second) {
        deliver(post(at(second)));
        cover(at(second), hole, overlaps);
    }
    EXPECT_GT(log_.oldest(), 1'000u);
    const std::vector<std::uint64_t> kept = keys(log_.position());
    const auto has = [&](std::int64_t second) {
        return std::binary_search(kept.begin(), kept.end(), id_at(at(second)));
    };
    EXPECT_FALSE(has(80));
    for (std::int64_t second = 91; second < 100; ++second)
        EXPECT_TRUE(has(second)) << second;
    for (std::int64_t second = 500; second < 510; ++second)
        EXPECT_TRUE(has(second)) << second;
    EXPECT_FALSE(has(1'000));
    EXPECT_TRUE(has(8'990));

    // Repaired: the next time that anything is forgotten, these go too.
    for (std::int64_t second = 9'000; second < 12'000; ++second) {
        deliver(post(at(second)));
        cover(at(second));
    }
    const std::vector<std::uint64_t> left = keys(log_.position());
    EXPECT_EQ(left.front(), id_at(at(11'999 - 120)));
}

// One was cut and waits to be connected again; the others deliver on.
TEST_F(DeliveredLogTest, APartitionThatIsAwayKeepsItsKeysBesideABusyOne) {
    for (std::int64_t second = 1; second < 100; ++second) {
        deliver(post(at(second), 0, 7));
        cover(at(second), {}, {}, 7);
    }
    live(100, 9'000);
    EXPECT_GT(log_.oldest(), 1'000u);
    const std::vector<PartitionCheckpoint> all = log_.at(log_.position());
    ASSERT_EQ(all.size(), 2u);
    EXPECT_EQ(all[1].through_ms, at(99));
    EXPECT_EQ(all[1].keys.size(), 99u);
    EXPECT_EQ(all[0].keys.size(), 121u);
}

// Slower than the events happen: the keys of keep_ms of events take longer than keep_ms to deliver.
TEST_F(DeliveredLogTest, ASlowConsumerKeepsTheKeysByTheTimeOfTheEvents) {
    cover(at(0));
    std::int64_t now_ms = kStart;
    for (std::int64_t ms = at(0); ms < at(600); ms += 50) {
        deliver(post(ms), now_ms += 400);
        cover(ms);
    }
    EXPECT_GT(log_.oldest(), 1'000u);
    for (const std::uint64_t upto : {log_.oldest(), log_.position()}) {
        EXPECT_LE(keys(upto).front(), id_at(checkpoint(upto).through_ms - kKeep));
        EXPECT_GE(keys(upto).size(), 120u * 20);
        EXPECT_LE(keys(upto).size(), 121u * 20);
    }
}

// The consumer commits late what was delivered while a repair was still to be done.
TEST_F(DeliveredLogTest, PositionsBeforeTheEndOfARepairKeepTheKeysItWillMeet) {
    cover(at(0));
    live(1, 100);
    const std::vector<Interval> hole = {{at(100), at(500)}};
    const std::vector<Interval> overlaps = {{at(40), at(504)}};
    for (std::int64_t second = 500; second < 9'000; ++second) {
        deliver(post(at(second)));
        cover(at(second), hole, overlaps);
    }
    const std::uint64_t before_end = log_.position();
    for (std::int64_t ms = at(9'000); ms < at(9'100); ms += 20) { // 5,000 records in 100 s
        deliver(post(ms));
        cover(ms);
    }
    ASSERT_LE(log_.oldest(), before_end);
    const std::vector<std::uint64_t> kept = keys(before_end);
    for (std::int64_t second = 41; second < 100; ++second)
        EXPECT_TRUE(std::ranges::binary_search(kept, id_at(at(second)))) << second;
}

TEST_F(DeliveredLogTest, PositionsThatAreForgottenAreRefused) {
    cover(at(0));
    live(1, 6'000);
    EXPECT_THROW(log_.at(log_.oldest() - 1), std::out_of_range);
    EXPECT_NO_THROW(log_.at(log_.oldest()));
}

// Process after process that lives for three minutes while an old hole waits: only what the hole meets and
// the last stretch go on from life to life.
TEST_F(DeliveredLogTest, OfAnEarlierLifesKeysOnlyThoseAreCarriedOnThatWillBeMet) {
    PartitionCheckpoint before{.partition = kPartition, .through_ms = at(1'000)};
    before.holes = {{at(100), at(200)}};
    for (const std::int64_t second : {150, 900, 950})
        before.keys.push_back({id_at(at(second)), 0});
    log_.restore({before});
    const std::vector<Interval> overlaps = {{at(99), at(204)}};
    cover(at(1'000), before.holes, overlaps);
    EXPECT_EQ(keys(0).size(), 3u);
    deliver(post(at(1'050)));
    cover(at(1'050), before.holes, overlaps);
    EXPECT_EQ(keys(1), (std::vector<std::uint64_t>{id_at(at(150)), id_at(at(950)), id_at(at(1'050))}));
    deliver(post(at(1'100)));
    cover(at(1'100), before.holes, overlaps);
    EXPECT_EQ(keys(2), (std::vector<std::uint64_t>{id_at(at(150)), id_at(at(1'050)), id_at(at(1'100))}));
    deliver(post(at(1'200)));
    cover(at(1'200));
    EXPECT_EQ(keys(3), (std::vector<std::uint64_t>{id_at(at(1'100)), id_at(at(1'200))}));
}

TEST_F(DeliveredLogTest, AQuietPartitionKeepsItsCoverageBesideABusyOne) {
    cover(at(0), {}, {}, 7);
    cover(at(0));
    live(1, 6'000);
    const std::vector<PartitionCheckpoint> all = log_.at(log_.position());
    ASSERT_EQ(all.size(), 2u);
    EXPECT_EQ(all[1].partition, 7u);
    EXPECT_EQ(all[1].through_ms, at(0));
    ASSERT_EQ(log_.at(log_.oldest()).size(), 2u);
}

// ---- a resumed stream ----

TEST_F(DeliveredLogTest, BeforeAnythingIsDeliveredTheCheckpointIsTheOneRestored) {
    const PartitionCheckpoint before{.partition = kPartition,
                                     .through_ms = at(50),
                                     .holes = {{at(10), at(20)}},
                                     .keys = {{id_at(at(49)), 0}, {id_at(at(50)), 0}},
                                     .folds = {4711}};
    log_.restore({before});
    EXPECT_EQ(log_.at(0), std::vector<PartitionCheckpoint>{before});
    deliver(notice(), at(60));
    EXPECT_EQ(log_.at(1), std::vector<PartitionCheckpoint>{before});
}

TEST_F(DeliveredLogTest, RestoredKeysStayUntilNoRepairMeetsThemAnyMore) {
    log_.restore({{.partition = kPartition, .through_ms = at(50), .keys = {{id_at(at(49)), 0}}}});
    deliver(post(at(60)));
    cover(at(60));
    EXPECT_EQ(keys(1).size(), 2u);
    deliver(post(at(171)));
    cover(at(171));
    EXPECT_EQ(keys(2), (std::vector<std::uint64_t>{id_at(at(60)), id_at(at(171))}));
    EXPECT_EQ(keys(1).size(), 2u) << "of the earlier position they still count";
}

TEST_F(DeliveredLogTest, RestoredKeysStayWhileThereAreHoles) {
    log_.restore({{.partition = kPartition,
                   .through_ms = at(50),
                   .holes = {{at(10), at(20)}},
                   .keys = {{id_at(at(9)), 0}, {id_at(at(16)), 0}}}});
    deliver(post(at(400)));
    cover(at(400), {{at(15), at(20)}});
    EXPECT_EQ(keys(1), (std::vector<std::uint64_t>{id_at(at(16)), id_at(at(400))}));
    deliver(post(at(401)));
    cover(at(401));
    EXPECT_EQ(keys(2), (std::vector<std::uint64_t>{id_at(at(400)), id_at(at(401))}));
}

// ---- threads ----

// One fills, one delivers, one asks: a checkpoint never claims more than what was delivered up to it.
TEST(DeliveredLogThreads, ACheckpointNeverClaimsWhatIsNotDelivered) {
    constexpr std::int64_t kEvents = 30'000;
    DeliveredLog log(kKeep);
    std::atomic<std::int64_t> put{0};
    std::atomic<bool> over{false};
    std::thread fills([&] {
        for (std::int64_t n = 1; n <= kEvents; ++n) {
            put.store(n, std::memory_order_release);
            if (n % 3 == 0) log.covered(kPartition, {at(n), {}}, {}, static_cast<std::uint64_t>(n));
        }
    });
    std::thread delivers([&] {
        for (std::int64_t n = 1; n <= kEvents; ++n) {
            while (put.load(std::memory_order_acquire) < n)
                std::this_thread::yield();
            log.delivered(post(at(n)), n * kSecond);
        }
        over = true;
    });
    std::uint64_t asked = 0;
    while (!over) {
        const std::uint64_t upto = log.position();
        std::vector<PartitionCheckpoint> made;
        try {
            made = log.at(upto);
        } catch (const std::out_of_range &) {
            continue; // this thread was away for so long that the position is forgotten
        }
        for (const PartitionCheckpoint &one : made) {
            ++asked;
            ASSERT_LE(one.through_ms, at(static_cast<std::int64_t>(upto)));
            for (const Key &key : one.keys)
                ASSERT_LE(key[0], id_at(at(static_cast<std::int64_t>(upto))));
        }
        std::this_thread::yield();
    }
    fills.join();
    delivers.join();
    EXPECT_EQ(log.position(), static_cast<std::uint64_t>(kEvents));
    const std::vector<PartitionCheckpoint> last = log.at(kEvents);
    ASSERT_EQ(last.size(), 1u);
    EXPECT_EQ(last[0].through_ms, at(kEvents));
    EXPECT_EQ(last[0].keys.size(), 121u);
}

} // namespace
} // namespace xtap::tap
