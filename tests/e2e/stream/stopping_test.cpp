// Stopping and going on: STOP, FAIL, wake and finish, in every way of consuming and over changes between
// them.
#include "faults.hpp"

#include <atomic>
#include <thread>

namespace xtap::test {
namespace {

class Stopping : public EveryMode {};

const Tap::See kGoOn = [](const Seen &) { return XTAP_CONTINUE; };

TEST_P(Stopping, AStoppedRunGoesOnAfterTheEventThatStoppedIt) {
    Simulator simulator;
    Tap tap(simulator.url(), {true, GetParam().ahead});
    std::vector<Seen> all;
    for (int i = 0; i < 20; ++i) {
        const Told told = listen(tap, events(7));
        ASSERT_EQ(told.status, XTAP_OK) << told.error.text();
        all.insert(all.end(), told.all.begin(), told.all.end());
    }
    Told told;
    told.all = all;
    EXPECT_EQ(told.lines(), truth(140));
    expect_no_hole(all);
}

TEST_P(Stopping, RunAndReadTakeTurnsWithoutAHole) {
    Simulator simulator;
    Tap tap(simulator.url(), GetParam());
    Batch small(64 * 1024, 3, 0);
    Told told;
    for (int turn = 0; turn < 30; ++turn) {
        Told part;
        part.status = tap.run([&](const Seen &seen) {
            part.all.push_back(seen);
            return part.event_count() == 5 ? XTAP_STOP : XTAP_CONTINUE;
        });
        ASSERT_EQ(part.status, XTAP_OK) << tap.error.text();
        told.all.insert(told.all.end(), part.all.begin(), part.all.end());
        ASSERT_EQ(tap.read(small), XTAP_OK) << tap.error.text();
        for (std::size_t i = 0; i < small->record_count; ++i)
            told.all.push_back(seen_of(*small, small->records[i], 0));
        EXPECT_EQ(tap.stats()["position"], told.all.size());
    }
    EXPECT_EQ(told.lines(), truth(told.event_count()));
    expect_no_hole(told.all);
}

TEST_P(Stopping, AnEventThatFailedComesAgainAtTheSamePosition) {
    Simulator simulator({"--count", "40"}); // too few ever to lag: a notice more would move the events
    Tap tap(simulator.url(), {true, GetParam().ahead});
    std::vector<Seen> delivered;
    int failures = 0;
    while (delivered.size() < 30) {
        std::vector<Seen> refused;
        ASSERT_EQ(tap.run([&](const Seen &seen) {
            if (seen.is_notice()) return XTAP_CONTINUE;
            if (seen.position % 4 == 0 && failures < 3) {
                refused.push_back(seen);
                return XTAP_FAIL;
            }
            failures = 0;
            delivered.push_back(seen);
            return delivered.size() == 30 ? XTAP_STOP : XTAP_CONTINUE;
        }),
                  XTAP_OK)
            << tap.error.text();
        if (!refused.empty()) {
            ++failures;
            EXPECT_EQ(tap.stats()["position"], refused[0].position - 1) << "it does not count as delivered";
        }
    }
    Told told;
    told.all = delivered;
    EXPECT_EQ(told.lines(), truth(30));
    expect_no_hole(delivered, 2);
}

TEST_P(Stopping, ANoticeThatFailedComesAgain) {
    Simulator simulator({"--rate", "100"}); // slow enough never to lag: a notice more would move the event
    Tap tap(simulator.url(), {true, GetParam().ahead});
    int connecting = 0;
    for (int i = 0; i < 3; ++i)
        ASSERT_EQ(tap.run([&](const Seen &seen) {
            connecting += seen.kind == XTAP_NOTICE_CONNECTING;
            return connecting < 3 ? XTAP_FAIL : XTAP_STOP;
        }),
                  XTAP_OK);
    EXPECT_EQ(connecting, 3);
    Told told = listen(tap, events(1));
    EXPECT_EQ(told.course(), "connected, 1 event");
    EXPECT_EQ(told.events()[0].position, 3u);
}

TEST_P(Stopping, AFailedEventIsTheFirstOfTheNextRead) {
    Simulator simulator;
    Tap tap(simulator.url(), GetParam());
    std::uint64_t notices = 0; // on a slow machine the stream lags before its first event, and says so
    ASSERT_EQ(tap.run([&](const Seen &seen) {
        notices += seen.is_notice();
        return seen.is_notice() ? XTAP_CONTINUE : XTAP_FAIL;
    }),
              XTAP_OK);
    Batch batch;
    ASSERT_EQ(tap.read(batch), XTAP_OK);
    std::size_t first = 0;
    while (first < batch->record_count && seen_of(*batch, batch->records[first], 0).is_notice())
        ++first;
    ASSERT_LT(first, batch->record_count);
    EXPECT_EQ(seen_of(*batch, batch->records[first], 0).json, truth(1)[0]);
    EXPECT_EQ(batch->records[first].position, notices + first + 1);
}

TEST_P(Stopping, AnAnswerThatIsNoneOfTheThreeCountsAsFail) {
    Simulator simulator;
    Tap tap(simulator.url(), GetParam());
    ASSERT_EQ(tap.run([](const Seen &) { return xtap_flow{77}; }), XTAP_OK);
    Batch batch;
    ASSERT_EQ(tap.read(batch), XTAP_OK);
    EXPECT_EQ(batch->records[0].position, 1u);
}

// ---- wake ----

TEST_P(Stopping, AWakeBeforehandInterruptsTheNextCallOnceAndConsumesNothing) {
    Simulator simulator;
    Tap tap(simulator.url(), GetParam());
    EXPECT_EQ(xtap_stream_wake(tap.stream()), XTAP_OK);
    EXPECT_EQ(xtap_stream_wake(tap.stream()), XTAP_OK) << "several count as one";
    EXPECT_EQ(tap.consume(kGoOn), XTAP_INTERRUPTED);
    const Told told = listen(tap, events(10));
    EXPECT_EQ(told.status, XTAP_OK) << told.error.text();
    EXPECT_EQ(told.lines(), truth(10));
    expect_no_hole(told.all);
}

TEST_P(Stopping, AWakeDuringAQuietWaitInterruptsIt) {
    Simulator simulator;
    simulator.fault(fault("keep_alive_only", {{"after_events", 3}}));
    Tap tap(simulator.url(), GetParam());
    Told first = listen(tap, events(3));
    std::thread waker([&] {
        simulator.state_when("min_connections=1");
        xtap_stream_wake(tap.stream());
    });
    EXPECT_EQ(tap.consume(kGoOn), XTAP_INTERRUPTED);
    waker.join();
    EXPECT_EQ(first.lines(), truth(3));
}

TEST_P(Stopping, AWakeFromACallbackInterruptsAfterTheEventThatIsBeingDelivered) {
    Simulator simulator;
    Tap tap(simulator.url(), {true, GetParam().ahead});
    std::uint64_t last = 0;
    for (int i = 0; i < 5; ++i)
        ASSERT_EQ(tap.run([&](const Seen &seen) {
            if (seen.is_notice()) return XTAP_CONTINUE;
            if (last > 0) {
                EXPECT_EQ(seen.position, last + 1);
            }
            last = seen.position;
            if (last % 5 == 0) xtap_stream_wake(tap.stream());
            return XTAP_CONTINUE;
        }),
                  XTAP_INTERRUPTED);
    EXPECT_EQ(last, 25u);
}

TEST_P(Stopping, AWakeEndsALingeringReadWithTheRecordsItHas) {
    Simulator simulator;
    simulator.fault(fault("keep_alive_only", {{"after_events", 3}}));
    Tap tap(simulator.url(), GetParam(), {{"read_min_bytes", "1MiB"}, {"read_linger_ms", "3600000"}});
    std::thread waker([&] {
        simulator.state_when("min_events=3");
        while (tap.stats()["events"] != 3)
            std::this_thread::yield();
        xtap_stream_wake(tap.stream());
    });
    Batch batch;
    EXPECT_EQ(tap.read(batch), XTAP_OK);
    waker.join();
    EXPECT_GE(batch->record_count, 1u);
    for (std::size_t seen = batch->record_count; seen < 5;) {
        const xtap_status status = tap.read(batch, 0);
        ASSERT_TRUE(status == XTAP_OK || status == XTAP_INTERRUPTED) << tap.error.text();
        if (status == XTAP_INTERRUPTED) break;
        seen += batch->record_count;
    }
}

// ---- finish ----

TEST_P(Stopping, FinishDeliversWhatIsBufferedAndThenEnds) {
    Simulator simulator({"--count", "500"});
    simulator.fault(fault("keep_alive_only", {{"after_events", 400}}));
    Tap tap(simulator.url(), GetParam());
    Told told = listen(tap, events(1));
    simulator.state_when("min_events=400");
    EXPECT_EQ(xtap_stream_finish(tap.stream()), XTAP_OK);
    const Told rest = listen(tap, until_over());
    EXPECT_EQ(rest.status, XTAP_END) << rest.error.text();
    told.all.insert(told.all.end(), rest.all.begin(), rest.all.end());
    EXPECT_EQ(told.lines(), truth(told.event_count()));
    expect_no_hole(told.all);
    EXPECT_EQ(rest.all.back().facts()["cause"], "finished");
    EXPECT_TRUE(simulator.state_when("max_open=0")["reached"].get<bool>()) << "disconnected";
    EXPECT_EQ(tap.consume(kGoOn), XTAP_END);
    EXPECT_EQ(tap.run(kGoOn), XTAP_END);
    Batch batch;
    EXPECT_EQ(tap.read(batch, 0), XTAP_END);
    EXPECT_EQ(batch->record_count, 0u);
    EXPECT_EQ(tap.stats()["state"], "ended");
}

TEST_P(Stopping, FinishBeforeTheFirstCallEndsWithoutConnecting) {
    Simulator simulator;
    Tap tap(simulator.url(), GetParam());
    xtap_stream_finish(tap.stream());
    EXPECT_EQ(tap.consume(kGoOn), XTAP_END);
    EXPECT_EQ(simulator.state()["connections"], 0);
}

TEST_P(Stopping, FinishFromACallbackEndsAfterWhatIsBuffered) {
    Simulator simulator;
    Tap tap(simulator.url(), {true, GetParam().ahead});
    Told told;
    told.status = tap.run([&](const Seen &seen) {
        told.all.push_back(seen);
        if (told.event_count() == 3) xtap_stream_finish(tap.stream());
        return XTAP_CONTINUE;
    });
    EXPECT_EQ(told.status, XTAP_END) << tap.error.text();
    EXPECT_EQ(told.lines(), truth(told.event_count()));
}

TEST_P(Stopping, FinishWhileBackingOffEndsAtOnce) {
    Simulator simulator;
    simulator.fault(fault("http_503", {{"times", 0}}));
    Tap tap(simulator.url(), GetParam(),
            {{"backoff_http_start_ms", "3600000"}, {"backoff_http_max_ms", "3600000"}});
    EXPECT_EQ(listen(tap, notices(XTAP_NOTICE_BACKING_OFF)).status, XTAP_OK);
    std::thread finisher([&] { xtap_stream_finish(tap.stream()); });
    EXPECT_EQ(tap.consume(kGoOn), XTAP_END);
    finisher.join();
}

// ---- two at once ----

TEST_P(Stopping, ASecondThreadIsToldThatTheStreamIsBusy) {
    Simulator simulator;
    Tap tap(simulator.url(), GetParam());
    std::atomic<int> answers{0};
    std::thread second;
    Batch other;
    const xtap_status status = tap.run([&](const Seen &seen) {
        if (seen.is_notice()) return XTAP_CONTINUE;
        second = std::thread([&] {
            Error error;
            EXPECT_EQ(xtap_stream_run(tap.stream(), &error), XTAP_E_BUSY) << error.text();
            EXPECT_EQ(xtap_stream_read(tap.stream(), other.get(), 0, &error), XTAP_E_BUSY);
            EXPECT_EQ(xtap_stream_on_event(tap.stream(), nullptr, nullptr), XTAP_E_BUSY);
            EXPECT_EQ(xtap_stream_on_notice(tap.stream(), nullptr, nullptr), XTAP_E_BUSY);
            EXPECT_EQ(xtap_stream_select(tap.stream(), nullptr, 0, &error), XTAP_E_BUSY);
            answers = 5;
        });
        second.join();
        return XTAP_STOP;
    });
    EXPECT_EQ(status, XTAP_OK);
    EXPECT_EQ(answers, 5);
}

TEST_P(Stopping, ACallbackMayNotRunOrReadItsOwnStreamButMayUseAnother) {
    Simulator simulator;
    Tap tap(simulator.url(), GetParam()), another(simulator.url(), GetParam());
    Batch batch;
    EXPECT_EQ(tap.run([&](const Seen &seen) {
        if (seen.is_notice()) return XTAP_CONTINUE;
        EXPECT_EQ(xtap_stream_run(tap.stream(), nullptr), XTAP_E_BUSY);
        EXPECT_EQ(xtap_stream_read(tap.stream(), batch.get(), 0, nullptr), XTAP_E_BUSY);
        EXPECT_EQ(listen(another, events(3)).lines(), truth(3));
        EXPECT_EQ(tap.stats()["state"], "open");
        return XTAP_STOP;
    }),
              XTAP_OK);
    EXPECT_EQ(listen(tap, events(1)).lines(), (std::vector<std::string>{truth(2)[1]})) << "and goes on";
}

INSTANTIATE_TEST_SUITE_P(, Stopping, testing::ValuesIn(kEveryMode), mode_name);

} // namespace
} // namespace xtap::test
