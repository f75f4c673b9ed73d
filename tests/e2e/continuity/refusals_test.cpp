// Accounts that may not ask for the past: it is tried once, then never again, and what is lost is named.
#include "past.hpp"

#include <algorithm>

namespace xtap::test {
namespace {

class Refusals : public EveryMode {};

TEST_P(Refusals, OfBackfillMakeARecoveryOfIt) {
    Past simulator(90, 100, {"--refuse", "backfill"});
    simulator.fault({{"kind", "reset"}, {"after_events", 20}});
    Tap tap(simulator.url(), GetParam(), repairing());
    const Told said = listen(tap, both(repaired_by("recovery"), events(10)));
    EXPECT_EQ(said.status, XTAP_OK) << said.error.text();
    simulator.expect_each_once(said.events());
    EXPECT_EQ(said.notices(XTAP_NOTICE_GAP).size(), 0u);
    const std::vector<Json> live = live_connections(simulator);
    ASSERT_EQ(live.size(), 3u);
    EXPECT_EQ(live[1]["status"], 400);
    EXPECT_EQ(asked(live[1], "backfill_minutes"), "1");
    EXPECT_EQ(live[2]["status"], 200);
    EXPECT_EQ(asked(live[2], "backfill_minutes"), "");
    EXPECT_EQ(recoveries(simulator).size(), 1u);
    EXPECT_GE(told(said, XTAP_NOTICE_REPAIRED)[0]["repeated"], 20);
}

TEST_P(Refusals, OfRecoveryMakeAGapOfIt) {
    Past simulator(15 * 60, 10, {"--refuse", "recovery", "--refuse-status", "403"});
    Tap tap(simulator.url(), GetParam(), repairing());
    resume(tap, made_at(simulator.begun_ms() + kMinute));
    const Told said = listen(tap, both(notices(XTAP_NOTICE_GAP), notices(XTAP_NOTICE_REPAIRED)));
    EXPECT_EQ(said.status, XTAP_OK) << said.error.text();
    const std::vector<Json> gaps = told(said, XTAP_NOTICE_GAP);
    ASSERT_EQ(gaps.size(), 1u);
    EXPECT_EQ(gaps[0]["reason"], "refused");
    EXPECT_EQ(gaps[0]["from_ms"], simulator.begun_ms() + kMinute - 1'000);
    simulator.expect_each_once(said.events(), gaps[0]["to_ms"].get<std::int64_t>());
    EXPECT_EQ(recoveries(simulator).size(), 1u);
    EXPECT_EQ(tap.stats()["gaps"], 1);
}

// Whoever dies between two commits was told of the gap by neither.
TEST_P(Refusals, AreNamedAgainToWhoCommittedWhatCameBeforeTheGapAndNotWhatCameWithIt) {
    Past simulator(15 * 60, 10, {"--refuse", "recovery", "--refuse-status", "403"});
    Tap tap(simulator.url(), GetParam(), repairing());
    resume(tap, made_at(simulator.begun_ms() + kMinute));
    const Told said = listen(tap, both(notices(XTAP_NOTICE_GAP), notices(XTAP_NOTICE_REPAIRED)));
    const auto is_gap = [](const Seen &seen) { return seen.kind == XTAP_NOTICE_GAP; };
    const auto gap = std::ranges::find_if(said.all, is_gap);
    ASSERT_NE(gap, said.all.end());
    const auto before = static_cast<std::uint64_t>(gap - said.all.begin()); // positions count from 1
    ASSERT_GT(before, 0u);
    // Each later life misses a little more, because backfill reaches five minutes from when it is asked.
    const auto first_missing_after = [&](std::uint64_t position) {
        Tap next(simulator.url(), GetParam(), repairing());
        resume(next, checkpoint_of(tap.stream(), position));
        const Told more = listen(next, both(notices(XTAP_NOTICE_GAP), notices(XTAP_NOTICE_REPAIRED)));
        return told(more, XTAP_NOTICE_GAP).at(0)["from_ms"].get<std::int64_t>();
    };
    EXPECT_EQ(first_missing_after(before), gap->facts()["from_ms"]);
    EXPECT_GE(first_missing_after(before + 1), gap->facts()["to_ms"]);
}

// The notice waits for room behind events that fill every batch, and comes with an event behind it: the
// coverage without the gap goes with the notice.
TEST(RefusalsReadTwoByTwo, NameTheGapToWhoCommitsNothingBehindIt) {
    Past simulator(15 * 60, 10, {"--refuse", "recovery", "--refuse-status", "403"});
    Tap tap(simulator.url(), {.run = false, .ahead = false}, repairing());
    resume(tap, made_at(simulator.begun_ms() + kMinute));
    Batch two(64 * 1024, 2, 0);
    std::uint64_t last = 0, gap = 0;
    while (gap == 0 || last < gap + 3) {
        ASSERT_EQ(tap.read(two), XTAP_OK) << tap.error.text();
        for (std::size_t i = 0; i < two->record_count; ++i) {
            last = two->records[i].position;
            if (two->records[i].kind == XTAP_NOTICE_GAP) gap = last;
        }
    }
    EXPECT_EQ(kept_at(tap.stream(), gap - 1).holes.size(), 1u);
    EXPECT_EQ(kept_at(tap.stream(), gap).holes.size(), 0u);
}

TEST_P(Refusals, OfBothNameTheOutageAndGoOn) {
    Past simulator(90, 100, {"--refuse", "backfill,recovery"});
    simulator.fault({{"kind", "reset"}, {"after_events", 20}});
    Tap tap(simulator.url(), GetParam(), repairing());
    const Told said = listen(tap, both(notices(XTAP_NOTICE_GAP), events(20)));
    EXPECT_EQ(said.status, XTAP_OK) << said.error.text();
    const std::vector<Json> gaps = told(said, XTAP_NOTICE_GAP);
    ASSERT_EQ(gaps.size(), 1u);
    EXPECT_EQ(gaps[0]["reason"], "refused");
    const std::vector<Seen> events = said.events();
    EXPECT_LE(gaps[0]["from_ms"], events[19].time_ms);
    for (std::size_t i = 1; i < events.size(); ++i) {
        const std::uint64_t number = simulator.number(events[i]), before = simulator.number(events[i - 1]);
        ASSERT_GT(number, before);
        if (number == before + 1) continue;
        EXPECT_GE(events[i - 1].time_ms + 10, gaps[0]["from_ms"]);
        EXPECT_LE(events[i].time_ms - 10, gaps[0]["to_ms"]);
    }
}

TEST_P(Refusals, AreRememberedByTheOtherStreamsOfTheClient) {
    Past simulator(15 * 60, 10, {"--refuse", "backfill,recovery"});
    Tap tap(simulator.url(), GetParam(), repairing());
    resume(tap, made_at(simulator.begun_ms() + kMinute));
    listen(tap, notices(XTAP_NOTICE_GAP));
    const std::size_t before = simulator.state()["list"].size();
    EXPECT_EQ(before, 3u) << "with backfill, without, and the recovery";
    Sibling sibling(tap, "2");
    sibling.resume(made_at(simulator.begun_ms() + kMinute, {2}));
    const Told said = sibling.listen(both(notices(XTAP_NOTICE_GAP), events(2)));
    const std::vector<Json> gaps = told(said, XTAP_NOTICE_GAP);
    ASSERT_EQ(gaps.size(), 1u);
    EXPECT_EQ(gaps[0]["reason"], "refused");
    const auto gap = std::ranges::find(said.all, std::uint32_t{XTAP_NOTICE_GAP}, &Seen::kind);
    const std::uint64_t position = static_cast<std::uint64_t>(gap - said.all.begin()) + 1;
    EXPECT_EQ(kept_at(sibling.stream(), position - 1).through_ms, simulator.begun_ms() + kMinute);
    const continuity::PartitionCheckpoint kept = kept_at(sibling.stream(), position);
    // late_ms before the end of the gap: what is late of that time is waited for.
    EXPECT_GE(kept.through_ms, gaps[0]["to_ms"].get<std::int64_t>() - 2'000)
        << "not with the events behind it";
    EXPECT_EQ(kept.holes.size(), 0u);
    const Json state = simulator.state();
    ASSERT_EQ(state["list"].size(), before + 1);
    EXPECT_EQ(asked(state["list"][before], "backfill_minutes"), "");
}

// Refusals are for what was added: what the caller asked for is the caller's to hear about.
TEST_P(Refusals, OfTheCallersOwnBackfillEndTheStream) {
    Past simulator(90, 100, {"--refuse", "backfill"});
    Tap tap(simulator.url(), GetParam(), repairing(), Tap::kOperation,
            {{"partition", "1"}, {"backfill_minutes", "2"}});
    const Told said = listen(tap, until_over());
    EXPECT_EQ(said.status, XTAP_E_HTTP) << said.error.text();
    EXPECT_NE(said.error.text().find("backfill_minutes"), std::string::npos) << said.error.text();
    EXPECT_EQ(simulator.state()["list"].size(), 1u);
}

TEST_P(Refusals, OfOnePartitionForGoodNameWhatItMissesToTheStreamsEnd) {
    Past simulator(90, 100);
    Tap tap(simulator.url(), GetParam(), repairing(), Tap::kOperation, {{"partition", "1-2"}});
    resume(tap, made_at(simulator.begun_ms() + kMinute, {1, 2}));
    simulator.fault({{"kind", "http_404"}}); // for one of the two
    const Told before = listen(tap, both(notices(XTAP_NOTICE_GAP), repaired_by("backfill")));
    ASSERT_EQ(before.status, XTAP_OK) << before.error.text();
    EXPECT_EQ(xtap_stream_finish(tap.stream()), XTAP_OK);
    const Told after = listen(tap, until_over());
    EXPECT_EQ(after.status, XTAP_E_NOT_FOUND);
    std::vector<Json> gaps = told(before, XTAP_NOTICE_GAP), later = told(after, XTAP_NOTICE_GAP);
    gaps.insert(gaps.end(), later.begin(), later.end());
    ASSERT_EQ(gaps.size(), 2u);
    EXPECT_EQ(gaps[0]["from_ms"], simulator.begun_ms() + kMinute - 1'000);
    EXPECT_EQ(gaps[1]["from_ms"], gaps[0]["to_ms"]);
    EXPECT_EQ(gaps[1]["partition"], gaps[0]["partition"]);
    EXPECT_EQ(gaps[1]["reason"], "stopped");
}

INSTANTIATE_TEST_SUITE_P(, Refusals, testing::ValuesIn(kEveryMode), mode_name);

} // namespace
} // namespace xtap::test
