// The rules of continuity, one example each: what a reconnect asks for, what becomes a recovery, what a gap.
// Outages are repaired from late_ms (60 s) before the last proof; a connection's own time is taken a second
// later than it is known, because the server tells whole seconds.
#include "continuity_world.hpp"
#include "stream/continuity/dedupe.hpp"
#include "stream/event/event_time.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace xtap::continuity {
namespace {

using Texts = std::vector<std::string>;

class ContinuityTest : public testing::Test {
protected:
    Partition &partition() {
        if (!partition_) partition_.emplace(settings_);
        return *partition_;
    }
    // Connected at 0, live until then, cut off, so many seconds without.
    Partition &after_outage(std::int64_t live, std::int64_t without) {
        Partition &at = partition();
        at.open();
        at.live(live);
        at.close();
        at.wait(without);
        return at;
    }

    // Both legs live until then.
    Partition &redundant(std::int64_t live) {
        Partition &at = partition();
        at.open(0);
        at.open(1);
        at.live(live, 0);
        at.live(0, 1);
        return at;
    }
    // Both are cut by the same blow, but the first asks again before the other's end is noticed.
    Partition &after_blow(std::int64_t live) {
        Partition &at = redundant(live);
        at.close(0);
        EXPECT_TRUE(at.ask(0).nothing()) << "the other one seems to be there";
        at.close(1);
        return at;
    }

