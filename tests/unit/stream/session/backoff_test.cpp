// Backoff delays, jitter and the stall clock: X's documented numbers, one after the other.
#include "stream/session/backoff.hpp"

#include "stream/session/stall_clock.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

namespace xtap::session {
namespace {

std::vector<std::int64_t> delays(Backoff &backoff, Rule rule, std::size_t count,
                                 std::int64_t reset_in_ms = 0) {
    std::vector<std::int64_t> found;
    for (std::size_t i = 0; i < count; ++i)
        found.push_back(backoff.next(rule, reset_in_ms).ms);
    return found;
}

TEST(Backoff, TheFirstReconnectAfterNetworkTroubleIsAtOnce) {
    Backoff backoff({});
    const Backoff::Delay first = backoff.next(Rule::network, 0);
    EXPECT_EQ(first.ms, 0);
    EXPECT_EQ(first.rule, Rule::immediate);
    EXPECT_EQ(backoff.next(Rule::network, 0).rule, Rule::network);
}

TEST(Backoff, NetworkTroubleWaitsAQuarterSecondMoreEachTimeUpToSixteenSeconds) {
    Backoff backoff({});
    for (std::int64_t tries = 0; tries < 200; ++tries)
        ASSERT_EQ(backoff.next(Rule::network, 0).ms, std::min<std::int64_t>(tries * 250, 16'000)) << tries;
}

TEST(Backoff, HttpErrorsDoubleFromFiveSecondsTo320) {
    Backoff backoff({});
    EXPECT_EQ(delays(backoff, Rule::http, 9),
              (std::vector<std::int64_t>{5'000, 10'000, 20'000, 40'000, 80'000, 160'000, 320'000, 320'000,
                                         320'000}));
}

TEST(Backoff, TheConnectionLimitWaitsLikeAnHttpErrorAndCountsWithIt) {
    Backoff backoff({});
    EXPECT_EQ(backoff.next(Rule::connection_limit, 0).ms, 5'000);
    EXPECT_EQ(backoff.next(Rule::http, 0).ms, 10'000);
    const Backoff::Delay third = backoff.next(Rule::connection_limit, 0);
    EXPECT_EQ(third.ms, 20'000);
    EXPECT_EQ(third.rule, Rule::connection_limit);
}

TEST(Backoff, ARateLimitDoublesFromAMinute) {
    Backoff backoff({});
    EXPECT_EQ(delays(backoff, Rule::rate_limit, 7),
              (std::vector<std::int64_t>{60'000, 120'000, 240'000, 480'000, 960'000, 960'000, 960'000}));
}

TEST(Backoff, ARateLimitNeverEndsBeforeItsReset) {
    Backoff backoff({});
    EXPECT_EQ(backoff.next(Rule::rate_limit, 600'000).ms, 600'000);
    EXPECT_EQ(backoff.next(Rule::rate_limit, 1).ms, 120'000) << "nor before its own delay";
    EXPECT_EQ(backoff.next(Rule::rate_limit, 240'001).ms, 240'001);
}

TEST(Backoff, AResetThatNoWindowCanHaveIsNotBelieved) {
    for (const std::int64_t reset :
         {kResetMaxMs + 1, std::numeric_limits<std::int64_t>::max(), std::int64_t{0}, std::int64_t{-1},
          std::numeric_limits<std::int64_t>::min()}) {
        Backoff backoff({});
        EXPECT_EQ(backoff.next(Rule::rate_limit, reset).ms, 60'000) << reset;
    }
    Backoff backoff({});
    EXPECT_EQ(backoff.next(Rule::rate_limit, kResetMaxMs).ms, kResetMaxMs);
}

TEST(Backoff, AResetMeansNothingToTheOtherRules) {
    Backoff backoff({});
    EXPECT_EQ(backoff.next(Rule::network, 600'000).ms, 0);
    EXPECT_EQ(backoff.next(Rule::http, 600'000).ms, 5'000);
}

TEST(Backoff, HealthMakesTheNextTroubleTheFirst) {
    Backoff backoff({});
    for (const Rule rule : {Rule::network, Rule::http, Rule::rate_limit})
        delays(backoff, rule, 30);
    backoff.reset();
    EXPECT_EQ(backoff.next(Rule::network, 0).ms, 0);
    EXPECT_EQ(backoff.next(Rule::http, 0).ms, 5'000);
    EXPECT_EQ(backoff.next(Rule::rate_limit, 0).ms, 60'000);
}

TEST(Backoff, RulesDoNotPushEachOther) {
    Backoff backoff({});
    delays(backoff, Rule::http, 10);
    EXPECT_EQ(backoff.next(Rule::network, 0).ms, 0);
    EXPECT_EQ(backoff.next(Rule::rate_limit, 0).ms, 60'000);
}

TEST(Backoff, TakesItsNumbersFromTheSettings) {
    Backoff backoff({.network_step_ms = 10,
                     .network_max_ms = 25,
                     .http_start_ms = 3,
                     .http_max_ms = 7,
                     .rate_limit_start_ms = kRateLimitMaxMs * 2});
    EXPECT_EQ(delays(backoff, Rule::network, 5), (std::vector<std::int64_t>{0, 10, 20, 25, 25}));
    EXPECT_EQ(delays(backoff, Rule::http, 4), (std::vector<std::int64_t>{3, 6, 7, 7}));
    EXPECT_EQ(delays(backoff, Rule::rate_limit, 3), std::vector<std::int64_t>(3, kRateLimitMaxMs * 2));
}

TEST(Backoff, AThousandTriesOverflowNothing) {
    constexpr std::int64_t kDay = 86'400'000;
    Backoff backoff({.network_step_ms = kDay,
                     .network_max_ms = kDay,
                     .http_start_ms = kDay,
                     .http_max_ms = kDay,
                     .rate_limit_start_ms = kDay});
    for (const Rule rule : {Rule::network, Rule::http, Rule::rate_limit}) {
        const std::vector<std::int64_t> found = delays(backoff, rule, 1000);
        EXPECT_EQ(found.back(), kDay);
        EXPECT_TRUE(std::is_sorted(found.begin(), found.end()));
    }
}

TEST(Backoff, JitterAddsATenthAtMostAndNeverShortens) {
    constexpr std::uint32_t kMost = std::numeric_limits<std::uint32_t>::max();
    for (const std::int64_t delay : {0, 1, 9, 250, 16'000, 320'000, 86'400'000}) {
        EXPECT_EQ(with_jitter(delay, 0), delay);
        for (const std::uint32_t random : {1u, 1u << 16, 1u << 31, kMost}) {
            EXPECT_GE(with_jitter(delay, random), delay);
            EXPECT_LE(with_jitter(delay, random), delay + delay / 10);
        }
    }
    EXPECT_EQ(with_jitter(16'000, 1u << 31), 16'800);
    EXPECT_GE(with_jitter(320'000, kMost), 351'999) << "all of the tenth is used";
}

TEST(StallClock, AConnectionIsDeadAfterTheLimitWithoutAByte) {
    StallClock clock(25'000);
    clock.start(1'000);
    EXPECT_EQ(clock.deadline_ms(), 26'000);
    EXPECT_FALSE(clock.dead(25'999));
    EXPECT_TRUE(clock.dead(26'000));
}

TEST(StallClock, EveryByteStartsItAgain) {
    StallClock clock(25'000);
    clock.start(0);
    for (std::int64_t at = 20'000; at < 2'000'000; at += 20'000) {
        EXPECT_FALSE(clock.dead(at)) << "a keep-alive every 20 s is enough";
        clock.heard(at);
    }
}

TEST(StallClock, ANewConnectionOwesNothingToTheLast) {
    StallClock clock(25'000);
    clock.start(0);
    EXPECT_TRUE(clock.dead(100'000));
    clock.start(100'000);
    EXPECT_FALSE(clock.dead(124'999));
}

} // namespace
} // namespace xtap::session
