// Dedupe: what is known, what is forgotten and when, against a plain set of keys; and what memory it takes.
#include "stream/continuity/dedupe.hpp"

#include "stream/event/event_time.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <set>
#include <vector>

namespace xtap::continuity {
namespace {

using Seen = Dedupe::Seen;

constexpr std::int64_t kNow = 1'700'000'000'000;
constexpr std::int64_t kMinute = 60'000;
constexpr std::int64_t kYear = 365 * 24 * 60 * kMinute;
constexpr std::size_t kPlenty = std::size_t{64} << 20;

Key post(std::int64_t time_ms, std::uint64_t number = 0) {
    return {static_cast<std::uint64_t>(time_ms - event::kSnowflakeEpochMs) << 22 | number, 0};
}

Key other(std::uint64_t number) { return {number * 0x9E3779B97F4A7C15 + 1, number + 1}; }

Dedupe ten_minutes(std::size_t max_bytes = kPlenty) { return Dedupe({10 * kMinute, max_bytes, 7}); }

TEST(Dedupe, KnowsAKeyFromItsSecondTimeOn) {
    Dedupe seen = ten_minutes();
    EXPECT_EQ(seen.add(post(kNow), kNow), Seen::fresh);
    EXPECT_EQ(seen.add(post(kNow), kNow), Seen::known);
    EXPECT_EQ(seen.add(other(1), kNow), Seen::fresh);
    EXPECT_EQ(seen.add(other(1), kNow), Seen::known);
    EXPECT_EQ(seen.add({other(1)[0], 3}, kNow), Seen::fresh);
    EXPECT_EQ(seen.size(), 3U);
}

TEST(Dedupe, TakesThePostsTimeFromItsIdWhateverElseIsSaid) {
    Dedupe seen = ten_minutes();
    EXPECT_EQ(seen.add(post(kNow), kNow), Seen::fresh);
    EXPECT_EQ(seen.add(post(kNow), kNow + 5 * kMinute), Seen::known);
    EXPECT_EQ(seen.add(post(kNow), event::kTimeUnknown), Seen::known);
}

TEST(Dedupe, TellsApartPostsThatShareTheLowerHalfOfTheirIds) {
    Dedupe seen = ten_minutes();
    for (std::uint64_t upper = 0; upper < 100; ++upper)
        EXPECT_EQ(seen.add({post(kNow)[0] + (upper << 32), 0}, kNow), Seen::fresh);
    for (std::uint64_t upper = 0; upper < 100; ++upper)
        EXPECT_EQ(seen.add({post(kNow)[0] + (upper << 32), 0}, kNow), Seen::known);
}

TEST(Dedupe, KnowsThePostWhoseLowerHalfIsZero) {
    Dedupe seen = ten_minutes();
    const Key even{post(kNow)[0] >> 32 << 32, 0};
    EXPECT_EQ(seen.add(even, kNow), Seen::fresh);
    EXPECT_EQ(seen.add(even, kNow), Seen::known);
    EXPECT_EQ(seen.add({even[0] + 1, 0}, kNow), Seen::fresh);
}

TEST(Dedupe, KnowsPostsFromBeforeSnowflakesByTheTimeTheyAreGiven) {
    Dedupe seen = ten_minutes();
    EXPECT_EQ(seen.add({20, 0}, 1'142'974'214'000), Seen::fresh);
    EXPECT_EQ(seen.add({20, 0}, 1'142'974'214'000), Seen::known);
}

TEST(Dedupe, SaysMaybeOfTimesWhoseKeysItForgotForTheirAge) {
    Dedupe seen = ten_minutes();
    seen.add(post(kNow), kNow);
    for (std::int64_t ms = kNow; ms <= kNow + 12 * kMinute; ms += 1000)
        seen.add(post(ms, 1), ms);
    EXPECT_EQ(seen.add(post(kNow), kNow), Seen::maybe);
    EXPECT_EQ(seen.add(post(kNow, 2), kNow), Seen::maybe);
    EXPECT_EQ(seen.add(post(kNow, 2), kNow), Seen::known);
    EXPECT_EQ(seen.add(post(kNow + 12 * kMinute, 2), 0), Seen::fresh);
}

TEST(Dedupe, DoesNotCallAStretchForgottenThatNeverHadKeys) {
    Dedupe seen = ten_minutes();
    for (std::int64_t ms = kNow; ms <= kNow + 12 * kMinute; ms += 1000)
        seen.add(post(ms), ms);
    EXPECT_EQ(seen.add(post(kNow - 3 * kMinute), kNow), Seen::fresh);
}

TEST(Dedupe, KeepsWhatIsPinnedUntilItNoLongerIs) {
    Dedupe seen = ten_minutes();
    seen.add(post(kNow), kNow);
    seen.pin({{kNow - 10, kNow + 10}});
    for (std::int64_t ms = kNow; ms <= kNow + 30 * kMinute; ms += 1000)
        seen.add(post(ms, 1), ms);
    EXPECT_EQ(seen.add(post(kNow), kNow), Seen::known);
    EXPECT_EQ(seen.add(post(kNow + kMinute, 5), kNow), Seen::maybe);
    seen.pin({});
    EXPECT_EQ(seen.add(post(kNow), kNow), Seen::maybe);
}

TEST(Dedupe, KeepsEventsOfAPinnedStretchByTheirTimeHoweverOldItIs) {
    Dedupe seen = ten_minutes();
    const std::int64_t yesterday = kNow - 24 * 60 * kMinute;
    seen.pin({{yesterday, yesterday + 60 * kMinute}});
    seen.add(post(kNow), kNow);
    for (std::int64_t ms = yesterday; ms < yesterday + 60 * kMinute; ms += 100)
        ASSERT_EQ(seen.add(post(ms), ms), Seen::fresh);
    for (std::int64_t ms = yesterday; ms < yesterday + 60 * kMinute; ms += 100)
        ASSERT_EQ(seen.add(post(ms), ms), Seen::known);
    EXPECT_EQ(seen.add(post(kNow), kNow), Seen::known);
}

// An hour without a connection: what comes then is pinned, because repairs will bring it again.
TEST(Dedupe, TheFrontFollowsEventsThatArePinnedWhereTheyAreYounger) {
    Dedupe seen = ten_minutes();
    const std::int64_t back = kNow + 60 * kMinute;
    seen.add(post(kNow), kNow);
    seen.pin({{back - 5 * kMinute, back + 5 * kMinute}});
    for (std::int64_t ms = back; ms < back + 100; ++ms)
        ASSERT_EQ(seen.add(post(ms), ms), Seen::fresh);
    EXPECT_EQ(seen.add(post(kNow), kNow), Seen::maybe) << "older than the window";
    for (std::int64_t ms = back; ms < back + 100; ++ms)
        ASSERT_EQ(seen.add(post(ms), ms), Seen::known);
}

TEST(Dedupe, ForgetsTheOldestUnpinnedFirstWhenMemoryRunsOut) {
    Dedupe seen = ten_minutes(400'000);
    seen.pin({{kNow, kNow + 1024}});
    for (std::uint64_t i = 0; i < 1000; ++i)
        seen.add(post(kNow, i), kNow);
    for (std::int64_t ms = kNow + 5000; ms < kNow + 5 * kMinute; ms += 2) {
        seen.add(post(ms), ms);
        ASSERT_LE(seen.bytes(), 400'000U);
    }
    EXPECT_EQ(seen.add(post(kNow, 5), kNow), Seen::known);
    EXPECT_EQ(seen.add(post(kNow + 5000), kNow), Seen::maybe);
    EXPECT_EQ(seen.add(post(kNow + 5 * kMinute - 2), kNow), Seen::known);
}

TEST(Dedupe, ForgetsEvenPinnedKeysWhenAllArePinnedAndMemoryRunsOut) {
    Dedupe seen = ten_minutes(100'000);
    seen.pin({{kNow - kYear, kNow + kYear}});
    for (std::uint64_t i = 0; i < 100'000; ++i)
        seen.add(other(i), kNow + static_cast<std::int64_t>(i) * 10);
    EXPECT_LE(seen.bytes(), 100'000U);
    EXPECT_EQ(seen.add(other(0), kNow), Seen::maybe);
    EXPECT_EQ(seen.add(other(99'999), kNow + 999'990), Seen::known);
}

TEST(Dedupe, WorksWithoutAnyMemoryToKeepKeysIn) {
    Dedupe seen = ten_minutes(0);
    EXPECT_EQ(seen.add(post(kNow), kNow), Seen::fresh);
    EXPECT_EQ(seen.add(post(kNow), kNow), Seen::maybe);
    EXPECT_EQ(seen.add(other(1), event::kTimeUnknown), Seen::fresh);
    EXPECT_EQ(seen.size(), 0U);
    EXPECT_EQ(seen.bytes(), 0U);
}

TEST(Dedupe, OneEventFromAnotherCenturyMakesItForgetNothing) {
    Dedupe seen = ten_minutes();
    seen.add(post(kNow), kNow);
    seen.add(other(1), kNow + 76 * kYear);
    seen.add(other(2), 0);
    seen.add(other(3), INT64_MAX);
    seen.add(other(4), INT64_MIN + 1);
    EXPECT_EQ(seen.add(post(kNow), kNow), Seen::known);
    EXPECT_EQ(seen.add(other(1), kNow + 76 * kYear), Seen::known);
    EXPECT_EQ(seen.add(other(2), 0), Seen::known);
    EXPECT_EQ(seen.add(other(3), INT64_MAX), Seen::known);
    EXPECT_EQ(seen.add(other(4), INT64_MIN + 1), Seen::known);
}

TEST(Dedupe, AFirstEventWithAWildTimeIsGotOver) {
    Dedupe seen = ten_minutes();
    seen.add(other(0), kNow + 76 * kYear);
    for (std::uint64_t round = 0; round < 2; ++round)
        for (std::uint64_t i = 1; i < 1000; ++i)
            ASSERT_EQ(seen.add(post(kNow, i), kNow), round == 0 ? Seen::fresh : Seen::known);
    EXPECT_EQ(seen.add(other(0), kNow + 76 * kYear), Seen::known);
}

TEST(Dedupe, WildTimesInAnyNumberPushOutNoKeyWithARightOne) {
    constexpr std::size_t most = 2'000'000;
    Dedupe seen = ten_minutes(most);
    std::mt19937_64 random(3);
    for (std::uint64_t i = 0; i < 100'000; ++i)
        seen.add(post(kNow + static_cast<std::int64_t>(i), 1), kNow);
    for (std::uint64_t i = 0; i < 500'000; ++i) {
        const std::int64_t wild[] = {0, 4'102'444'800'000, event::kTimeUnknown,
                                     static_cast<std::int64_t>(random())};
        seen.add(other(i), wild[random() % 4]);
        if (i % 50 == 0) seen.add(post(kNow + 100'000, i), kNow);
        ASSERT_LE(seen.bytes(), most);
    }
    for (std::uint64_t i = 0; i < 100'000; ++i)
        ASSERT_EQ(seen.add(post(kNow + static_cast<std::int64_t>(i), 1), kNow), Seen::known);
}

TEST(Dedupe, EventsWithoutATimeAreKnownUntilTheWindowHasPassed) {
    Dedupe seen = ten_minutes();
    seen.add(other(1), event::kTimeUnknown);
    for (std::int64_t ms = kNow; ms <= kNow + 9 * kMinute; ms += 1000)
        seen.add(post(ms), ms);
    EXPECT_EQ(seen.add(other(1), event::kTimeUnknown), Seen::known);
    for (std::int64_t ms = kNow + 9 * kMinute; ms <= kNow + 25 * kMinute; ms += 1000)
        seen.add(post(ms), ms);
    EXPECT_EQ(seen.add(other(1), event::kTimeUnknown), Seen::fresh);
}

TEST(Dedupe, EventsWithoutATimeAreMaybeOnceSomeWereForgottenForMemory) {
    Dedupe seen = ten_minutes(100'000);
    seen.add(post(kNow), kNow);
    for (std::uint64_t i = 0; i < 10'000; ++i)
        seen.add(other(i), event::kTimeUnknown);
    EXPECT_EQ(seen.add(other(0), event::kTimeUnknown), Seen::maybe);
}

TEST(Dedupe, AfterALongOutageTheFrontMovesAndTheFirstEventsStayKnown) {
    Dedupe seen = ten_minutes();
    seen.add(post(kNow), kNow);
    const std::int64_t later = kNow + 60 * kMinute;
    for (std::uint64_t round = 0; round < 2; ++round)
        for (std::uint64_t i = 0; i < 1000; ++i)
            ASSERT_EQ(seen.add(post(later, i), later), round == 0 ? Seen::fresh : Seen::known) << i;
    EXPECT_EQ(seen.add(post(kNow), kNow), Seen::maybe);
}

TEST(Dedupe, AFoldFromACheckpointMatchesTheWholeKeyAtAnyTime) {
    Dedupe seen = ten_minutes();
    const std::uint64_t folds[] = {fold_key(other(1)), fold_key(other(2))};
    seen.seed(folds, {kNow - 2 * kMinute, kNow});
    EXPECT_EQ(seen.size(), 2U);
    EXPECT_EQ(seen.add(other(1), kNow), Seen::known);
    EXPECT_EQ(seen.add(other(2), event::kTimeUnknown), Seen::known);
    EXPECT_EQ(seen.add(other(3), kNow), Seen::fresh);
    for (std::int64_t ms = kNow; ms <= kNow + 12 * kMinute; ms += 1000)
        seen.add(post(ms), ms);
    EXPECT_EQ(seen.add(other(2), kNow - 1), Seen::maybe);
}

TEST(Dedupe, FoldsOfAPinnedStretchStay) {
    Dedupe seen = ten_minutes();
    const std::uint64_t folds[] = {fold_key(other(1))};
    seen.seed(folds, {kNow - 2 * kMinute, kNow});
    seen.pin({{kNow - 5 * kMinute, kNow - kMinute}});
    for (std::int64_t ms = kNow; ms <= kNow + 12 * kMinute; ms += 1000)
        seen.add(post(ms), ms);
    EXPECT_EQ(seen.add(other(1), kNow - 1), Seen::known);
}

TEST(Dedupe, FoldsGoBeforeNewerKeysWhenMemoryRunsOut) {
    Dedupe seen = ten_minutes(100'000);
    std::vector<std::uint64_t> folds;
    for (std::uint64_t i = 0; i < 5000; ++i)
        folds.push_back(fold_key(other(i)));
    seen.seed(folds, {INT64_MIN, kNow});
    for (std::uint64_t i = 0; i < 13'000; ++i)
        ASSERT_EQ(seen.add(post(kNow + 2000 + static_cast<std::int64_t>(i)), 0), Seen::fresh);
    EXPECT_EQ(seen.size(), 13'000U);
    EXPECT_EQ(seen.add(other(1), kNow - 1), Seen::maybe);
}

TEST(Dedupe, SaysMaybeOfOldEventsOnceSomeThatCameLongAgoWereForgotten) {
    Dedupe seen = ten_minutes();
    seen.add(post(kNow), kNow);
    seen.add(other(1), kNow - kYear);
    for (std::int64_t ms = kNow; ms <= kNow + 25 * kMinute; ms += 1000)
        seen.add(post(ms), ms);
    EXPECT_EQ(seen.add(other(1), kNow - kYear), Seen::maybe);
    EXPECT_EQ(seen.add(other(2), kNow - kYear - 1), Seen::fresh);
}

TEST(Dedupe, SaysMaybeOfTimesItIsToldToForget) {
    Dedupe seen = ten_minutes();
    seen.forget({INT64_MIN, kNow - 2 * kMinute});
    EXPECT_EQ(seen.add(post(kNow), kNow), Seen::fresh);
    EXPECT_EQ(seen.add(post(kNow - 3 * kMinute), kNow), Seen::maybe);
    EXPECT_EQ(seen.add(other(5), INT64_MIN + 1), Seen::maybe);
}

TEST(Dedupe, ForgetsAllWhenTold) {
    Dedupe seen = ten_minutes();
    seen.add(post(kNow), kNow);
    seen.add(other(1), event::kTimeUnknown);
    const std::uint64_t folds[] = {1, 2};
    seen.seed(folds, {kNow - kMinute, kNow});
    seen.forget_all();
    EXPECT_EQ(seen.size(), 0U);
    EXPECT_EQ(seen.bytes(), 0U);
    EXPECT_EQ(seen.add(post(kNow), kNow), Seen::maybe);
    EXPECT_EQ(seen.add(other(1), event::kTimeUnknown), Seen::maybe);
}

// Events of all sorts with repeats, late ones, pins and jumps. What the set says: a key of the window is
// known, one that is known was added, and one that was added is never called fresh as long as it has a time.
class Model {
public:
    Model(std::uint64_t seed, std::size_t max_bytes) : random_(seed), seen_({kWindow, max_bytes, seed}) {}

    void run(std::size_t events) {
        for (std::size_t i = 0; i < events && !testing::Test::HasFatalFailure(); ++i) {
            now_ += static_cast<std::int64_t>(random_() % 40);
            if (random_() % 5000 == 0) now_ += 3 * kWindow;
            if (random_() % 2000 == 0) pin_some();
            const bool again = !events_.empty() && random_() % 2 == 0;
            check(
                again
                    ? events_[events_.size() - 1 - random_() % std::min<std::size_t>(events_.size(), 20'000)]
                    : event());
        }
    }

    bool bounded = false; // keys may be forgotten for their bytes

private:
    struct Event {
        Key key;
        std::int64_t time_ms;
    };
    static constexpr std::int64_t kWindow = 20'000;

    Event event() {
        const std::uint64_t kind = random_() % 100;
        const std::int64_t late = kind < 10 ? static_cast<std::int64_t>(random_() % kWindow) : 0;
        const std::int64_t ms = kind < 2 ? static_cast<std::int64_t>(random_() >> 1) : now_ - late;
        if (kind % 2 == 0 || kind < 2) return {other(random_() % 1'000'000'000), ms};
        return {post(ms, random_() % 4096), ms};
    }

    void pin_some() {
        pins_.clear();
        for (std::uint64_t i = random_() % 3; i != 0; --i) {
            const std::int64_t from = now_ - static_cast<std::int64_t>(random_() % (4 * kWindow));
            pins_.push_back({from, from + static_cast<std::int64_t>(random_() % kWindow)});
        }
        seen_.pin(pins_);
    }

    void check(const Event &event) {
        const bool was_added = !added_.insert(event.key).second;
        const Seen said = seen_.add(event.key, event.time_ms);
        if (!was_added) events_.push_back(event);
        if (said == Seen::known) {
            ASSERT_TRUE(was_added);
        }
        if (was_added) {
            ASSERT_NE(said, Seen::fresh) << event.time_ms << " at " << now_;
        }
        const bool recent = event.time_ms >= now_ - kWindow && event.time_ms <= now_;
        if (was_added && recent && !bounded) {
            ASSERT_EQ(said, Seen::known) << event.time_ms << " at " << now_;
        }
    }

    std::mt19937_64 random_;
    Dedupe seen_;
    std::set<Key> added_;
    std::vector<Event> events_;
    std::vector<Interval> pins_;
    std::int64_t now_ = kNow;
};

TEST(Dedupe, AgreesWithAPlainSetOfAllKeys) {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        SCOPED_TRACE(seed);
        Model(seed, kPlenty).run(20'000);
    }
}

TEST(Dedupe, AgreesWithAPlainSetOfAllKeysWhenMemoryIsShort) {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        SCOPED_TRACE(seed);
        Model model(seed, 5000 + 1000 * seed);
        model.bounded = true;
        model.run(20'000);
    }
}

} // namespace
} // namespace xtap::continuity
