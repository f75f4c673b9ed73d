// cancel takes effect within 100 ms in every state that a stream can be in, from wherever it is called.
#include "faults.hpp"
#include "quickest.hpp"
#include "small_server.hpp"

#include <algorithm>
#include <atomic>
#include <csignal>
#include <pthread.h>
#include <thread>

namespace xtap::test {
namespace {

class Cancel : public EveryMode {};

const Tap::See kGoOn = [](const Seen &) { return XTAP_CONTINUE; };

// TSan looks at every page that a queue frees: what fills one takes a small one there.
Settings for_a_full_queue(Mode mode) {
#if defined(__SANITIZE_THREAD__)
    if (mode.ahead) return {{"max_event_bytes", "64KiB"}, {"read_ahead_bytes", "256KiB"}};
#endif
    static_cast<void>(mode);
    return {};
}

// Consumes on a thread of its own; cancels when `there` has returned. How long the consumer takes to notice,
// or close after it, whichever is longer.
std::chrono::milliseconds cancelled_when(Tap &tap, const std::function<void()> &there) {
    std::atomic<Clock::time_point> left{Clock::time_point{}};
    xtap_status status = XTAP_OK;
    std::thread consumer([&] {
        status = tap.consume(kGoOn);
        left = Clock::now();
    });
    there();
    const auto asked = Clock::now();
    EXPECT_EQ(xtap_stream_cancel(tap.stream()), XTAP_OK);
    consumer.join();
    EXPECT_EQ(status, XTAP_E_CANCELLED) << tap.error.text();
    const auto noticed = std::chrono::ceil<std::chrono::milliseconds>(left.load() - asked);
    const auto close_from = Clock::now();
    tap.close();
    return std::max(noticed, since(close_from));
}

// `one_try` sets out anew, and cancels.
void expect_quick(const std::function<std::chrono::milliseconds()> &one_try) {
    EXPECT_LE(quickest(kCancelWithin, one_try), kCancelWithin);
}

void until_told(Tap &tap, const std::string &state) {
    while (tap.stats()["state"] != state)
        std::this_thread::yield();
}

TEST_P(Cancel, BeforeTheFirstCallIsFinal) {
    Simulator simulator;
    Tap tap(simulator.url(), GetParam());
    EXPECT_EQ(xtap_stream_cancel(tap.stream()), XTAP_OK);
    EXPECT_EQ(tap.consume(kGoOn), XTAP_E_CANCELLED);
    EXPECT_EQ(tap.run(kGoOn), XTAP_E_CANCELLED);
    Batch batch;
    EXPECT_EQ(tap.read(batch, 0), XTAP_E_CANCELLED);
    EXPECT_EQ(batch->record_count, 0u);
    int fd = 0;
    EXPECT_EQ(xtap_stream_fd(tap.stream(), &fd, nullptr),
              GetParam().ahead ? XTAP_E_CANCELLED : XTAP_E_UNSUPPORTED);
    EXPECT_EQ(fd, -1);
    xtap_stream_wake(tap.stream());
    xtap_stream_finish(tap.stream());
    EXPECT_EQ(tap.consume(kGoOn), XTAP_E_CANCELLED) << "neither wake nor finish change that";
    EXPECT_EQ(simulator.state()["connections"], 0);
}

TEST_P(Cancel, WhileConnecting) {
    expect_quick([&] {
        FullBacklog server;
        Tap tap(server.url(), GetParam());
        return cancelled_when(tap, [&] { until_told(tap, "connecting"); });
    });
}

// libcurl reads the authorities behind its first words; those of the system are many, which is work and no
// wait.
TEST_P(Cancel, InATlsHandshakeThatIsNeverAnswered) {
    const Simulator one_authority({"--tls"});
    expect_quick([&] {
        SmallServer server;
        Tap tap(server.url("https"), GetParam(), {{"ca_file", one_authority.certificate()}});
        return cancelled_when(tap, [&] {
            ASSERT_TRUE(server.wait_accepted(1));
            while (server.heard().empty())
                std::this_thread::yield();
        });
    });
}

TEST_P(Cancel, WhileWaitingForTheAnswer) {
    expect_quick([&] {
        Simulator simulator;
        simulator.fault(fault("no_response"));
        Tap tap(simulator.url(), GetParam());
        const auto took = cancelled_when(tap, [&] {
            while (simulator.state_when("min_open=1")["list"][0]["request_line"] == "")
                std::this_thread::yield();
        });
        EXPECT_TRUE(simulator.state_when("max_open=0")["reached"].get<bool>()) << "the connection is gone";
        return took;
    });
}

TEST_P(Cancel, WhileTheStreamIsOpenAndSilent) {
    expect_quick([&] {
        Simulator simulator;
        simulator.fault(fault("keep_alive_only"));
        Tap tap(simulator.url(), GetParam());
        return cancelled_when(tap, [&] { until_told(tap, "open"); });
    });
}

TEST_P(Cancel, WhileTheStreamIsOpenAndBusy) {
    expect_quick([&] {
        Simulator simulator;
        Tap tap(simulator.url(), GetParam(), for_a_full_queue(GetParam()));
        return cancelled_when(tap, [&] { simulator.state_when("min_events=2000"); });
    });
}

TEST_P(Cancel, WhileTheAnswerIsSlowDrippingOverTls) {
    expect_quick([&] {
        Simulator simulator({"--tls"});
        simulator.fault(fault("slow_drip", {{"bytes", 1}, {"interval_ms", 5}}));
        Tap tap(simulator.url(), GetParam(), {{"ca_file", simulator.certificate()}});
        return cancelled_when(tap, [&] { until_told(tap, "open"); });
    });
}

TEST_P(Cancel, WhileBackingOff) {
    expect_quick([&] {
        Simulator simulator;
        simulator.fault(fault("http_503", {{"times", 0}}));
        Tap tap(simulator.url(), GetParam(),
                {{"backoff_http_start_ms", "3600000"}, {"backoff_http_max_ms", "3600000"}});
        return cancelled_when(tap, [&] { until_told(tap, "backing_off"); });
    });
}

TEST_P(Cancel, WhileRefusedConnectionsAreTriedAgainAndAgain) {
    expect_quick([&] {
        Tap tap("http://127.0.0.1:" + std::to_string(closed_port()), GetParam());
        return cancelled_when(tap, [&] {
            while (tap.stats()["connects"].get<int>() < 3)
                std::this_thread::yield();
        });
    });
}

TEST_P(Cancel, FromTheCallbackNothingElseIsDelivered) {
    Simulator simulator;
    Tap tap(simulator.url(), {true, GetParam().ahead});
    int after = 0;
    bool cancelled = false;
    EXPECT_EQ(tap.run([&](const Seen &seen) {
        after += cancelled;
        if (seen.is_notice()) return XTAP_CONTINUE;
        cancelled = true;
        EXPECT_EQ(xtap_stream_cancel(tap.stream()), XTAP_OK);
        return XTAP_CONTINUE;
    }),
              XTAP_E_CANCELLED);
    EXPECT_EQ(after, 0);
    EXPECT_EQ(tap.consume(kGoOn), XTAP_E_CANCELLED);
}

TEST_P(Cancel, DropsWhatIsBuffered) {
    Simulator simulator({"--count", "500"});
    Tap tap(simulator.url(), GetParam());
    EXPECT_EQ(listen(tap, events(1)).status, XTAP_OK);
    simulator.state_when("min_events=500");
    xtap_stream_cancel(tap.stream());
    Batch batch;
    EXPECT_EQ(tap.read(batch), XTAP_E_CANCELLED);
    EXPECT_EQ(batch->record_count, 0u);
    EXPECT_TRUE(simulator.state_when("max_open=0")["reached"].get<bool>())
        << "the connection is gone before close";
}

xtap_stream *to_cancel = nullptr;
void cancel_in_handler(int) { xtap_stream_cancel(to_cancel); }

std::chrono::milliseconds cancelled_by_a_signal(Tap &tap) {
    to_cancel = tap.stream();
    struct sigaction handler {
    }, before{};
    handler.sa_handler = cancel_in_handler;
    sigaction(SIGUSR1, &handler, &before);
    xtap_status status = XTAP_OK;
    std::atomic<Clock::time_point> left{Clock::time_point{}};
    std::thread consumer([&] {
        status = tap.consume(kGoOn);
        left = Clock::now();
    });
    until_told(tap, "open");
    const auto asked = Clock::now();
    pthread_kill(consumer.native_handle(), SIGUSR1);
    consumer.join();
    sigaction(SIGUSR1, &before, nullptr);
    EXPECT_EQ(status, XTAP_E_CANCELLED) << tap.error.text();
    return std::chrono::ceil<std::chrono::milliseconds>(left.load() - asked);
}

TEST_P(Cancel, FromASignalHandlerOfTheConsumingThread) {
    expect_quick([&] {
        Simulator simulator;
        simulator.fault(fault("keep_alive_only"));
        Tap tap(simulator.url(), GetParam());
        return cancelled_by_a_signal(tap);
    });
}

TEST(CancelOfAStoppedReader, WithAFullQueueTakesEffectWithoutIt) {
    expect_quick([] {
        Simulator simulator;
        Tap tap(simulator.url(), {false, true},
                {{"max_event_bytes", "64KiB"}, {"read_ahead_bytes", "256KiB"}});
        Batch one(64 * 1024, 1, 0);
        EXPECT_EQ(tap.read(one), XTAP_OK);
        while (tap.stats()["queue_bytes"].get<std::uint64_t>() < 256 * 1024)
            std::this_thread::yield();
        const auto asked = Clock::now();
        xtap_stream_cancel(tap.stream());
        EXPECT_TRUE(simulator.state_when("max_open=0")["reached"].get<bool>());
        EXPECT_EQ(tap.read(one), XTAP_E_CANCELLED);
        tap.close();
        return since(asked);
    });
}

INSTANTIATE_TEST_SUITE_P(, Cancel, testing::ValuesIn(kEveryMode), mode_name);

} // namespace
} // namespace xtap::test
