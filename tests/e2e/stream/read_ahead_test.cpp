// The read-ahead: a slow consumer is told that it lags, loses nothing, and memory stays bounded. And its
// descriptor.
#include "faults.hpp"

#include <fstream>
#include <poll.h>
#include <sys/epoll.h>
#include <thread>
#include <unistd.h>

namespace xtap::test {
namespace {

long resident_kib() {
    std::ifstream in("/proc/self/statm");
    long total = 0, resident = 0;
    in >> total >> resident;
    return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

const Settings kSmallQueue = {{"max_event_bytes", "64KiB"}, {"read_ahead_bytes", "1MiB"}};

class Ahead : public testing::TestWithParam<bool> { // run?
protected:
    Mode mode() const { return {.run = GetParam(), .ahead = true}; }
};

TEST_P(Ahead, AStoppedReaderIsToldThatItLagsAndThenGetsEverything) {
    for (const char *gzip : {"off", "auto"}) {
        Simulator simulator({"--count", "20000", "--gzip", gzip});
        Tap tap(simulator.url(), mode(), kSmallQueue);
        Told told = listen(tap, events(1));
        const long before = resident_kib();
        while (tap.stats()["queue_bytes"].get<std::uint64_t>() < 1024 * 1024 || tap.stats()["notices"] < 3)
            std::this_thread::yield();
        const Json stats = tap.stats();
        EXPECT_EQ(stats["notices"], 3) << "connecting, connected, lagging";
        EXPECT_EQ(stats["queue_capacity"], 1024 * 1024);
        EXPECT_LE(stats["queue_bytes"], 3 * 1024 * 1024) << "little more than the limit";
        EXPECT_LT(resident_kib() - before, 16 * 1024 * kSlowdown);
        const Told rest = listen(tap, events(19'999));
        ASSERT_EQ(rest.status, XTAP_OK) << rest.error.text();
        told.all.insert(told.all.end(), rest.all.begin(), rest.all.end());
        EXPECT_TRUE(told.lines() == truth(20'000)) << told.event_count();
        const std::vector<Seen> lagging = told.notices(XTAP_NOTICE_LAGGING);
        ASSERT_FALSE(lagging.empty());
        const Json facts = lagging[0].facts();
        EXPECT_GE(facts["queue_bytes"], 1024 * 1024 / 4 * 3);
        EXPECT_EQ(facts["queue_capacity"], 1024 * 1024);
        EXPECT_GT(facts["queue_records"], 100);
        expect_no_hole(told.all);
        EXPECT_TRUE(told.notices(XTAP_NOTICE_DISCONNECTED).empty())
            << "a slow reader is no reason to connect again";
    }
}

TEST_P(Ahead, APauseOfOursIsNoStall) {
    Simulator simulator;
    Settings options = kSmallQueue;
    options.emplace_back("stall_timeout_ms", "150");
    Tap tap(simulator.url(), mode(), options);
    Told told = listen(tap, events(1));
    while (tap.stats()["queue_bytes"].get<std::uint64_t>() < 1024 * 1024)
        std::this_thread::yield();
    // Nobody reads for more than the stall timeout: the simulator waits that long for a second connection.
    EXPECT_FALSE(simulator.state_when("min_connections=2", 400)["reached"].get<bool>());
    const Told rest = listen(tap, events(5'000));
    EXPECT_TRUE(rest.notices(XTAP_NOTICE_DISCONNECTED).empty()) << rest.course();
}

TEST_P(Ahead, OneConnectionThatIsCutWhileTheReaderIsBehindComesBackWhenItHasCaughtUp) {
    Simulator simulator;
    Tap tap(simulator.url(), mode(),
            {{"max_event_bytes", "64KiB"}, {"read_ahead_bytes", "1MiB"}, {"compression", "off"}});
    Told told = listen(tap, events(1));
    while (tap.stats()["queue_bytes"].get<std::uint64_t>() < 1024 * 1024)
        std::this_thread::yield();
    simulator.fault(fault("eof", {{"now", true}}));
    EXPECT_TRUE(simulator.state_when("max_open=0")["reached"].get<bool>());
    EXPECT_FALSE(simulator.state_when("min_connections=2", 300)["reached"].get<bool>())
        << "not while it is behind";
    const Told rest = listen(tap, notices(XTAP_NOTICE_CONNECTED));
    EXPECT_EQ(rest.status, XTAP_OK) << rest.error.text();
    told.all.insert(told.all.end(), rest.all.begin(), rest.all.end());
    EXPECT_TRUE(told.lines() == truth(told.event_count()));
}

INSTANTIATE_TEST_SUITE_P(, Ahead, testing::Bool(),
                         [](const auto &value) { return std::string(value.param ? "run" : "read"); });

// ---- the descriptor ----

bool readable(int fd, int timeout_ms) {
    pollfd wait{fd, POLLIN, 0};
    return ::poll(&wait, 1, timeout_ms) == 1 && (wait.revents & POLLIN) != 0;
}

constexpr int kPatienceMs = static_cast<int>(kPatience.count());

TEST(Descriptor, IsReadableExactlyWhenAReadWouldNotTimeOut) {
    Simulator simulator;
    simulator.fault(fault("keep_alive_only", {{"after_events", 100}}));
    Tap tap(simulator.url(), {false, true});
    const int fd = tap.fd();
    Batch batch(16 * 1024, 3, 0);
    Told told;
    while (told.event_count() < 100) {
        ASSERT_TRUE(readable(fd, kPatienceMs));
        ASSERT_EQ(tap.read(batch, 0), XTAP_OK) << "it said that there was something";
        for (std::size_t i = 0; i < batch->record_count; ++i)
            told.all.push_back(seen_of(*batch, batch->records[i], 0));
    }
    EXPECT_EQ(told.lines(), truth(100));
    EXPECT_FALSE(readable(fd, 0));
    EXPECT_EQ(tap.read(batch, 0), XTAP_TIMEOUT);
    EXPECT_FALSE(readable(fd, 0));

    xtap_stream_wake(tap.stream());
    EXPECT_TRUE(readable(fd, 0)) << "a read would be interrupted";
    EXPECT_EQ(tap.read(batch, 0), XTAP_INTERRUPTED);
    EXPECT_FALSE(readable(fd, 0));
    EXPECT_EQ(tap.read(batch, 0), XTAP_TIMEOUT);

    xtap_stream_finish(tap.stream());
    ASSERT_TRUE(readable(fd, kPatienceMs));
    ASSERT_EQ(tap.read(batch, 0), XTAP_OK) << "the last notice";
    for (int i = 0; i < 3; ++i) {
        ASSERT_TRUE(readable(fd, kPatienceMs));
        EXPECT_EQ(tap.read(batch, 0), XTAP_END);
    }
    xtap_stream_cancel(tap.stream());
    EXPECT_TRUE(readable(fd, 0));
}

TEST(Descriptor, IsNotReadableAfterARunThatTookEverything) {
    Simulator simulator;
    simulator.fault(fault("keep_alive_only", {{"after_events", 10}}));
    Tap tap(simulator.url(), {true, true});
    const int fd = tap.fd();
    EXPECT_EQ(listen(tap, events(10)).status, XTAP_OK);
    EXPECT_FALSE(readable(fd, 0));
    Batch batch;
    EXPECT_EQ(tap.read(batch, 0), XTAP_TIMEOUT);
}

TEST(Descriptor, StaysReadableWhileABatchIsTooSmall) {
    Simulator simulator;
    Tap tap(simulator.url(), {false, true});
    const int fd = tap.fd();
    Batch none(0, 0, 0);
    for (int i = 0; i < 3; ++i) {
        ASSERT_TRUE(readable(fd, kPatienceMs));
        EXPECT_EQ(tap.read(none, 0), XTAP_E_BUFFER_SMALL);
    }
}

TEST(Descriptor, TellsOfTwoStreamsInOneEpoll) {
    Simulator simulator({"--chunk", "3000"});
    Tap a(simulator.url(), {false, true}), b(simulator.url(), {false, true});
    const int epoll = ::epoll_create1(EPOLL_CLOEXEC);
    for (Tap *tap : {&a, &b}) {
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.ptr = tap;
        ::epoll_ctl(epoll, EPOLL_CTL_ADD, tap->fd(), &event);
    }
    Told told[2];
    Batch batch;
    while (told[0].event_count() < 50 || told[1].event_count() < 50) {
        epoll_event ready[2];
        const int count = ::epoll_wait(epoll, ready, 2, kPatienceMs);
        ASSERT_GT(count, 0);
        for (int i = 0; i < count; ++i) {
            Tap &tap = *static_cast<Tap *>(ready[i].data.ptr);
            ASSERT_EQ(tap.read(batch, 0), XTAP_OK);
            for (std::size_t n = 0; n < batch->record_count; ++n)
                told[&tap == &b].all.push_back(seen_of(*batch, batch->records[n], 0));
        }
    }
    for (const Told &one : told)
        EXPECT_EQ(one.lines(), truth(one.event_count()));
    ::close(epoll);
}

TEST(Descriptor, IsNotThereWithoutReadAhead) {
    Simulator simulator;
    Tap tap(simulator.url(), {false, false});
    int fd = 5;
    EXPECT_EQ(xtap_stream_fd(tap.stream(), &fd, &tap.error), XTAP_E_UNSUPPORTED);
    EXPECT_EQ(fd, -1);
    EXPECT_NE(std::string(tap.error.message).find("read_ahead_bytes"), std::string::npos);
}

} // namespace
} // namespace xtap::test
