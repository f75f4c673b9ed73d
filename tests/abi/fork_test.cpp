// fork: the child's copies of handles say so and can be ended, and the parent notices nothing of all that.
#include "forked.hpp"
#include "patience.hpp"
#include "process.hpp"
#include "tap.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace xtap::test {
namespace {

class Fork : public testing::TestWithParam<bool> {
protected:
    Mode mode() const { return {.run = false, .ahead = GetParam()}; }
};

// ASan's allocator takes no part in fork: a child of a process whose other thread allocates just then finds
// it locked for ever. There the other thread has little to do.
std::vector<std::string> with_pace(std::vector<std::string> arguments) {
#if defined(__SANITIZE_ADDRESS__)
    arguments.insert(arguments.end(), {"--rate", "2000"});
#endif
    return arguments;
}

std::vector<std::string> read_events(Tap &tap, std::size_t count) {
    return listen(tap, events(count)).lines();
}

TEST_P(Fork, MakesEveryHandleOfTheParentsSaySo) {
    sim::SimulatorProcess simulator(with_pace({}));
    Tap tap(simulator.url(), mode());
    ASSERT_EQ(read_events(tap, 3).size(), 3u);
    EXPECT_EQ(in_child([&] {
                  char text[16];
                  std::size_t size = 0;
                  int fd = 0, number = 0;
                  Batch batch;
                  xtap_request *request = nullptr;
                  xtap_stream *stream = nullptr;
                  // The number of the first that does not say XTAP_E_FORKED.
                  for (const xtap_status status :
                       {xtap_client_on_log(tap.client(), nullptr, nullptr),
                        xtap_client_stats(tap.client(), text, sizeof text, &size, nullptr),
                        xtap_request_create(tap.client(), "streamPosts", &request, nullptr),
                        xtap_stream_open(tap.request(), &stream, nullptr),
                        xtap_stream_select(tap.stream(), nullptr, 0, nullptr),
                        xtap_stream_on_event(tap.stream(), nullptr, nullptr),
                        xtap_stream_on_notice(tap.stream(), nullptr, nullptr),
                        xtap_stream_run(tap.stream(), nullptr),
                        xtap_stream_read(tap.stream(), batch.get(), 0, nullptr),
                        xtap_stream_wake(tap.stream()), xtap_stream_finish(tap.stream()),
                        xtap_stream_cancel(tap.stream()),
                        xtap_stream_stats(tap.stream(), text, sizeof text, &size, nullptr),
                        xtap_stream_fd(tap.stream(), &fd, nullptr)}) {
                      ++number;
                      if (status != XTAP_E_FORKED) return number;
                  }
                  return 0;
              }),
              0);
    EXPECT_EQ(read_events(tap, 3).size(), 3u);
}

// The parent's stream goes on, byte for byte, after the child has ended its copies in any order.
TEST_P(Fork, LetsTheChildEndItsCopiesAndLeavesTheParentsConnectionAlone) {
    for (const std::vector<std::string> &arguments : {std::vector<std::string>{}, {"--tls"}}) {
        sim::SimulatorProcess simulator(with_pace(arguments));
        Settings options;
        if (!arguments.empty()) options.emplace_back("ca_file", simulator.certificate());
        Tap tap(simulator.url(), mode(), options);
        std::vector<std::string> lines = read_events(tap, 5);
        std::vector<int> order = {0, 1, 2};
        do {
            EXPECT_EQ(in_child([&] {
                          for (const int which : order) {
                              if (which == 0) xtap_stream_close(tap.stream());
                              if (which == 1) xtap_request_destroy(tap.request());
                              if (which == 2) xtap_client_close(tap.client());
                          }
                          return 0;
                      }),
                      0);
            const std::vector<std::string> more = read_events(tap, 200);
            lines.insert(lines.end(), more.begin(), more.end());
        } while (std::ranges::next_permutation(order).found);
        EXPECT_EQ(lines.size(), 1'205u);
        std::vector<std::string> sorted = lines;
        std::ranges::sort(sorted);
        EXPECT_EQ(std::ranges::adjacent_find(sorted), sorted.end()) << "none came twice";
        EXPECT_EQ(tap.stats()["malformed"], 0);
        EXPECT_EQ(tap.stats()["connects"], 1) << "on one connection";
        EXPECT_EQ(simulator.state()["connections"], 1);
    }
}

TEST_P(Fork, LetsTheChildExitWithTheHandlesStillThere) {
    sim::SimulatorProcess simulator(with_pace({}));
    Tap tap(simulator.url(), mode());
    ASSERT_EQ(read_events(tap, 3).size(), 3u);
    const pid_t pid = ::fork();
    if (pid == 0) {
        ::alarm(static_cast<unsigned>(kPatience.count() / 1000));
        std::quick_exit(0); // exit() would run this test program's own ends
    }
    int status = 0;
    ::waitpid(pid, &status, 0);
    EXPECT_EQ(status, 0);
    EXPECT_EQ(read_events(tap, 300).size(), 300u);
    EXPECT_EQ(simulator.state()["connections"], 1);
}

TEST_P(Fork, LeavesTheChildFreeToOpenAStreamOfItsOwn) {
#if defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "TSan itself cannot start threads in the child of a process that has some";
#endif
    sim::SimulatorProcess simulator(with_pace({}));
    Tap tap(simulator.url(), mode());
    ASSERT_EQ(read_events(tap, 20).size(), 20u);
    EXPECT_EQ(in_child([&] {
                  try {
                      Tap own(simulator.url(), mode());
                      return static_cast<int>(read_events(own, 20).size());
                  } catch (const std::exception &) {
                      return 0;
                  }
              }),
              20);
    EXPECT_EQ(simulator.state()["connections"], 2) << "the parent's and the child's";
    EXPECT_EQ(read_events(tap, 3).size(), 3u);
}

INSTANTIATE_TEST_SUITE_P(, Fork, testing::Bool(),
                         [](const auto &value) { return std::string(value.param ? "ahead" : "direct"); });

} // namespace
} // namespace xtap::test
