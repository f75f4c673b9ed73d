// The past and the present of a stream as they come out of xtap-sim: nothing twice and nothing missing.
#include "events.hpp"
#include "process.hpp"
#include "raw_client.hpp"
#include "sequence.hpp"

#include <algorithm>
#include <gtest/gtest.h>

namespace xtap::sim {
namespace {

constexpr double kRate = 2000;
constexpr std::uint64_t kLateMs = 300;
constexpr double kLateShare = 20;

// A simulator with 20 seconds of past, a fifth of it late.
struct Past {
    std::string base = std::string(MomentWriter().iso(wall_clock() - 20'000'000));
    SimulatorProcess sim{{"--rate", "2000", "--late-ms", "300", "--late-share", "20", "--base-time", base}};
    TemplateStore store{1};
    EventSource source{store, *operation_by_name("streamPostsFirehoseJa"), 1,
                       Timeline(*parse_rfc3339(base), kRate)};
    Arrivals arrivals{source.timeline(), source.salt(), kLateMs, kLateShare};
};

std::vector<std::uint64_t> numbers_in(const std::string &text) {
    std::vector<std::uint64_t> numbers;
    for (std::size_t at = 0; (at = text.find(" No. ", at)) != std::string::npos; at += 5)
        numbers.push_back(std::strtoull(text.c_str() + at + 5, nullptr, 10));
    return numbers;
}

TEST(History, IsReplayedAndThenGoesOnLiveWithEveryEventOnceLateOnesToo) {
    Past past;
    RawClient client(past.sim.port());
    client.get(std::string(kJa) + "&backfill_minutes=1");
    constexpr std::uint64_t kMark = 42'000; // a second from now
    ASSERT_TRUE(client.read_until(" No. 42000\""));
    std::vector<std::uint64_t> got = numbers_in(dechunked(client.wire_body()));
    std::ranges::sort(got);
    EXPECT_EQ(std::ranges::adjacent_find(got), got.end());
    for (std::uint64_t n = 1; n < kMark; ++n)
        if (past.arrivals.of(n) < past.arrivals.of(kMark)) {
            ASSERT_TRUE(std::ranges::binary_search(got, n)) << n;
        }
}

TEST(History, RecoversARangeInTheOrderOfItsTimeAndClosesCleanly) {
    Past past;
    const auto moment = [&](int seconds) {
        return std::string(MomentWriter().iso(*parse_rfc3339(past.base) + seconds * 1'000'000));
    };
    RawClient client(past.sim.port());
    client.get(std::string(kJa) + "&start_time=" + moment(5) + "&end_time=" + moment(8));
    bool ended = false;
    client.read_to_end();
    const auto got = numbers_in(dechunked(client.wire_body(), &ended));
    EXPECT_TRUE(ended);
    ASSERT_EQ(got.size(), 6000u);
    EXPECT_EQ(got.front(), 10'000u);
    EXPECT_EQ(got.back(), 15'999u);
    EXPECT_TRUE(std::ranges::is_sorted(got));
}

} // namespace
} // namespace xtap::sim