    ContinuitySettings settings_;
    std::optional<Partition> partition_;
};

std::int64_t at(std::int64_t seconds) { return kStart + seconds * kSecond; }

// ---- what a connection asks for ----

TEST_F(ContinuityTest, TheFirstConnectionAsksForNothing) {
    EXPECT_TRUE(partition().open().nothing());
    partition().live(10);
    EXPECT_EQ(partition().outcomes(), Texts{});
    EXPECT_EQ(partition().continuity.coverage(), (Coverage{at(10), {}}));
}

TEST_F(ContinuityTest, BackfillIsSizedByTheTimeSinceTheLastByteTheConnectTimeoutAndTheLateness) {
    struct Case {
        std::int64_t without, minutes;
    };
    // ceil((without + 10 + 60) / 60)
    for (const Case &one : {Case{0, 2}, {50, 2}, {51, 3}, {110, 3}, {111, 4}, {170, 4}, {171, 5}, {230, 5}}) {
        partition_.reset();
        EXPECT_EQ(after_outage(100, one.without).ask().backfill_minutes, one.minutes) << one.without;
    }
}

TEST_F(ContinuityTest, BackfillIsNeverMoreThanFiveMinutes) {
    EXPECT_EQ(after_outage(100, 231).ask().backfill_minutes, 5);
    partition().wait(100'000);
    EXPECT_EQ(partition().ask().backfill_minutes, 5);
}

TEST_F(ContinuityTest, BackfillCountsItsOwnLatenessAndTimeout) {
    settings_.late_ms = 0;
    settings_.connect_timeout_ms = 0;
    EXPECT_EQ(after_outage(100, 60).ask().backfill_minutes, 1);
    partition().wait(1);
    EXPECT_EQ(partition().ask().backfill_minutes, 2);
}

TEST_F(ContinuityTest, BackfillIsOverWhenAnEventComesThatIsNewerThanTheConnection) {
    Partition &p = after_outage(100, 20);
    p.open();
    EXPECT_EQ(p.outcomes(), Texts{"repairing 40..121 by backfill of 2"});
    p.wait(5);
    p.replayed(at(120));
    EXPECT_EQ(p.outcomes(), Texts{});
    EXPECT_EQ(p.continuity.coverage(), (Coverage{at(100), {}})) << "a replay is no proof before it is over";
    p.replayed(at(121));
    EXPECT_EQ(p.outcomes(), Texts{"repaired 40..121 by backfill of 2"});
    EXPECT_EQ(p.continuity.coverage(), (Coverage{at(121), {}}));
}

TEST_F(ContinuityTest, AKeepAliveEndsABackfillToo) {
    Partition &p = after_outage(100, 20);
    p.open();
    p.quiet(20);
    EXPECT_EQ(p.outcomes(),
              (Texts{"repairing 40..121 by backfill of 2", "repaired 40..121 by backfill of 2"}));
}

TEST_F(ContinuityTest, AKeepAliveAtTheVeryBeginningEndsNoBackfill) {
    Partition &p = after_outage(100, 20);
    p.open();
    p.quiet(0);
    EXPECT_EQ(p.outcomes(), Texts{"repairing 40..121 by backfill of 2"});
    EXPECT_EQ(p.continuity.coverage().through_ms, at(100));
}

TEST_F(ContinuityTest, EventsWithoutATimeEndABackfillAfterTenMinutes) {
    Partition &p = after_outage(100, 20);
    p.open();
    p.outcomes();
    p.wait(600);
    p.continuity.progress(0, {.read_up_to_ms = p.now}, p.now);
    EXPECT_EQ(p.outcomes(), Texts{}) << "of the server's clock";
    p.wait(1);
    p.continuity.progress(0, {.read_up_to_ms = p.now}, p.now);
    EXPECT_EQ(p.outcomes(), Texts{"repaired 40..121 by backfill of 2"});
    EXPECT_EQ(p.continuity.coverage().through_ms, p.now);
}

TEST_F(ContinuityTest, ABackfillThatTakesLongIsNotOverBecauseItDoes) {
    Partition &p = after_outage(100, 200);
    p.open();
    p.outcomes();
    p.wait(1200);
    p.replayed(at(150));
    EXPECT_EQ(p.outcomes(), Texts{});
    EXPECT_EQ(p.continuity.coverage().through_ms, at(100));
}

TEST_F(ContinuityTest, MoreLatenessThanABackfillReachesIsStillMissingAfterIt) {
    settings_.late_ms = 600 * kSecond;
    Partition &p = after_outage(1000, 20);
    EXPECT_EQ(p.open().backfill_minutes, 5);
    EXPECT_EQ(p.holes(), Texts{"400..721"});
    EXPECT_EQ(p.continuity.coverage().through_ms, at(1020)) << "and nothing of the future";
}

TEST_F(ContinuityTest, ABackfillTellsHowManyCameAgain) {
    Partition &p = after_outage(100, 20);
    p.open();
    EXPECT_TRUE(p.continuity.replays(0, at(119)));
    EXPECT_FALSE(p.continuity.replays(0, at(121)));
    EXPECT_FALSE(p.continuity.replays(0, event::kNoTime));
    p.continuity.counts(0) = {7, 40};
    p.live(5);
    p.continuity.take_outcome();
    const auto repaired = p.continuity.take_outcome();
    ASSERT_TRUE(repaired);
    EXPECT_EQ(repaired->events, 7u);
    EXPECT_EQ(repaired->repeated, 40u);
}

// ---- what backfill does not reach ----

TEST_F(ContinuityTest, ARemainderBecomesARecovery) {
    Partition &p = after_outage(100, 600);
    p.open();
    // 100 - 60 .. 701 - 300, then the backfill
    EXPECT_EQ(p.outcomes(), (Texts{"repairing 40..401 by recovery", "repairing 401..701 by backfill of 5"}));
    EXPECT_EQ(p.holes(), Texts{"40..401"});
    ASSERT_TRUE(p.recovery_wanted());
    const Ask asked = p.ask_recovery();
    EXPECT_EQ(asked.start_ms, at(40));
    EXPECT_EQ(asked.end_ms, at(402)) << "a second more: whether the end counts is not documented";
    p.continuity.recovery_done();
    p.live(10);
    EXPECT_EQ(p.outcomes(), (Texts{"repaired 40..401 by recovery", "repaired 401..701 by backfill of 5"}));
    EXPECT_FALSE(p.recovery_wanted());
    EXPECT_EQ(p.continuity.coverage(), (Coverage{at(710), {}}));
    EXPECT_EQ(p.continuity.gaps(), 0u);
}

TEST_F(ContinuityTest, ASlowAnswerIsMeasuredAgainAtItsFirstByte) {
    Partition &p = after_outage(100, 20);
    EXPECT_EQ(p.ask().backfill_minutes, 2);
    p.wait(90); // two minutes before 210 are not enough any more
    p.continuity.opened(0, p.now);
    EXPECT_EQ(p.outcomes(), (Texts{"repairing 40..91 by recovery", "repairing 91..211 by backfill of 2"}));
}

TEST_F(ContinuityTest, ARecoveryAsksForWholeSeconds) {
    settings_.backfill = false;
    Partition &p = partition();
    p.now += 123;
    p.open();
    p.live(100);
    p.close();
    p.wait(60);
    p.open();
    p.wait(3);
    const Ask asked = p.ask_recovery();
    EXPECT_EQ(asked.start_ms, at(40));
    EXPECT_EQ(asked.end_ms, at(163)) << "of 161.123";
}

TEST_F(ContinuityTest, ARecoveryWaitsUntilItsEndHasPassed) {
    settings_.backfill = false;
    Partition &p = after_outage(100, 60);
    p.open();
    EXPECT_EQ(p.holes(), Texts{"40..161"});
    EXPECT_FALSE(p.recovery_wanted());
    p.wait(1);
    EXPECT_FALSE(p.recovery_wanted());
    p.wait(1);
    EXPECT_TRUE(p.recovery_wanted());
}

// ---- refusals ----

TEST_F(ContinuityTest, ARefusedBackfillLeavesAllToTheRecovery) {
    Partition &p = after_outage(100, 20);
    EXPECT_EQ(p.ask().backfill_minutes, 2);
    p.continuity.backfill_refused();
    EXPECT_TRUE(p.open().nothing());
    EXPECT_EQ(p.outcomes(), Texts{"repairing 40..121 by recovery"});
    p.live(1);
    EXPECT_EQ(p.continuity.coverage().through_ms, at(121));
    EXPECT_EQ(p.holes(), Texts{"40..121"});
}

TEST_F(ContinuityTest, ARefusedRecoveryIsAGapAndAllThatFollow) {
    Partition &p = after_outage(100, 600);
    p.open();
    p.outcomes();
    p.ask_recovery();
    p.continuity.recovery_refused();
    EXPECT_EQ(p.outcomes(), Texts{"gap 40..401 refused"});
    EXPECT_FALSE(p.recovery_wanted());
    p.live(10);
    p.close();
    p.wait(600);
    p.open();
    EXPECT_EQ(p.outcomes(), (Texts{"repaired 401..701 by backfill of 5", "gap 650..1011 refused",
                                   "repairing 1011..1311 by backfill of 5"}));
    EXPECT_EQ(p.continuity.gaps(), 2u);
    EXPECT_EQ(p.continuity.gap_ms(), 722 * kSecond);
}

TEST_F(ContinuityTest, WithBothRefusedEveryOutageIsAGap) {
    Partition &p = after_outage(100, 20);
    p.continuity.backfill_refused();
    p.continuity.recovery_refused();
    p.open();
    EXPECT_EQ(p.outcomes(), Texts{"gap 40..121 refused"});
    EXPECT_EQ(p.holes(), Texts{});
}

TEST_F(ContinuityTest, WithBackfillOnlyTheRemainderIsAGap) {
    settings_.recovery = false;
    settings_.without_recovery = GapReason::backfill_only;
    Partition &p = after_outage(100, 600);
    p.open();
    EXPECT_EQ(p.outcomes(), (Texts{"gap 40..401 backfill_only", "repairing 401..701 by backfill of 5"}));
}

TEST_F(ContinuityTest, AnOperationThatCannotRecoverSaysSo) {
    settings_.recovery = false; // the 1% sample
    Partition &p = after_outage(100, 200);
    EXPECT_EQ(p.open().backfill_minutes, 5);
    EXPECT_EQ(p.outcomes(), Texts{"repairing 40..301 by backfill of 5"}) << "within reach nothing is lost";
    p.live(10);
    p.close();
    p.wait(400);
    p.open();
    EXPECT_EQ(p.outcomes(), (Texts{"repaired 40..301 by backfill of 5", "gap 250..411 unsupported",
                                   "repairing 411..711 by backfill of 5"}));
}

TEST_F(ContinuityTest, WhatIsLongerAgoThanTheServerKeepsIsLost) {
    Partition &p = after_outage(100, 30 * 3600);
    p.open();
    p.live(10);
    p.outcomes();
    // a minute less than 24 hours before
    const std::int64_t oldest = 110 + 6 * 3600 + 60;
    EXPECT_EQ(p.ask_recovery().start_ms, at(oldest));
    p.continuity.recovered_up_to(at(oldest + 1));
    EXPECT_EQ(p.outcomes(), Texts{"gap 40.." + std::to_string(oldest) + " too_old"});
    EXPECT_EQ(p.holes(), Texts{std::to_string(oldest) + ".." + std::to_string(100 + 30 * 3600 + 1 - 300)});
}

TEST_F(ContinuityTest, AHoleOfWhichTheServerKeepsNothingIsNotAskedFor) {
    Partition &p = after_outage(100, 3600);
    p.open();
    p.live(25 * 3600);
    p.outcomes();
    EXPECT_TRUE(p.ask_recovery().nothing());
    EXPECT_EQ(p.outcomes(), Texts{"gap 40..3401 too_old"});
    EXPECT_EQ(p.holes(), Texts{});
}

TEST_F(ContinuityTest, ARecoveryThatHasToAskAgainAndAgainLosesOneStretch) {
    Partition &p = after_outage(100, 24 * 3600);
    p.open();
    p.live(2);
    p.outcomes();
    std::int64_t asked_ms = 0;
    for (int attempt = 0; attempt < 5; ++attempt) {
        p.live(600);
        asked_ms = *p.ask_recovery().start_ms;
        EXPECT_EQ(p.outcomes(), Texts{});
        EXPECT_EQ(p.holes(), Texts{"40..86201"}) << "a checkpoint still has it all";
    }
    EXPECT_EQ(asked_ms, at(102 + 3000 + 60));
    p.continuity.recovery_done();
    EXPECT_EQ(p.outcomes(), (Texts{"gap 40..3162 too_old", "repaired 3162..86201 by recovery"}));
}

// ---- outages while a repair runs ----

TEST_F(ContinuityTest, AnOutageDuringABackfillAsksForAllOfItAgain) {
    Partition &p = after_outage(100, 20);
    p.open();
    p.wait(10);
    p.replayed(at(110));
    p.close();
    p.wait(25);
    EXPECT_EQ(p.open().backfill_minutes, 3) << "(155 - 100 + 10 + 60) / 60";
    p.live(5);
    EXPECT_EQ(p.outcomes(), (Texts{"repairing 40..121 by backfill of 2", "repairing 40..156 by backfill of 3",
                                   "repaired 40..156 by backfill of 3"}));
}

TEST_F(ContinuityTest, RepeatedOutagesDuringBackfillsLoseNothing) {
    Partition &p = after_outage(100, 20);
    for (int i = 0; i < 10; ++i) {
        p.open();
        p.wait(60);
        p.replayed(at(100));
        p.close();
    }
    // 100 + 20 + 600: the last opened at 660, and five minutes before were asked for
    EXPECT_EQ(p.holes(), Texts{"40..361"}) << "one stretch, as it grew";
    EXPECT_EQ(p.continuity.coverage().through_ms, at(421));
}

TEST_F(ContinuityTest, AnOutageOfTheRecoveryLegGoesOnWhereItWas) {
    Partition &p = after_outage(1000, 3600);
    p.open();
    EXPECT_EQ(p.ask_recovery().start_ms, at(940));
    p.continuity.recovery_counts() = {5, 6};
    p.continuity.recovered_up_to(at(2000));
    EXPECT_EQ(p.ask_recovery().start_ms, at(1940)) << "late ones of the time before may be missing";
    p.continuity.recovered_up_to(at(1500)); // out of order: nothing is taken back
    p.continuity.recovered_up_to(event::kNoTime);
    EXPECT_EQ(p.ask_recovery().start_ms, at(1940));
    EXPECT_EQ(p.holes(), Texts{"1940..4301"});
    p.outcomes();
    p.continuity.recovery_done();
    const auto done = p.continuity.take_outcome();
    ASSERT_TRUE(done);
    EXPECT_EQ(text_of(*done), "repaired 940..4301 by recovery");
    EXPECT_EQ(done->events, 5u) << "of all its connections";
    EXPECT_EQ(done->repeated, 6u);
}

TEST_F(ContinuityTest, ARecoveryThatFailsLosesWhatItHadNotReached) {
    Partition &p = after_outage(1000, 3600);
    p.open();
    p.ask_recovery();
    p.continuity.recovered_up_to(at(2060));
    p.outcomes();
    p.continuity.recovery_failed();
    EXPECT_EQ(p.outcomes().back(), "gap 2000..4301 failed");
    EXPECT_EQ(p.holes(), Texts{});
}

TEST_F(ContinuityTest, WhatAFailedRecoveryHadReachedIsRepaired) {
    Partition &p = after_outage(1000, 3600);
    p.open();
    p.ask_recovery();
    p.continuity.recovered_up_to(at(2060));
    p.outcomes();
    p.continuity.recovery_failed();
    EXPECT_EQ(p.outcomes(), (Texts{"repaired 940..2000 by recovery", "gap 2000..4301 failed"}));
}

TEST_F(ContinuityTest, ARecoveryThatRunsBringsWhatHasBecomeTooOldToAskFor) {
    Partition &p = after_outage(100, 23 * 3600);
    p.open();
    p.ask_recovery();
    p.outcomes();
    p.live(2 * 3600);
    p.close();
    p.wait(600);
    p.open();
    for (const std::string &told : p.outcomes())
        EXPECT_EQ(told.find("gap"), std::string::npos) << told;
    p.continuity.recovery_done();
    EXPECT_EQ(p.outcomes(), Texts{"repaired 40..82601 by recovery"});
}

TEST_F(ContinuityTest, ARecoveryThatBreaksAfterADayGoesOnWithWhatTheServerKeeps) {
    Partition &p = after_outage(100, 23 * 3600);
    p.open();
    p.ask_recovery();
    p.continuity.recovered_up_to(at(3760));
    p.live(3 * 3600);
    p.outcomes();
    const std::int64_t oldest = (p.now - kStart) / kSecond - 24 * 3600 + 60;
    EXPECT_EQ(p.ask_recovery().start_ms, at(oldest));
    const std::string edge = std::to_string(oldest);
    p.continuity.recovered_up_to(at(oldest + 1));
    EXPECT_EQ(p.outcomes(), (Texts{"repaired 40..3700 by recovery", "gap 3700.." + edge + " too_old"}));
}

TEST_F(ContinuityTest, OverlappingHolesMergeWhileTheyWait) {
    settings_.backfill = false;
    Partition &p = after_outage(100, 60);
    p.open();
    p.live(10);
    p.close();
    p.wait(60);
    p.open();
    EXPECT_EQ(p.holes(), Texts{"40..231"});
    p.wait(2);
    EXPECT_EQ(p.ask_recovery().end_ms, at(232));
}

TEST_F(ContinuityTest, AHoleThatIsBeingRecoveredKeepsItsEnd) {
    settings_.backfill = false;
    Partition &p = after_outage(100, 60);
    p.open();
    p.live(10);
    p.ask_recovery();
    p.close();
    p.wait(60);
    p.open();
    EXPECT_EQ(p.holes(), (Texts{"40..161", "110..231"}));
    p.continuity.recovery_done();
    EXPECT_EQ(p.holes(), Texts{"110..231"});
    EXPECT_EQ(p.outcomes(), (Texts{"repairing 40..161 by recovery", "repairing 110..231 by recovery",
                                   "repaired 40..161 by recovery"}));
}

// A consumer that stood still for half an hour: what comes first when it is connected again is so much
// younger that what it knew would be forgotten, were it not kept before the outage is known.
TEST_F(ContinuityTest, WhatARecoveryWillRepeatIsKeptBeforeTheFirstEventAfterTheOutage) {
    Partition &stream = partition();
    stream.open();
    stream.live(100);
    Dedupe dedupe({.window_ms = 600'000, .max_bytes = std::size_t{64} << 20});
    const auto key_of = [](std::int64_t time_ms) {
        return Key{static_cast<std::uint64_t>(time_ms - event::kSnowflakeEpochMs) << 22, 0};
    };
    for (std::int64_t second = 0; second < 100; ++second)
        ASSERT_EQ(dedupe.add(key_of(at(second)), at(second)), Dedupe::Seen::fresh);
    dedupe.pin(stream.continuity.may_come_again());
    for (std::int64_t ms = 0; ms < 1'000; ++ms)
        ASSERT_EQ(dedupe.add(key_of(at(1'900) + ms), at(1'900) + ms), Dedupe::Seen::fresh);
    stream.close();
    stream.wait(1'800);
    stream.open();
    const Ask asked = stream.continuity.ask_recovery(stream.now + 600 * kSecond);
    for (std::int64_t second = (*asked.start_ms - at(0)) / kSecond; second < 100; ++second)
        EXPECT_EQ(dedupe.add(key_of(at(second)), at(second)), Dedupe::Seen::known) << second;
}

TEST_F(ContinuityTest, WhatABackfillBroughtBeforeItsTimeIsKeptUntilTheRecoveryHasComeSoFar) {
    Partition &stream = after_outage(100, 1'000);
    stream.open();
    const Coverage coverage = stream.continuity.coverage();
    ASSERT_EQ(coverage.holes.size(), 1u);
    // The server took all of the connect timeout to answer, and counted from when it was asked.
    const std::int64_t first = coverage.holes[0].to_ms - settings_.connect_timeout_ms;
    const std::vector<Interval> kept = stream.continuity.overlaps();
    EXPECT_TRUE(std::ranges::any_of(kept, [&](const Interval &edge) { return edge.contains(first); }));
}

// A backfill was cut before it was through, and the next connection came an hour later: what it had delivered
// was forgotten, and came twice.
TEST_F(ContinuityTest, WhatACutBackfillDeliveredOfAHoleIsKeptUntilTheRecoveryHasPassedIt) {
    Partition &stream = after_outage(100, 200);
    stream.open();
    for (std::int64_t second = 40; second < 300; ++second)
        stream.replayed(at(second));
    stream.close();
    stream.wait(3'600);
    stream.open();
    ASSERT_EQ(stream.holes(), Texts{"40..3601"});
    const auto kept = [&](std::int64_t second) {
        return std::ranges::any_of(stream.continuity.may_come_again(),
                                   [&](const Interval &overlap) { return overlap.contains(at(second)); });
    };
    for (std::int64_t second = 39; second < 3'605; ++second)
        EXPECT_TRUE(kept(second)) << second;
    stream.continuity.ask_recovery(stream.now);
    stream.continuity.recovered_up_to(at(360));
    EXPECT_FALSE(kept(298));
    EXPECT_TRUE(kept(299));
}

TEST_F(ContinuityTest, HolesThatDoNotTouchAreRecoveredOneAfterTheOther) {
    settings_.backfill = false;
    Partition &p = after_outage(100, 60);
    p.open();
    p.live(500);
    p.close();
    p.wait(60);
    p.open();
    p.wait(5);
    EXPECT_EQ(p.holes(), (Texts{"40..161", "600..721"}));
    EXPECT_EQ(p.ask_recovery().start_ms, at(40));
    p.continuity.recovery_done();
    ASSERT_TRUE(p.recovery_wanted());
    EXPECT_EQ(p.ask_recovery().start_ms, at(600));
}

// ---- what is no outage ----

TEST_F(ContinuityTest, AQuietStreamIsCoveredByItsKeepAlives) {
    Partition &p = partition();
    p.open();
    for (int i = 0; i < 1000; ++i)
        p.quiet(20);
    p.close();
    p.wait(5);
    EXPECT_EQ(p.open().backfill_minutes, 2);
    EXPECT_EQ(p.outcomes(), Texts{"repairing 19940..20006 by backfill of 2"});
}

TEST_F(ContinuityTest, LateAndOutOfOrderEventsTakeNothingBack) {
    Partition &p = partition();
    p.open();
    p.live(100);
    p.continuity.progress(0, {.newest_event_ms = at(40), .read_up_to_ms = at(100)}, p.now);
    p.continuity.progress(0, {.newest_event_ms = at(70)}, p.now);
    EXPECT_EQ(p.continuity.coverage(), (Coverage{at(100), {}}));
}

TEST_F(ContinuityTest, AnEventFromTheFutureProvesNothingOfIt) {
    Partition &p = partition();
    p.open();
    p.wait(10);
    p.continuity.progress(0, {.newest_event_ms = at(5000), .read_up_to_ms = at(8)}, p.now);
    EXPECT_EQ(p.continuity.coverage().through_ms, at(10));
}

TEST_F(ContinuityTest, SilenceProvesOnlyWhatWasReadUpTo) {
    Partition &p = partition();
    p.open();
    p.live(10);
    p.wait(25); // the connection is dead, and nobody knows yet
    p.continuity.progress(0, {.newest_event_ms = at(10), .read_up_to_ms = at(10)}, p.now);
    p.close();
    EXPECT_EQ(p.continuity.coverage().through_ms, at(10));
}

TEST_F(ContinuityTest, AnEmptySocketProvesNothingWhileOldEventsCome) {
    Partition &p = partition(); // whose link is too slow: what is not sent yet waits at the server
    p.open();
    p.live(100);
    p.wait(900);
    p.replayed(at(400));
    EXPECT_EQ(p.continuity.coverage().through_ms, at(400));
}

TEST_F(ContinuityTest, EventsWithoutATimeAreProvenByAnEmptySocketAfterAKeepAlive) {
    Partition &p = partition();
    p.open();
    p.wait(100);
    p.continuity.progress(0, {.read_up_to_ms = at(99)}, p.now);
    EXPECT_EQ(p.continuity.coverage().through_ms, at(0)) << "they may all wait at the server still";
    p.quiet(1);
    p.wait(100);
    p.continuity.progress(0, {.read_up_to_ms = at(200)}, p.now);
    EXPECT_EQ(p.continuity.coverage().through_ms, at(200));
    p.continuity.progress(0, {.newest_event_ms = at(-5000), .read_up_to_ms = at(201)}, p.now);
    EXPECT_EQ(p.continuity.coverage().through_ms, at(201)) << "times of another kind tell nothing";
}

TEST_F(ContinuityTest, EventsWithoutATimeAreProvenByAnEmptySocketAfterTenMinutes) {
    Partition &p = partition();
    p.open();
    p.wait(601);
    p.continuity.progress(0, {.read_up_to_ms = at(600)}, p.now);
    EXPECT_EQ(p.continuity.coverage().through_ms, at(600));
}

TEST_F(ContinuityTest, AClockThatWasAheadIsNotBelieved) {
    Partition &p = partition();
    p.continuity.restore({at(5000), {}});
    EXPECT_EQ(p.ask().backfill_minutes, 2);
    p.open();
    EXPECT_EQ(p.outcomes(), Texts{"repairing -60..1 by backfill of 2"});
    EXPECT_EQ(p.continuity.coverage().through_ms, at(0));
}

// It was ten minutes ahead until the first answer told the time: what was missed meanwhile was not looked
// for.
TEST_F(ContinuityTest, ACoverageDoesNotBeginInTheFuture) {
    Partition &p = partition();
    p.wait(600);
    p.ask();
    p.wait(-600);
    p.continuity.opened(0, p.now);
    EXPECT_EQ(p.continuity.coverage().through_ms, at(0));
    p.live(60);
    p.close();
    p.wait(300);
    p.open();
    EXPECT_EQ(p.holes(), Texts{"0..61"});
}

// ---- the end ----

TEST_F(ContinuityTest, NothingIsMissingAfterTheEndThatTheServerMadeInOrderButHoles) {
    settings_.backfill = false;
    Partition &p = after_outage(100, 60);
    p.open();
    p.live(10);
    p.outcomes();
    p.close();
    p.continuity.stop_after_the_end();
    EXPECT_EQ(p.outcomes(), Texts{"gap 40..161 stopped"});
}

// ---- what the caller asked for itself ----

TEST_F(ContinuityTest, TheCallersOwnBackfillMovesTheBeginning) {
    settings_.user_backfill_minutes = 3;
    Partition &p = partition();
    EXPECT_TRUE(p.open().nothing()) << "the caller's own parameter stands";
    EXPECT_EQ(p.continuity.coverage().through_ms, at(-120)) << "all from -180 on is still to come";
    p.close();
    p.wait(30);
    EXPECT_EQ(p.open().backfill_minutes, 4) << "(30 + 180 + 10) / 60";
    EXPECT_EQ(p.outcomes(), Texts{"repairing -180..31 by backfill of 4"});
}

TEST_F(ContinuityTest, TheCallersOwnBackfillIsNoOutage) {
    settings_.user_backfill_minutes = 3;
    Partition &p = partition();
    p.open();
    p.live(10);
    EXPECT_EQ(p.outcomes(), Texts{});
    EXPECT_EQ(p.continuity.coverage(), (Coverage{at(10), {}}));
}

TEST_F(ContinuityTest, TheCallersOwnBackfillIsAskedForOnceAndNotCountedOnLater) {
    settings_.user_backfill_minutes = 4;
    settings_.recovery = false;
    Partition &p = partition();
    p.open(0);
    p.quiet(100, 0);
    p.open(1); // asks for nothing, and brings nothing of the past
    p.close(0);
    p.live(1, 1);
    EXPECT_EQ(p.continuity.coverage(), (Coverage{at(100), {}})) << "until leg 0 has asked again";
    EXPECT_EQ(p.open(0).backfill_minutes, 2);
}

TEST_F(ContinuityTest, AStreamWithAStartTimeGoesOnFromWhereItWas) {
    settings_.user_start_ms = at(-7200);
    Partition &p = partition();
    EXPECT_TRUE(p.open().nothing());
    p.wait(10);
    p.replayed(at(-3600));
    p.close();
    const Ask asked = p.open();
    EXPECT_EQ(asked.start_ms, at(-3660));
    EXPECT_EQ(asked.backfill_minutes, 0);
    EXPECT_FALSE(asked.end_ms) << "the caller's own stands";
    EXPECT_EQ(p.holes(), Texts{});
}

TEST_F(ContinuityTest, AStreamWithAStartTimeNeverAsksForTheTimeBefore) {
    settings_.user_start_ms = at(-7200);
    Partition &p = partition();
    p.open();
    p.wait(10);
    p.replayed(at(-7190));
    p.close();
    EXPECT_EQ(p.open().start_ms, at(-7200));
}

TEST_F(ContinuityTest, AStreamWithAStartTimeThatSawNothingBeginsAgain) {
    settings_.user_start_ms = at(-7200);
    Partition &p = partition();
    p.open();
    p.wait(10);
    p.close();
    EXPECT_EQ(p.open().start_ms, at(-7200));
    p.close();
    p.continuity.stop(p.now);
    EXPECT_EQ(p.outcomes(), Texts{"gap -7200..10 stopped"});
}

TEST_F(ContinuityTest, ALongReplayFromAStartTimeIsProvenByItsEvents) {
    settings_.user_start_ms = at(-7200);
    Partition &p = partition();
    p.open();
    p.wait(1000);
    p.replayed(at(-3600));
    EXPECT_EQ(p.continuity.coverage().through_ms, at(-3600));
}

TEST_F(ContinuityTest, AStartTimeThatIsTooOldByNowIsAGap) {
    settings_.user_start_ms = at(-3600);
    Partition &p = after_outage(100, 30 * 3600);
    const std::int64_t oldest = 100 + 6 * 3600 + 60;
    EXPECT_EQ(p.open().start_ms, at(oldest));
    EXPECT_EQ(p.outcomes(), Texts{"gap 40.." + std::to_string(oldest) + " too_old"});
}

TEST_F(ContinuityTest, ALegThatAskedFromWhereTheServerStillHasItBringsNothingBefore) {
    settings_.user_start_ms = at(0);
    Partition &p = partition();
    p.open(0);
    p.live(1000, 0);
    p.wait(24 * 3600); // leg 0 is held back
    EXPECT_EQ(p.open(1).start_ms, at(1060));
    p.live(5, 1);
    EXPECT_EQ(p.continuity.coverage().through_ms, at(1000));
    p.close(0);
    EXPECT_TRUE(p.ask_recovery().nothing());
    EXPECT_EQ(p.outcomes(), (Texts{"repairing 940..1060 by recovery", "gap 940..1060 too_old"}));
    EXPECT_EQ(p.continuity.coverage().through_ms, p.now);
}

TEST_F(ContinuityTest, AStretchOfTheCallersIsNeverAskedForFromItsEndOn) {
    settings_.user_start_ms = at(-7200);
    settings_.user_end_ms = at(-3600);
    Partition &p = partition();
    p.open();
    p.quiet(20);
    p.close();
    p.wait(1);
    EXPECT_EQ(p.open().start_ms, at(-3601));
    p.wait(30 * 3600);
    EXPECT_TRUE(p.ask().nothing()) << "the caller's own words stand";
}

TEST_F(ContinuityTest, NothingAfterTheCallersEndIsMissed) {
    settings_.backfill = false;
    settings_.user_end_ms = at(120);
    Partition &p = after_outage(100, 60);
    p.open();
    EXPECT_EQ(p.outcomes(), Texts{"repairing 40..120 by recovery"});
}

// ---- redundancy ----

TEST_F(ContinuityTest, OneOfTwoLegsLosesNothing) {
    Partition &p = redundant(100);
    p.close(0);
    p.live(50, 1);
    EXPECT_TRUE(p.open(0).nothing());
    EXPECT_EQ(p.outcomes(), Texts{}) << "the other one may be behind";
    p.live(1, 1);
    EXPECT_EQ(p.outcomes(), Texts{"repaired 100..151 by redundancy"});
    EXPECT_EQ(p.continuity.coverage(), (Coverage{at(151), {}}));
}

TEST_F(ContinuityTest, WhenBothLegsDieTheFirstToReturnRepairs) {
    Partition &p = redundant(100);
    p.close(0);
    p.close(1);
    p.wait(20);
    EXPECT_EQ(p.open(1).backfill_minutes, 2);
    EXPECT_TRUE(p.open(0).nothing());
    EXPECT_EQ(p.outcomes().front(), "repairing 40..121 by backfill of 2");
}

TEST_F(ContinuityTest, TheSecondLegDiesWhileTheFirstRepairs) {
    Partition &p = after_outage(100, 20);
    p.open(0);
    p.wait(10);
    p.open(1);
    p.wait(10);
    p.replayed(at(110), 0);
    p.close(1);
    p.live(10, 0);
    EXPECT_EQ(p.outcomes(),
              (Texts{"repairing 40..121 by backfill of 2", "repaired 40..121 by backfill of 2"}));
    EXPECT_EQ(p.holes(), Texts{});
}

TEST_F(ContinuityTest, TheFirstLegBackAskedForNothingAndWaitsForTheOthersBackfill) {
    settings_.recovery = false;
    Partition &p = after_blow(100);
    EXPECT_EQ(p.ask(1).backfill_minutes, 2);
    p.wait(1);
    p.continuity.opened(0, p.now);
    p.live(1, 0);
    EXPECT_EQ(p.outcomes(), Texts{});
    EXPECT_EQ(p.continuity.coverage(), (Coverage{at(100), {}})) << "a checkpoint still has it to repair";
    p.continuity.opened(1, p.now);
    p.replayed(at(101), 1);
    EXPECT_EQ(p.continuity.coverage().through_ms, at(100));
    p.live(5, 1);
    EXPECT_EQ(p.outcomes(),
              (Texts{"repairing 40..103 by backfill of 2", "repaired 40..103 by backfill of 2"}));
    EXPECT_EQ(p.continuity.coverage().through_ms, at(107));
}

TEST_F(ContinuityTest, ALegWaitsForTheOthersBackfillOnlyWhileThatReaches) {
    Partition &p = after_blow(100);
    p.continuity.opened(0, p.now);
    p.live(230, 0); // 300 s less 60 of lateness and 10 to connect
    EXPECT_EQ(p.outcomes(), Texts{});
    p.live(1, 0);
    EXPECT_EQ(p.outcomes(), Texts{"repairing 40..101 by recovery"});
    EXPECT_EQ(p.continuity.coverage(), (Coverage{at(331), {{at(40), at(101)}}}));
    EXPECT_TRUE(p.ask(1).nothing());
}

TEST_F(ContinuityTest, ALegWaitsForNoBackfillThatIsRefused) {
    settings_.recovery = false;
    Partition &p = after_blow(100);
    p.ask(1);
    p.continuity.opened(0, p.now);
    p.continuity.backfill_refused();
    p.live(1, 0);
    EXPECT_EQ(p.outcomes(), Texts{"gap 40..101 unsupported"});
    EXPECT_EQ(p.continuity.coverage().through_ms, at(101));
}

TEST_F(ContinuityTest, StopWhileALegWaitsForTheOthersBackfillNamesWhatItWouldHaveBrought) {
    Partition &p = after_blow(100);
    p.continuity.opened(0, p.now);
    p.live(5, 0);
    p.continuity.stop(p.now);
    EXPECT_EQ(p.outcomes(), Texts{"gap 40..101 stopped"});
    EXPECT_EQ(p.continuity.coverage().through_ms, at(100)) << "a checkpoint still holds it";
}

TEST_F(ContinuityTest, TheRepairingLegDiesAndAsksAgainBecauseTheOtherCannot) {
    Partition &p = after_outage(100, 20);
    p.open(0);
    p.wait(10);
    p.open(1);
    p.wait(10);
    p.replayed(at(110), 0);
    p.close(0);
    p.live(10, 1);
    EXPECT_EQ(p.continuity.coverage(), (Coverage{at(100), {}}));
    EXPECT_EQ(p.open(0).backfill_minutes, 2);
    p.live(5, 0);
    EXPECT_EQ(p.outcomes(), (Texts{"repairing 40..121 by backfill of 2", "repairing 40..151 by backfill of 2",
                                   "repaired 40..151 by backfill of 2"}));
    EXPECT_EQ(p.continuity.coverage(), (Coverage{at(155), {}}));
}

TEST_F(ContinuityTest, TheOtherLegsOwnBackfillTakesOver) {
    settings_.recovery = false;
    Partition &p = after_outage(100, 20);
    EXPECT_EQ(p.ask(0).backfill_minutes, 2);
    EXPECT_EQ(p.ask(1).backfill_minutes, 2);
    p.continuity.opened(0, p.now);
    p.wait(1);
    p.continuity.opened(1, p.now);
    p.replayed(at(110), 0);
    p.close(0);
    p.live(5, 1);
    EXPECT_EQ(p.outcomes(),
              (Texts{"repairing 40..121 by backfill of 2", "repaired 40..121 by backfill of 2"}));
    EXPECT_EQ(p.continuity.coverage().through_ms, at(126));
}

TEST_F(ContinuityTest, TheOtherLegsOwnBackfillMayBeOverAlready) {
    settings_.late_ms = 0;
    Partition &p = after_outage(100, 20);
    p.ask(0);
    p.ask(1);
    p.continuity.opened(0, p.now);
    p.wait(50); // its minute begins at 111
    p.continuity.opened(1, p.now);
    p.live(5, 1);
    p.close(0);
    p.close(1);
    EXPECT_EQ(p.outcomes(), (Texts{"repairing 100..121 by backfill of 1", "repairing 100..111 by recovery",
                                   "repaired 111..121 by backfill of 1"}));
}

TEST_F(ContinuityTest, WhatWasOnItsWayWhenALegOpenedIsMissedWithIt) {
    settings_.backfill = false;
    Partition &p = after_outage(100, 20);
    p.ask();
    p.wait(5);
    p.continuity.opened(0, p.now);
    EXPECT_EQ(p.continuity.coverage().through_ms, at(120)) << "when it was asked for";
    p.close();
    p.wait(1);
    p.open();
    EXPECT_EQ(p.holes(), Texts{"40..127"});
}

TEST_F(ContinuityTest, ALegProvesNothingOfTheTimeBeforeIt) {
    Partition &p = partition();
    p.open(0);
    p.live(100, 0);
    p.wait(600); // leg 0 is held back
    p.open(1);
    p.live(10, 1);
    EXPECT_EQ(p.continuity.coverage().through_ms, at(100));
    p.close(0);
    EXPECT_EQ(p.outcomes(), Texts{"repairing 40..701 by recovery"});
    EXPECT_EQ(p.continuity.coverage(), (Coverage{at(710), {{at(40), at(701)}}}));
    EXPECT_TRUE(p.open(0).nothing());
    EXPECT_EQ(p.outcomes(), Texts{}) << "the other one did not have all of it";
}

TEST_F(ContinuityTest, ALegWhoseAnswerBringsNoEventProvesNothing) {
    Partition &p = partition();
    p.open(0);
    p.live(100, 0);
    p.open(1);
    p.live(10, 0);
    p.close(0);
    p.wait(5);
    p.continuity.progress(1, {.read_up_to_ms = p.now}, p.now); // bytes that were no events
    EXPECT_EQ(p.continuity.coverage().through_ms, at(110));
    p.close(1);
    p.open(0);
    EXPECT_EQ(p.outcomes(), Texts{"repairing 50..116 by backfill of 2"});
}

TEST_F(ContinuityTest, NeitherLegCoveredTheTimeWhenBothWereGone) {
    Partition &p = redundant(100);
    p.close(0);
    p.live(50, 1);
    p.close(1);
    p.wait(20);
    p.open(1);
    p.live(5, 1);
    p.open(0);
    EXPECT_EQ(p.outcomes(),
              (Texts{"repairing 90..171 by backfill of 2", "repaired 90..171 by backfill of 2"}));
}

// ---- a reader that was held back ----

TEST_F(ContinuityTest, AReaderThatWasHeldBackIsProvenByItsEventsUntilItHasCaughtUp) {
    Partition &p = partition();
    p.open();
    p.live(100);
    p.wait(600);
    p.continuity.held_back(0, p.now);
    p.wait(5);
    p.continuity.progress(0, {.newest_event_ms = at(300), .read_up_to_ms = p.now}, p.now);
    EXPECT_EQ(p.continuity.coverage().through_ms, at(300)) << "the rest may still wait at the server";
    p.quiet(20);
    EXPECT_EQ(p.continuity.coverage().through_ms, at(725));
}

TEST_F(ContinuityTest, AReaderThatIsCutOffWhileHeldBackMissesWhatWaited) {
    Partition &p = partition();
    p.open();
    p.live(100);
    p.wait(600);
    p.continuity.held_back(0, p.now);
    p.replayed(at(300));
    p.close();
    p.wait(1);
    p.open();
    EXPECT_EQ(p.outcomes(), (Texts{"repairing 240..402 by recovery", "repairing 402..702 by backfill of 5"}));
}

TEST_F(ContinuityTest, AReaderThatWasHeldBackDuringABackfillIsNotThereWhenTheBackfillIs) {
    Partition &p = after_outage(100, 20);
    p.open();
    p.replayed(at(110));
    p.wait(900);
    p.continuity.held_back(0, p.now);
    p.quiet(0); // what waited: a keep-alive of long ago
    EXPECT_EQ(p.continuity.coverage().through_ms, at(100));
    p.replayed(at(200));
    EXPECT_EQ(p.outcomes().back(), "repaired 40..121 by backfill of 2");
    EXPECT_EQ(p.continuity.coverage().through_ms, at(200));
}

// ---- restore, and the end ----

TEST_F(ContinuityTest, ARestoredPartitionRepairsWhatHappenedSince) {
    Partition &p = partition();
    p.continuity.restore({at(-100), {}});
    EXPECT_EQ(p.open().backfill_minutes, 3);
    EXPECT_EQ(p.outcomes(), Texts{"repairing -160..1 by backfill of 3"});
}

TEST_F(ContinuityTest, RestoredHolesThatNobodyCanRecoverAreGaps) {
    settings_.recovery = false;
    settings_.without_recovery = GapReason::refused;
    Partition &p = partition();
    p.continuity.restore({at(-100), {{at(-5000), at(-4000)}}});
    EXPECT_EQ(p.outcomes(), Texts{"gap -5000..-4000 refused"});
    EXPECT_FALSE(p.recovery_wanted());
}

TEST_F(ContinuityTest, ARestoreInTheMiddleOfRepairsGoesOnWithThem) {
    Partition &before = after_outage(1000, 3600);
    before.open();
    before.ask_recovery();
    before.continuity.recovered_up_to(at(2060));
    before.wait(30);
    before.replayed(at(4400));
    const Coverage kept = before.continuity.coverage();
    EXPECT_EQ(kept, (Coverage{at(4361), {{at(2000), at(4301)}}}));

    Partition p(settings_);
    p.now = before.now + 10 * kSecond;
    p.continuity.restore(kept);
    EXPECT_EQ(p.continuity.coverage(), kept);
    EXPECT_EQ(p.ask_recovery().start_ms, at(2000));
    EXPECT_EQ(p.open().backfill_minutes, 5);
    EXPECT_EQ(p.outcomes().front(), "repairing 4301..4341 by recovery");
}

TEST_F(ContinuityTest, StopNamesWhatIsMissing) {
    Partition &p = after_outage(1000, 3600);
    p.open();
    p.ask_recovery();
    p.continuity.recovered_up_to(at(2060));
    p.outcomes();
    p.continuity.stop(p.now);
    Texts told = p.outcomes();
    EXPECT_NE(std::find(told.begin(), told.end(), "gap 4301..4601 stopped"), told.end());
    EXPECT_NE(std::find(told.begin(), told.end(), "gap 2000..4301 stopped"), told.end());
    EXPECT_EQ(p.holes(), Texts{"2000..4301"}) << "a checkpoint still holds it";
}

TEST_F(ContinuityTest, StopWhileConnectedMissesNothing) {
    partition().open();
    partition().live(10);
    partition().continuity.stop(partition().now);
    EXPECT_EQ(partition().outcomes(), Texts{});
}

TEST_F(ContinuityTest, WhatFollowedAStopWithoutAConnectionIsNamedOnce) {
    Partition &p = after_outage(100, 20);
    p.continuity.stop(p.now);
    p.outcomes();
    p.wait(1000); // other partitions go on
    p.continuity.stopped_until(p.now);
    p.continuity.stopped_until(p.now + kSecond);
    EXPECT_EQ(p.outcomes(), Texts{"gap 120..1120 stopped"});
}

TEST_F(ContinuityTest, NothingFollowsAStopWhileConnected) {
    Partition &p = partition();
    p.open();
    p.live(10);
    p.continuity.stop(p.now);
    p.wait(10);
    p.continuity.stopped_until(p.now);
    EXPECT_EQ(p.outcomes(), Texts{});
}

TEST_F(ContinuityTest, StopDuringAnOutageNamesIt) {
    Partition &p = after_outage(100, 20);
    p.continuity.stop(p.now);
    EXPECT_EQ(p.outcomes(), Texts{"gap 40..120 stopped"});
}

} // namespace
} // namespace xtap::continuity
