// The library and the process it lives in: its ends, its descriptors, its thread, and what a client costs.
#include "cli/child_process.hpp"
#include "process.hpp"
#include "quickest.hpp"
#include "small_server.hpp"
#include "tap.hpp"
#include "test_size.hpp"

#include <csignal>
#include <dirent.h>
#include <fcntl.h>
#include <fstream>
#include <gtest/gtest.h>
#include <malloc.h>
#include <sstream>
#include <sys/socket.h>
#include <unistd.h>

namespace xtap::test {
namespace {

const char *const kReadAhead[] = {"64MiB", "0"};

// Programs that end with everything open leak on purpose.
const std::map<std::string, std::string> kLeaky = {
    {"ASAN_OPTIONS", "detect_leaks=0:verify_asan_link_order=0"}};

e2e::Ended child(const std::string &what, const std::string &url, const std::string &read_ahead,
                 std::map<std::string, std::string> environment = {}) {
    environment.insert(kLeaky.begin(), kLeaky.end());
    return e2e::run({.words = {XTAP_CHILD, what, url, read_ahead}, .environment = environment});
}

void expect_quiet_end(const e2e::Ended &ended, int status = 0) {
    EXPECT_EQ(ended.exit_status, status) << ended.err;
    EXPECT_EQ(ended.signal, 0);
    EXPECT_EQ(ended.err, "");
}

TEST(Process, OfATestIsGivenItsOwnVariablesInsteadOfTheInheritedOnes) {
    setenv("CHILD_VARIABLE", "inherited", 1);
    const e2e::Ended ended =
        e2e::run({.words = {"/usr/bin/env"}, .environment = {{"CHILD_VARIABLE", "of the test"}}});
    unsetenv("CHILD_VARIABLE");
    EXPECT_NE(ended.out.find("CHILD_VARIABLE=of the test\n"), std::string::npos) << ended.out;
    EXPECT_EQ(ended.out.find("inherited"), std::string::npos) << ended.out;
}

TEST(Process, MayReturnFromMainWhileStreaming) {
    sim::SimulatorProcess simulator;
    for (int i = 0; i < 5; ++i)
        for (const char *ahead : kReadAhead)
            expect_quiet_end(child("streaming", simulator.url(), ahead));
    sim::SimulatorProcess tls({"--tls"});
    for (int i = 0; i < 5; ++i)
        for (const char *ahead : kReadAhead)
            expect_quiet_end(child("streaming", tls.url(), ahead, {{"CHILD_CA_FILE", tls.certificate()}}));
}

TEST(Process, MayReturnFromMainWhileAnotherThreadRunsAStream) {
    sim::SimulatorProcess simulator;
    for (int i = 0; i < 5; ++i)
        for (const char *ahead : kReadAhead)
            expect_quiet_end(child("running", simulator.url(), ahead));
}

TEST(Process, MayExitInsideACallback) {
    sim::SimulatorProcess simulator;
    for (const char *ahead : kReadAhead)
        expect_quiet_end(child("exiting", simulator.url(), ahead), 7);
}

void return_while_connecting(int times) {
    sim::SimulatorProcess tls({"--tls"});
    const FullBacklog full;
    const SmallServer silent;
    const std::string urls[] = {tls.url(), silent.url("https"), full.url(),
                                "http://localhost:" + std::to_string(closed_port())};
    for (int i = 0; i < times && !testing::Test::HasFailure(); ++i)
        expect_quiet_end(
            child("connecting", urls[i % 4], kReadAhead[i / 4 % 2], {{"CHILD_CA_FILE", tls.certificate()}}));
}

TEST(Process, MayReturnFromMainWhileConnecting) { return_while_connecting(8); }
TEST(ProcessSlow, MayReturnFromMainWhileConnectingTwoHundredTimes) {
    return_while_connecting(
        static_cast<int>(full_unless_reduced("returns from main while connecting", 200, 40)));
}

TEST(Process, CancelsAStreamThatIsResolvingWithoutWaitingForTheResolver) {
    for (const char *ahead : kReadAhead) {
        const auto one_try = [ahead] {
            const e2e::Ended ended = child("resolving", "http://some.host.invalid:1", ahead,
                                           {{"LD_PRELOAD", XTAP_SLOW_RESOLVER},
                                            {"XTAP_SIM_RESOLVE_MS", "5000"},
                                            {"XTAP_SIM_RESOLVE_FAIL", "1"}});
            EXPECT_EQ(ended.exit_status, 0) << ended.err;
            long cancel_ms = -1, close_ms = -1;
            std::istringstream(ended.out) >> cancel_ms >> close_ms;
            EXPECT_GE(std::min(cancel_ms, close_ms), 0) << ended.out;
            return std::chrono::milliseconds(std::max(cancel_ms, close_ms));
        };
        EXPECT_LE(quickest(kCancelWithin, one_try), kCancelWithin);
    }
}

TEST(Process, MayUnloadTheLibraryWhileAStreamIsOpen) {
    sim::SimulatorProcess simulator;
    expect_quiet_end(
        e2e::run({.words = {XTAP_LOADER, XTAP_LIBRARY, simulator.url()}, .environment = kLeaky}));
}

// ---- descriptors and threads ----

// Connections and event descriptors. What is not asked for here: the pair of local sockets by which libcurl
// wakes itself, which libcurl opens without close-on-exec and shows to nobody; they lead nowhere.
bool matters(int fd, const std::string &target) {
    if (target.find("eventfd") != std::string::npos || target.find("eventpoll") != std::string::npos)
        return true;
    int domain = 0;
    socklen_t size = sizeof domain;
    return target.starts_with("socket:") && getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size) == 0 &&
           domain != AF_UNIX;
}

TEST(Process, HandsNoConnectionToAProgramItStarts) {
    sim::SimulatorProcess simulator({"--tls"});
    for (const char *ahead : kReadAhead) {
        Tap tap(simulator.url(), {}, {{"ca_file", simulator.certificate()}, {"read_ahead_bytes", ahead}});
        ASSERT_EQ(listen(tap, events(3)).status, XTAP_OK);
        // Asked by the flag, and by a program that was started.
        DIR *folder = opendir("/proc/self/fd");
        int found = 0;
        while (const dirent *entry = readdir(folder)) {
            const int fd = std::atoi(entry->d_name);
            char target[256] = {};
            const std::string path = "/proc/self/fd/" + std::string(entry->d_name);
            if (readlink(path.c_str(), target, sizeof target - 1) <= 0 || !matters(fd, target)) continue;
            ++found;
            EXPECT_NE(fcntl(fd, F_GETFD) & FD_CLOEXEC, 0) << fd << " " << target;
        }
        closedir(folder);
        EXPECT_GE(found, 2) << "the test sees the library's descriptors";
        const e2e::Ended ended = e2e::run({.words = {XTAP_CHILD, "descriptors"}});
        EXPECT_EQ(ended.out, "") << "connections and event descriptors that were inherited";
    }
}

struct Thread {
    std::string name;
    std::uint64_t blocked = 0;
};

std::vector<Thread> threads_named(const std::string &name) {
    std::vector<Thread> found;
    DIR *folder = opendir("/proc/self/task");
    while (const dirent *entry = readdir(folder)) {
        if (entry->d_name[0] == '.') continue;
        std::ifstream status("/proc/self/task/" + std::string(entry->d_name) + "/status");
        Thread thread;
        for (std::string line; std::getline(status, line);) {
            if (line.starts_with("Name:\t")) thread.name = line.substr(6);
            if (line.starts_with("SigBlk:\t")) thread.blocked = std::stoull(line.substr(8), nullptr, 16);
        }
        if (thread.name == name) found.push_back(thread);
    }
    closedir(folder);
    return found;
}

TEST(Process, HasOneThreadPerClientWithReadAheadNamedAndDeafToSignals) {
    sim::SimulatorProcess simulator;
    Tap tap(simulator.url(), {.run = true, .ahead = true});
    ASSERT_EQ(listen(tap, events(3)).status, XTAP_OK);
    xtap_stream *second = nullptr;
    ASSERT_EQ(xtap_stream_open(tap.request(), &second, nullptr), XTAP_OK);
    Batch batch;
    ASSERT_EQ(xtap_stream_read(second, batch.get(), XTAP_FOREVER, nullptr), XTAP_OK);
    const std::vector<Thread> threads = threads_named("xtap-io");
    ASSERT_EQ(threads.size(), 1u) << "however many streams";
    for (int signal = 1; signal < 65; ++signal) {
        if (signal == SIGKILL || signal == SIGSTOP || signal == 32 || signal == 33)
            continue; // 32, 33: glibc's own
        EXPECT_NE(threads[0].blocked >> (signal - 1) & 1, 0u) << "signal " << signal;
    }
    xtap_stream_close(second);
}

TEST(Process, HasNoThreadOfOursWithoutReadAheadOrBeforeTheFirstStream) {
    EXPECT_TRUE(threads_named("xtap-io").empty());
    sim::SimulatorProcess simulator;
    xtap_client *client = nullptr;
    xtap_request *request = nullptr;
    ASSERT_EQ(xtap_client_open(nullptr, &client, nullptr), XTAP_OK);
    ASSERT_EQ(xtap_request_create(client, "streamPostsSample", &request, nullptr), XTAP_OK);
    EXPECT_TRUE(threads_named("xtap-io").empty());
    xtap_request_destroy(request);
    xtap_client_close(client);
    Tap tap(simulator.url(), {.run = true, .ahead = false});
    ASSERT_EQ(listen(tap, events(3)).status, XTAP_OK);
    EXPECT_TRUE(threads_named("xtap-io").empty());
}

TEST(Process, LosesItsThreadWithTheLastHandleOfTheClient) {
    sim::SimulatorProcess simulator;
    {
        Tap tap(simulator.url(), {.run = true, .ahead = true});
        ASSERT_EQ(listen(tap, events(3)).status, XTAP_OK);
        tap.close_client();
        EXPECT_EQ(threads_named("xtap-io").size(), 1u) << "the stream keeps it";
    }
    EXPECT_TRUE(threads_named("xtap-io").empty());
}

// ---- what a client costs ----

std::size_t open_descriptors() {
    std::size_t count = 0;
    DIR *folder = opendir("/proc/self/fd");
    while (readdir(folder))
        ++count;
    closedir(folder);
    return count;
}

void open_and_close(const std::string &url, bool ahead, int times) {
    for (int i = 0; i < times; ++i) {
        xtap_config *config = nullptr;
        xtap_client *client = nullptr;
        xtap_request *request = nullptr;
        xtap_stream *stream = nullptr;
        ASSERT_EQ(xtap_config_create(&config, nullptr), XTAP_OK);
        xtap_config_set(config, "base_url", url.c_str(), nullptr);
        xtap_config_set(config, "bearer_token", "AAAA", nullptr);
        if (!ahead) xtap_config_set(config, "read_ahead_bytes", "0", nullptr);
        ASSERT_EQ(xtap_client_open(config, &client, nullptr), XTAP_OK);
        ASSERT_EQ(xtap_request_create(client, "streamPostsSample", &request, nullptr), XTAP_OK);
        ASSERT_EQ(xtap_stream_open(request, &stream, nullptr), XTAP_OK);
        Batch batch(64 * 1024, 16, 0);
        // Some never run, some connect, some stream.
        for (int reads = i % 4; reads > 0; --reads)
            ASSERT_EQ(xtap_stream_read(stream, batch.get(), XTAP_FOREVER, nullptr), XTAP_OK);
        xtap_stream_close(stream);
        xtap_request_destroy(request);
        xtap_client_close(client);
        xtap_config_destroy(config);
    }
}

TEST(Process, LeaksNothingInAThousandLives) {
    sim::SimulatorProcess simulator;
    constexpr int kLives = 400;
    for (const bool ahead : {true, false}) {
        open_and_close(simulator.url(), ahead, kLives / 4); // what is made once is made
        const std::size_t descriptors = open_descriptors();
        const std::size_t memory = mallinfo2().uordblks;
        open_and_close(simulator.url(), ahead, kLives);
        EXPECT_EQ(open_descriptors(), descriptors);
        EXPECT_LE(mallinfo2().uordblks, memory + 64 * 1024);
    }
}

} // namespace
} // namespace xtap::test
