// Checkpoints hold what was delivered up to a position: a stream resumed from one brings all the rest, and
// nothing of it again.
#include "past.hpp"

#include <algorithm>
#include <atomic>
#include <thread>

namespace xtap::test {
namespace {

class Checkpoints : public EveryMode {
protected:
    // What a stream that goes on from the checkpoint brings until it is repaired.
    Told go_on(const std::string &checkpoint, const Settings &parameters = {{"partition", "1"}}) {
        Tap tap(simulator_.url(), GetParam(), repairing(), Tap::kOperation, parameters);
        resume(tap, checkpoint);
        Told told = listen(tap, both(notices(XTAP_NOTICE_REPAIRED), events(5)));
        EXPECT_EQ(told.status, XTAP_OK) << told.error.text();
        return told;
    }
    // `before` as far as `upto`, and `after`, are everything once.
    void expect_joined(std::vector<Seen> before, std::uint64_t upto, const Told &after) {
        std::erase_if(before, [&](const Seen &event) { return event.position > upto; });
        std::ranges::copy(after.events(), std::back_inserter(before));
        simulator_.expect_each_once(before);
        for (const Seen &event : after.events())
            ASSERT_EQ(event.flags & XTAP_FLAG_MAYBE_REPEATED, 0u) << simulator_.number(event);
    }
    Past simulator_{2, 200};
};

TEST_P(Checkpoints, HoldWhatWasDeliveredUpToAPosition) {
    Tap tap(simulator_.url(), GetParam(), repairing());
    const Told said = listen(tap, events(100));
    for (const std::size_t index : {std::size_t{0}, std::size_t{49}, std::size_t{99}}) {
        const std::uint64_t upto = said.events()[index].position;
        expect_joined(said.events(), upto, go_on(checkpoint_of(tap.stream(), upto)));
    }
}

TEST_P(Checkpoints, OfPositionZeroHoldAllThatWasDelivered) {
    Tap tap(simulator_.url(), GetParam(), repairing());
    const Told said = listen(tap, events(50));
    const std::string checkpoint = checkpoint_of(tap.stream());
    std::vector<Seen> all = said.events();
    if (!GetParam().run) { // what read gave and the test has not looked at was delivered too
        const std::uint64_t delivered = tap.stats()["position"].get<std::uint64_t>();
        const Told rest = listen(tap, [&](const Told &of) { return of.all.back().position >= delivered; });
        std::ranges::copy(rest.events(), std::back_inserter(all));
        std::erase_if(all, [&](const Seen &event) { return event.position > delivered; });
    }
    expect_joined(all, all.back().position, go_on(checkpoint));
}

TEST_P(Checkpoints, AreMadeWhileTheStreamRuns) {
    simulator_.fault({{"kind", "reset"}, {"after_events", 30}});
    Tap tap(simulator_.url(), GetParam(), repairing());
    std::string checkpoint;
    std::uint64_t upto = 0;
    std::size_t seen = 0;
    const Told said = listen(tap, [&](const Told &of) {
        if (of.all.back().is_notice()) return false;
        ++seen;
        if (seen == 39) upto = of.all.back().position;
        if (seen == 40) checkpoint = checkpoint_of(tap.stream(), upto); // for run, in its callback
        return seen >= 80;
    });
    ASSERT_FALSE(checkpoint.empty());
    expect_joined(said.events(), upto, go_on(checkpoint));
}

// The event whose callback runs is delivered once it answers.
TEST_P(Checkpoints, LeaveOutTheEventThatFails) {
    Tap tap(simulator_.url(), GetParam(), repairing());
    std::vector<Seen> taken;
    const xtap_status status = tap.consume([&](const Seen &seen) {
        if (taken.size() == 20) return XTAP_FAIL;
        if (!seen.is_notice()) taken.push_back(seen);
        return XTAP_CONTINUE;
    });
    EXPECT_EQ(status, XTAP_OK);
    expect_joined(taken, taken.back().position,
                  go_on(checkpoint_of(tap.stream(), GetParam().run ? 0 : taken.back().position)));
}

TEST_P(Checkpoints, AreMadeByAnotherThread) {
    Tap tap(simulator_.url(), GetParam(), repairing());
    ASSERT_EQ(listen(tap, events(1)).status, XTAP_OK);
    std::atomic<bool> over{false};
    std::vector<std::string> made;
    std::thread other([&] {
        while (!over) {
            made.push_back(checkpoint_of(tap.stream()));
            std::this_thread::yield();
        }
    });
    const Told said = listen(tap, events(200));
    over = true;
    other.join();
    ASSERT_FALSE(made.empty());
    for (const std::string &one : made)
        ASSERT_TRUE(one.starts_with("xtap-checkpoint.")) << one.substr(0, 80);
    // One from the midst: all that came after it is there.
    std::vector<Seen> all = said.events();
    const Told after = go_on(made[made.size() / 2]);
    std::vector<std::uint64_t> came = simulator_.numbers(after.events());
    EXPECT_GE(came.back(), simulator_.number(all.back()));
}

TEST_P(Checkpoints, OfAStreamThatNeverBeganAreFromWhenTheyWereMade) {
    std::string checkpoint;
    {
        Tap tap(simulator_.url(), GetParam(), repairing());
        checkpoint = checkpoint_of(tap.stream());
    }
    const std::int64_t made_ms = wall_ms();
    simulator_.expect_each_once(go_on(checkpoint).events(), made_ms / 1'000 * 1'000);
}

// It had begun to connect, and had not been answered.
TEST_P(Checkpoints, OfAStreamThatIsStillConnectingAreFromWhenTheyWereMade) {
    simulator_.fault({{"kind", "http_503"}});
    std::string checkpoint;
    {
        Tap tap(simulator_.url(), GetParam(), repairing());
        ASSERT_EQ(listen(tap, notices(XTAP_NOTICE_DISCONNECTED)).status, XTAP_OK);
        checkpoint = checkpoint_of(tap.stream(), 1);
        EXPECT_TRUE(tap.stats()["coverage"][0]["through_ms"].is_null());
    }
    const std::int64_t made_ms = wall_ms();
    simulator_.expect_each_once(go_on(checkpoint).events(), made_ms / 1'000 * 1'000);
}

TEST_P(Checkpoints, OfAStreamThatWasResumedAndNeverConnectedAreTheSame) {
    Tap first(simulator_.url(), GetParam(), repairing());
    const Told said = listen(first, events(60));
    const std::uint64_t upto = said.events().back().position;
    const std::string checkpoint = checkpoint_of(first.stream(), upto);
    std::string again;
    {
        Tap second(simulator_.url(), GetParam(), repairing());
        resume(second, checkpoint);
        again = checkpoint_of(second.stream());
    }
    EXPECT_EQ(again, checkpoint);
    expect_joined(said.events(), upto, go_on(again));
}

TEST_P(Checkpoints, GoThroughManyLives) {
    std::vector<Seen> all;
    std::string checkpoint;
    for (int life = 0; life < 6; ++life) {
        Tap tap(simulator_.url(), GetParam(), repairing());
        if (!checkpoint.empty()) resume(tap, checkpoint);
        const Told said = listen(tap, events(life % 2 == 0 ? 30 : 1));
        std::ranges::copy(said.events(), std::back_inserter(all));
        checkpoint = checkpoint_of(tap.stream(), all.back().position);
    }
    const Told last = go_on(checkpoint);
    std::ranges::copy(last.events(), std::back_inserter(all));
    simulator_.expect_each_once(all);
}

TEST_P(Checkpoints, OfSeveralPartitionsHoldEach) {
    const Settings both_partitions = {{"partition", "1-2"}};
    Tap tap(simulator_.url(), GetParam(), repairing(), Tap::kOperation, both_partitions);
    const Told said = listen(tap, events_of_each({1, 2}, 31));
    const std::vector<Seen> before = said.events();
    const std::uint64_t upto = before[before.size() / 2].position;
    const std::string checkpoint = checkpoint_of(tap.stream(), upto);
    Tap next(simulator_.url(), GetParam(), repairing(), Tap::kOperation, both_partitions);
    resume(next, checkpoint);
    const Told after = listen(next, both(notices(XTAP_NOTICE_REPAIRED, 2), events(10)));
    for (const std::uint32_t partition : {1u, 2u}) {
        std::vector<Seen> all;
        for (const Seen &event : before)
            if (event.partition == partition && event.position <= upto) all.push_back(event);
        for (const Seen &event : after.events())
            if (event.partition == partition) all.push_back(event);
        simulator_.expect_each_once(all);
    }
}

TEST_P(Checkpoints, OfMorePartitionsServeAStreamOfSome) {
    const std::string checkpoint = made_at(wall_ms() - 1'000, {1, 2, 3});
    simulator_.expect_each_once(go_on(checkpoint, {{"partition", "2"}}).events());
    EXPECT_EQ(simulator_.state()["list"].size(), 1u);
}

// Another process has the other partitions: what stands of them here would never move again.
TEST_P(Checkpoints, OfAStreamOfSomePartitionsLeaveOutTheOthers) {
    const std::string whole = made_at(wall_ms() - 1'000, {1, 2, 3});
    Tap tap(simulator_.url(), GetParam(), repairing(), Tap::kOperation, {{"partition", "2"}});
    resume(tap, whole);
    const auto partitions_of = [](const std::string &text) {
        std::vector<std::uint32_t> numbers;
        for (const continuity::PartitionCheckpoint &one : continuity::read_checkpoint(text).partitions)
            numbers.push_back(one.partition);
        return numbers;
    };
    EXPECT_EQ(partitions_of(checkpoint_of(tap.stream())), std::vector<std::uint32_t>{2});
    ASSERT_EQ(listen(tap, events(5)).status, XTAP_OK);
    const std::string part = checkpoint_of(tap.stream());
    EXPECT_EQ(partitions_of(part), std::vector<std::uint32_t>{2});
    Tap other(simulator_.url(), GetParam(), repairing(), Tap::kOperation, {{"partition", "1"}});
    EXPECT_THROW(resume(other, part), std::runtime_error);
}

INSTANTIATE_TEST_SUITE_P(, Checkpoints, testing::ValuesIn(kEveryMode), mode_name);

// ---- read: batches in hand ----

class BatchesInHand : public EveryMode {};

TEST_P(BatchesInHand, AreNotInACheckpointOfAnEarlierPosition) {
    Past simulator(2, 200);
    Tap tap(simulator.url(), GetParam(), repairing());
    struct Commit {
        std::uint64_t upto;
        std::string checkpoint;
    };
    std::vector<Seen> all;
    std::vector<Commit> commits;
    std::vector<std::uint64_t> ends; // of the batches
    Batch batch(64 * 1024, 7, 0);
    while (ends.size() < 30) {
        ASSERT_EQ(tap.read(batch), XTAP_OK) << tap.error.text();
        for (std::size_t i = 0; i < batch->record_count; ++i)
            all.push_back(seen_of(*batch, batch->records[i], 0));
        ends.push_back(all.back().position);
        // Three batches are in flight when the first of them is committed.
        if (ends.size() > 3) {
            const std::uint64_t upto = ends[ends.size() - 4];
            commits.push_back({upto, checkpoint_of(tap.stream(), upto)});
        }
    }
    tap.close();
    std::erase_if(all, &Seen::is_notice);
    for (const Commit &commit : {commits.front(), commits[commits.size() / 2], commits.back()}) {
        Tap next(simulator.url(), GetParam(), repairing());
        resume(next, commit.checkpoint);
        const Told after = listen(next, both(notices(XTAP_NOTICE_REPAIRED), events(5)));
        std::vector<Seen> joined = all;
        std::erase_if(joined, [&](const Seen &event) { return event.position > commit.upto; });
        std::ranges::copy(after.events(), std::back_inserter(joined));
        simulator.expect_each_once(joined);
    }
}

// A read that gathers events and is cancelled returns none of them: a checkpoint of all that was delivered
// must not hold them.
TEST_P(BatchesInHand, OfAReadThatIsCancelledAreInNoCheckpoint) {
    Past simulator(2, 200);
    Tap tap(simulator.url(), GetParam(),
            repairing({{"read_min_bytes", "1GiB"}, {"read_linger_ms", "3600000"}}));
    std::vector<Seen> all;
    Batch batch(64 << 20, 100'000, 0);
    ASSERT_EQ(tap.read(batch, 500), XTAP_OK) << tap.error.text();
    for (std::size_t i = 0; i < batch->record_count; ++i)
        all.push_back(seen_of(*batch, batch->records[i], 0));
    const std::uint64_t returned = all.back().position;
    EXPECT_EQ(tap.stats()["position"], returned);

    const auto before = simulator.state()["list"].back()["events"].get<std::uint64_t>();
    Json reached;
    std::thread canceller([&] {
        reached = simulator.state_when("min_events=" + std::to_string(before + 100));
        xtap_stream_cancel(tap.stream());
    });
    EXPECT_EQ(tap.read(batch), XTAP_E_CANCELLED);
    canceller.join();
    ASSERT_TRUE(reached["reached"].get<bool>()) << "there was nothing to gather";
    EXPECT_EQ(batch->record_count, 0u);
    EXPECT_EQ(tap.stats()["position"], returned);
    const std::string checkpoint = checkpoint_of(tap.stream());
    EXPECT_EQ(checkpoint, checkpoint_of(tap.stream(), returned));

    Tap next(simulator.url(), GetParam(), repairing());
    resume(next, checkpoint);
    const Told after = listen(next, both(notices(XTAP_NOTICE_REPAIRED), events(5)));
    std::erase_if(all, &Seen::is_notice);
    std::ranges::copy(after.events(), std::back_inserter(all));
    simulator.expect_each_once(all);
}

INSTANTIATE_TEST_SUITE_P(, BatchesInHand, testing::Values(Mode{false, true}, Mode{false, false}), mode_name);

} // namespace
} // namespace xtap::test
