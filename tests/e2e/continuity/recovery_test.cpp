// What lies further back than backfill reaches is recovered beside the live connection.
#include "past.hpp"

#include "stream/continuity/checkpoint.hpp"

#include <algorithm>
#include <thread>

namespace xtap::test {
namespace {

// A stream that had all until 14 minutes ago goes on: nine minutes are more than backfill reaches.
class Recovery : public EveryMode {
protected:
    std::int64_t through_ms() const { return simulator_.begun_ms() + kMinute; }
    Told go_on(Tap &tap, const Enough &enough) {
        resume(tap, made_at(through_ms()));
        return listen(tap, enough);
    }
    Past simulator_{15 * 60, 10};
};

// The server writes down how a connection ended after its client has seen it end.
bool only_live_ones_are_open(SimulatorProcess &simulator, std::size_t live) {
    return simulator.state_when("max_open=" + std::to_string(live))["reached"].get<bool>();
}

Enough repaired_twice() { return both(notices(XTAP_NOTICE_REPAIRED, 2), events(3)); }

TEST_P(Recovery, BringsWhatBackfillDoesNotReach) {
    Tap tap(simulator_.url(), GetParam(), repairing());
    const Told said = go_on(tap, repaired_twice());
    EXPECT_EQ(said.status, XTAP_OK) << said.error.text();
    simulator_.expect_each_once(said.events(), through_ms());
    EXPECT_EQ(said.notices(XTAP_NOTICE_GAP).size(), 0u);

    ASSERT_TRUE(only_live_ones_are_open(simulator_, 1));
    const std::vector<Json> live = live_connections(simulator_);
    const std::vector<Json> recovery = recoveries(simulator_);
    ASSERT_EQ(live.size(), 1u);
    ASSERT_EQ(recovery.size(), 1u);
    EXPECT_EQ(asked(live[0], "backfill_minutes"), "5");
    EXPECT_EQ(asked(live[0], "end_time"), "");
    EXPECT_EQ(asked(recovery[0], "backfill_minutes"), "");
    EXPECT_EQ(recovery[0]["first_number"], 590) << "late_ms before what was covered";
    EXPECT_NE(asked(recovery[0], "end_time"), "");
    EXPECT_EQ(recovery[0]["ended"], "complete");

    for (const Json &notice : told(said, XTAP_NOTICE_REPAIRED)) {
        if (notice["by"] != "recovery") continue;
        EXPECT_EQ(notice["from_ms"], through_ms() - 1'000);
        EXPECT_GT(notice["events"], 4'800);
    }
    const Json stats = tap.stats();
    EXPECT_EQ(stats["coverage"][0]["recovering"], 0);
    EXPECT_EQ(stats["coverage"][0]["recovering_ms"], 0);
    std::vector<std::string> roles;
    for (const Json &leg : stats["legs"])
        roles.push_back(leg["role"].text());
    EXPECT_EQ(roles, (std::vector<std::string>{"live", "recovery"}));
}

TEST_P(Recovery, MarksWhatItBringsAndWhatMayHaveComeBefore) {
    Tap tap(simulator_.url(), GetParam(), repairing());
    const Told said = go_on(tap, repaired_twice());
    for (const Seen &event : said.events()) {
        const bool old = event.time_ms < wall_ms() - kMinute, later = event.time_ms >= through_ms() + 1'024;
        ASSERT_TRUE(!old || (event.flags & XTAP_FLAG_REPLAYED)) << simulator_.number(event);
        ASSERT_FALSE(later && (event.flags & XTAP_FLAG_MAYBE_REPEATED)) << simulator_.number(event);
    }
}

TEST_P(Recovery, LetsLiveEventsThroughMeanwhile) {
    Past simulator(15 * 60, 10, {"--replay-rate", "4000"});
    Tap tap(simulator.url(), GetParam(), repairing());
    resume(tap, made_at(simulator.begun_ms() + kMinute));
    const Told said = listen(tap, repaired_twice());
    simulator.expect_each_once(said.events(), simulator.begun_ms() + kMinute);
    const std::vector<Seen> events = said.events();
    const std::int64_t opened_ms = told(said, XTAP_NOTICE_CONNECTED)[0]["at_ms"].get<std::int64_t>();
    const auto live = std::ranges::find_if(
        events, [&](const Seen &event) { return event.time_ms > opened_ms - 4 * kMinute; });
    const auto recovered = std::find_if(
        live, events.end(), [&](const Seen &event) { return event.time_ms < opened_ms - 6 * kMinute; });
    EXPECT_NE(recovered, events.end()) << "one came after the other";
}

TEST_P(Recovery, ThatIsCutGoesOnWhereItWas) {
    simulator_.fault(Json::array({{{"kind", "split_characters"}}, // which a live one never notices
                                  {{"kind", "reset"}, {"after_events", 2'000}},
                                  {{"kind", "http_503"}},
                                  {{"kind", "eof"}, {"after_events", 1'000}}}));
    Tap tap(simulator_.url(), GetParam(), repairing());
    const Told said = go_on(tap, repaired_twice());
    simulator_.expect_each_once(said.events(), through_ms());
    EXPECT_EQ(said.notices(XTAP_NOTICE_GAP).size(), 0u);
    const std::vector<Json> recovery = recoveries(simulator_);
    ASSERT_EQ(recovery.size(), 4u);
    std::vector<std::string> from, to;
    for (const Json &connection : recovery) {
        from.push_back(asked(connection, "start_time"));
        to.push_back(asked(connection, "end_time"));
    }
    EXPECT_LT(from[0], from[1]);
    EXPECT_EQ(from[1], from[2]) << "the 503 brought nothing";
    EXPECT_LT(from[2], from[3]);
    EXPECT_EQ(to, std::vector<std::string>(4, to[0]));
    EXPECT_EQ(live_connections(simulator_).size(), 1u) << "the live one was left alone";
}

TEST_P(Recovery, GoesOnWhileTheLiveConnectionIsCut) {
    simulator_.fault({{"kind", "reset"}, {"after_events", 1'000}});
    Tap tap(simulator_.url(), GetParam(), repairing());
    resume(tap, made_at(through_ms()));
    const Told said = listen(tap, repaired_twice());
    simulator_.expect_each_once(said.events(), through_ms());
    EXPECT_EQ(said.notices(XTAP_NOTICE_GAP).size(), 0u);
    EXPECT_EQ(live_connections(simulator_).size(), 2u);
    EXPECT_LE(recoveries(simulator_).size(), 2u) << "at most what the second backfill reaches less far";
}

TEST_P(Recovery, ThatFindsAllPlacesTakenWaitsAndLeavesTheLiveOneAlone) {
    Past simulator(15 * 60, 10, {"--recovery-jobs", "1", "--window-seconds", "1", "--replay-rate", "2000"});
    Tap tap(simulator.url(), GetParam(), repairing(), Tap::kOperation, {{"partition", "1-2"}});
    resume(tap, made_at(simulator.begun_ms() + kMinute, {1, 2}));
    Told said = listen(tap, notices(XTAP_NOTICE_REPAIRED, 4));
    EXPECT_EQ(said.notices(XTAP_NOTICE_GAP).size(), 0u);
    ASSERT_TRUE(only_live_ones_are_open(simulator, 2));
    std::size_t limited = 0, complete = 0;
    for (const Json &connection : recoveries(simulator)) {
        if (connection["status"] == 429) ++limited;
        if (connection["ended"] == "complete") ++complete;
    }
    EXPECT_GE(limited, 1u);
    EXPECT_EQ(complete, 2u);
    EXPECT_EQ(live_connections(simulator).size(), 2u);
    for (const std::uint32_t partition : {1u, 2u}) {
        std::vector<Seen> events = said.events();
        std::erase_if(events, [&](const Seen &event) { return event.partition != partition; });
        simulator.expect_each_once(events, simulator.begun_ms() + kMinute);
    }
}

TEST_P(Recovery, ThatIsStillRunningWhenTheStreamIsFinishedIsNamed) {
    // 8,400 events in 17 s, of which 500 are waited for: however busy the machine, it is still running then.
    Past simulator(15 * 60, 10, {"--replay-rate", "500"});
    Tap tap(simulator.url(), GetParam(), repairing());
    resume(tap, made_at(simulator.begun_ms() + kMinute));
    Told said = listen(tap, both(notices(XTAP_NOTICE_REPAIRING, 2), events(500)));
    ASSERT_EQ(said.status, XTAP_OK);
    xtap_stream_finish(tap.stream());
    Told rest = listen(tap, until_over());
    EXPECT_EQ(rest.status, XTAP_END);
    const std::vector<Json> gaps = told(rest, XTAP_NOTICE_GAP);
    ASSERT_GE(gaps.size(), 1u);
    for (const Json &gap : gaps)
        EXPECT_EQ(gap["reason"], "stopped");
    // What was not delivered lies in a gap.
    std::vector<std::uint64_t> came = simulator.numbers(said.events());
    std::ranges::copy(simulator.numbers(rest.events()), std::back_inserter(came));
    std::ranges::sort(came);
    EXPECT_EQ(std::ranges::adjacent_find(came), came.end());
    for (std::uint64_t number = 600; number < came.back(); ++number) {
        const std::int64_t time_ms = simulator.begun_ms() + static_cast<std::int64_t>(number) * 100;
        const bool named = std::ranges::any_of(
            gaps, [&](const Json &gap) { return gap["from_ms"] <= time_ms && time_ms < gap["to_ms"]; });
        ASSERT_TRUE(named || std::ranges::binary_search(came, number)) << number;
    }

    // A checkpoint holds it still: another stream brings it.
    Past &same = simulator;
    Tap next(same.url(), GetParam(), repairing());
    resume(next, checkpoint_of(tap.stream()));
    const Told more = listen(next, repaired_twice());
    std::vector<Seen> all = said.events();
    std::ranges::copy(rest.events(), std::back_inserter(all));
    std::ranges::copy(more.events(), std::back_inserter(all));
    simulator.expect_each_once(all, simulator.begun_ms() + kMinute);
}

// The keys of a checkpoint lie further apart than dedupe_window_ms: those of the hole were forgotten as soon
// as they were read, and the recovery brought their events twice.
TEST_P(Recovery, KnowsWhatAnEarlierLifeDeliveredOfTheHole) {
    continuity::PartitionCheckpoint before{.partition = 1,
                                           .through_ms = simulator_.begun_ms() + 10 * kMinute};
    before.holes = {{through_ms(), simulator_.begun_ms() + 9 * kMinute}};
    std::vector<Seen> delivered;
    {
        Tap tap(simulator_.url(), GetParam(), repairing());
        for (const Seen &event : go_on(tap, repaired_twice()).events()) {
            const std::int64_t minute = (event.time_ms - simulator_.begun_ms()) / kMinute;
            if (minute == 3 || minute == 4 || minute == 9) delivered.push_back(event);
        }
    }
    ASSERT_EQ(delivered.size(), 1'800u);
    for (const Seen &event : delivered)
        before.keys.push_back({event.id, 0});
    Tap tap(simulator_.url(), GetParam(), repairing({{"dedupe_window_ms", "60000"}}));
    resume(tap, continuity::write_checkpoint({Tap::kOperation, {before}}));
    std::vector<Seen> all = listen(tap, repaired_twice()).events();
    std::erase_if(all, [&](const Seen &event) { return event.time_ms >= before.through_ms; });
    delivered.insert(delivered.end(), all.begin(), all.end());
    simulator_.expect_each_once(delivered, through_ms());
}

// The same of events whose ids tell no time: what a checkpoint has of them was forgotten together, once the
// live connection was so far ahead. The recovery is kept waiting until it is.
TEST_P(Recovery, KnowsTheLikesThatAnEarlierLifeDeliveredOfTheHole) {
    if (GetParam().run) return; // which tells no keys
    constexpr const char *kLikes = "streamLikesFirehose";
    Past simulator(40 * 60, 10);
    const auto minute_of = [&](const Seen &like) { return (like.time_ms - simulator.begun_ms()) / kMinute; };
    const auto of_hole = [&](const Told &told) {
        std::vector<Seen> found = told.events();
        std::erase_if(found, [&](const Seen &like) { return minute_of(like) != 3 && minute_of(like) != 4; });
        return found;
    };
    continuity::PartitionCheckpoint before{.partition = 1, .through_ms = simulator.begun_ms() + 37 * kMinute};
    before.holes = {{simulator.begun_ms() + kMinute, simulator.begun_ms() + 9 * kMinute}};
    {
        Tap tap(simulator.url(), GetParam(), repairing(), kLikes);
        resume(tap, made_at(simulator.begun_ms() + 2 * kMinute, {1}, kLikes));
        for (const Seen &like : of_hole(listen(tap, repaired_twice())))
            before.keys.push_back({like.key[0], like.key[1]});
    }
    ASSERT_EQ(before.keys.size(), 1'200u);
    simulator.fault(
        Json::array({{{"kind", "split_characters"}}, {{"kind", "no_response"}, {"for_ms", 3'000}}}));
    Tap tap(simulator.url(), GetParam(), repairing({{"dedupe_window_ms", "60000"}}), kLikes);
    resume(tap, continuity::write_checkpoint({kLikes, {before}}));
    const Told said = listen(tap, repaired_by("recovery"));
    EXPECT_EQ(of_hole(said).size(), 0u);
    EXPECT_GE(said.events().size(), 3'600u) << "the other six minutes of the hole";
}

INSTANTIATE_TEST_SUITE_P(, Recovery, testing::ValuesIn(kEveryMode), mode_name);

TEST(RecoveryJobs, AreSharedByTheStreamsOfAClient) {
    Past simulator(15 * 60, 10, {"--recovery-jobs", "10", "--replay-rate", "10000"});
    Tap tap(simulator.url(), {}, repairing({{"recovery_jobs", "1"}}));
    resume(tap, made_at(simulator.begun_ms() + kMinute));
    Sibling sibling(tap, "2");
    sibling.resume(made_at(simulator.begun_ms() + kMinute, {2}));
    Told other;
    std::thread reader([&] { other = sibling.listen(repaired_by("recovery")); });
    const Told one = listen(tap, repaired_by("recovery"));
    reader.join();
    // From the first word to the last of each recovery: one after the other.
    const auto stretch = [](const Told &of) {
        std::pair<std::int64_t, std::int64_t> found{0, 0};
        for (const Seen &seen : of.all) {
            if (!seen.is_notice() || !is_recovery(seen)) continue;
            (found.first == 0 ? found.first : found.second) = seen.facts()["at_ms"].get<std::int64_t>();
        }
        return found;
    };
    const auto [first, second] = std::minmax({stretch(one), stretch(other)});
    EXPECT_GT(first.first, 0);
    EXPECT_LE(first.second, second.first);
    simulator.expect_each_once(one.events(), simulator.begun_ms() + kMinute);
    simulator.expect_each_once(other.events(), simulator.begun_ms() + kMinute);
}

TEST(ContinuityBackfill, NamesWhatLiesFurtherBack) {
    Past simulator(15 * 60, 10);
    Tap tap(simulator.url(), {}, repairing({{"continuity", "backfill"}}));
    resume(tap, made_at(simulator.begun_ms() + kMinute));
    const Told said = listen(tap, notices(XTAP_NOTICE_REPAIRED));
    const std::vector<Json> gaps = told(said, XTAP_NOTICE_GAP);
    ASSERT_EQ(gaps.size(), 1u);
    EXPECT_EQ(gaps[0]["reason"], "backfill_only");
    EXPECT_EQ(gaps[0]["from_ms"], simulator.begun_ms() + kMinute - 1'000);
    simulator.expect_each_once(said.events(), gaps[0]["to_ms"].get<std::int64_t>());
    EXPECT_EQ(recoveries(simulator).size(), 0u);
    EXPECT_EQ(tap.stats()["gaps"], 1);
    EXPECT_EQ(tap.stats()["gap_ms"],
              gaps[0]["to_ms"].get<std::int64_t>() - gaps[0]["from_ms"].get<std::int64_t>());
}

TEST(TheSmallSample, HasNoRecovery) {
    Past simulator(15 * 60, 10);
    Tap tap(simulator.url(), {}, repairing(), "streamPostsSample", {});
    resume(tap, made_at(simulator.begun_ms() + kMinute, {0}, "streamPostsSample"));
    const Told said = listen(tap, notices(XTAP_NOTICE_REPAIRED));
    const std::vector<Json> gaps = told(said, XTAP_NOTICE_GAP);
    ASSERT_EQ(gaps.size(), 1u);
    EXPECT_EQ(gaps[0]["reason"], "unsupported");
    simulator.expect_each_once(said.events(), gaps[0]["to_ms"].get<std::int64_t>());
}

TEST(AnOutageOfMoreThanADay, IsNamedAsFarAsItIsTooOld) {
    Past simulator(26 * 3600, 1, {"--replay-rate", "0"});
    Tap tap(simulator.url(), {}, repairing());
    const std::int64_t through_ms = simulator.begun_ms() + 3'600'000;
    resume(tap, made_at(through_ms));
    const Told said = listen(tap, repaired_by("recovery"));
    const std::vector<Json> gaps = told(said, XTAP_NOTICE_GAP);
    ASSERT_GE(gaps.size(), 1u); // time goes on until the recovery is asked for: another few ms
    std::int64_t lost_to_ms = through_ms - 1'000;
    for (const Json &gap : gaps) {
        EXPECT_EQ(gap["reason"], "too_old");
        EXPECT_EQ(gap["from_ms"], lost_to_ms);
        lost_to_ms = gap["to_ms"].get<std::int64_t>();
    }
    EXPECT_LT(lost_to_ms, wall_ms() - 23 * 3'600'000);
    simulator.expect_each_once(said.events(), lost_to_ms + 1'000);
}

} // namespace
} // namespace xtap::test
