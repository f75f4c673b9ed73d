// Numbered posts through `xtap stream`: complete, in order, byte for byte, however the server cuts them.
#include "cli/calls.hpp"
#include "test_size.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <ostream>

namespace xtap::e2e {
namespace {

struct Cut {
    std::uint64_t events;
    std::uint64_t chunk;
    bool gzip;
};

std::ostream &operator<<(std::ostream &out, const Cut &cut) {
    return out << cut.events << " events in chunks of " << cut.chunk << (cut.gzip ? ", gzip" : ", plain");
}

std::string name_of(const testing::TestParamInfo<Cut> &info) {
    return "Chunk" + std::to_string(info.param.chunk) + (info.param.gzip ? "Gzip" : "Plain");
}

void expect_every_byte(const Cut &cut, const std::vector<std::string> &more = {}) {
    const std::string count = std::to_string(cut.events);
    Simulator simulator({"--rate", "0", "--count", count, "--chunk", std::to_string(cut.chunk)});
    std::vector<std::string> words = {"partition=1",
                                      "--max-events",
                                      count,
                                      "--notices",
                                      "json",
                                      "--option",
                                      std::string("compression=") + (cut.gzip ? "on" : "off")};
    words.insert(words.end(), more.begin(), more.end());
    Process streamed(xtap_stream(simulator, kOperation, words));
    Process printed(printing(kOperation, cut.events));
    EXPECT_EQ(first_difference(streamed.out_fd(), printed.out_fd()), "");
    const Ended ended = streamed.wait();
    EXPECT_EQ(ended.exit_status, 0) << ended.err;
    EXPECT_EQ(ended.err.find(R"("content_encoding":"gzip")") != std::string::npos, cut.gzip) << ended.err;
    EXPECT_EQ(printed.wait().exit_status, 0);
}

class TwentyThousandPosts : public testing::TestWithParam<Cut> {};

TEST_P(TwentyThousandPosts, ArriveByteForByte) { expect_every_byte(GetParam()); }

INSTANTIATE_TEST_SUITE_P(Cli, TwentyThousandPosts,
                         testing::Values(Cut{20'000, 1, false}, Cut{20'000, 1, true}, Cut{20'000, 7, false},
                                         Cut{20'000, 7, true}),
                         name_of);

// In a suite of its own, because it takes its time.
class SlowMillionPosts : public testing::TestWithParam<Cut> {};

TEST_P(SlowMillionPosts, ArriveByteForByte) {
    Cut cut = GetParam();
    cut.events = test::full_unless_reduced("posts byte for byte", cut.events, cut.events / 10);
    expect_every_byte(cut);
}

INSTANTIATE_TEST_SUITE_P(Cli, SlowMillionPosts,
                         testing::Values(Cut{1'000'000, 1000, false}, Cut{1'000'000, 1000, true},
                                         Cut{1'000'000, 65'536, false}, Cut{1'000'000, 65'536, true}),
                         name_of);

TEST(CliBytes, AreTheSameWithoutReadAheadAndWithTheIndexOff) {
    const std::vector<std::string> raw = {"--option", "continuity=off", "--option", "index=off"};
    expect_every_byte({5'000, 1000, false}, {"--option", "read_ahead_bytes=0"});
    expect_every_byte({5'000, 1000, true}, raw);
    std::vector<std::string> raw_without_read_ahead = raw;
    raw_without_read_ahead.insert(raw_without_read_ahead.end(), {"--option", "read_ahead_bytes=0"});
    expect_every_byte({5'000, 1000, true}, raw_without_read_ahead);
}

TEST(CliBytes, AreTheSameForAnEventLargerThanTheCommandsBuffer) {
    // The line is one event of 3 MB; what follows it must come, too.
    Simulator simulator({"--rate", "0", "--count", "3"});
    const std::string large = R"({"data":{"id":"1","text":")" + std::string(3'000'000, 'x') + R"("}})";
    simulator.fault({{"kind", "garbage_line"}, {"after_events", 1}, {"line", large}});
    const Ended ended = run(xtap_stream(simulator, kOperation, {"partition=1", "--max-events", "4"}));
    EXPECT_EQ(ended.exit_status, 0) << ended.err;
    EXPECT_NE(ended.out.find("\n" + large + "\n"), std::string::npos);
    EXPECT_EQ(std::count(ended.out.begin(), ended.out.end(), '\n'), 4);
}

} // namespace
} // namespace xtap::e2e
