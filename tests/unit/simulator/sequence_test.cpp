// What a connection is sent of the past and the present, against what the pure function says it must be.
#include "sequence.hpp"

#include "events.hpp"

#include <algorithm>
#include <cstdint>
#include <gtest/gtest.h>
#include <initializer_list>
#include <random>
#include <set>

namespace xtap::sim {
namespace {

const Micros kBase = *parse_rfc3339("2026-03-01T00:00:00Z");
constexpr Micros kSecond = 1'000'000;

struct Case {
    Settings settings;
    Timeline timeline;
    Arrivals arrivals;
    explicit Case(const Settings &chosen, std::uint64_t salt = 7)
        : settings(chosen), timeline(kBase, chosen.rate),
          arrivals(timeline, salt, chosen.late_ms, chosen.late_share) {}

    StreamPlan plan(const Query &query, Micros now) const {
        const auto made = plan_stream(*operation_by_name("streamPosts"), query, settings, timeline, now);
        return std::get<StreamPlan>(made);
    }
    Sequence sequence(const Query &query, Micros now) const {
        return {plan(query, now), arrivals, settings.replay_rate};
    }
};

Settings settings_at(double rate, std::uint64_t late_ms, double share) {
    Settings settings;
    settings.rate = rate;
    settings.late_ms = late_ms;
    settings.late_share = share;
    return settings;
}

std::string text_of(Micros when) { return std::string(MomentWriter().iso(when)); }

// What is sent while the clock goes to `until` (or the end) in steps; each event not before its time.
std::vector<std::uint64_t> sent(Sequence sequence, Micros opened, Micros until) {
    std::vector<std::uint64_t> numbers;
    for (Micros now = opened; now <= until; now += kSecond / 7)
        for (auto next = sequence.peek(); next && next->at <= now; next = sequence.peek()) {
            numbers.push_back(next->number);
            sequence.take();
        }
    return numbers;
}

// The numbers for which `belongs` says so of their time and arrival.
template <typename Belongs>
std::vector<std::uint64_t> numbers(const Case &world, Micros until, const Belongs &belongs) {
    std::vector<std::uint64_t> found;
    for (std::uint64_t n = 1; world.timeline.time_of(n) <= until; ++n)
        if (belongs(world.timeline.time_of(n), world.arrivals.of(n))) found.push_back(n);
    return found;
}

std::vector<std::uint64_t> sorted(std::vector<std::uint64_t> numbers) {
    std::ranges::sort(numbers);
    return numbers;
}

// The last moment that sent() looks at.
Micros last_look(Micros opened, Micros until) {
    return opened + (until - opened) / (kSecond / 7) * (kSecond / 7);
}

std::vector<Settings> many_settings() {
    std::vector<Settings> made;
    for (const double rate : {0.5, 3.0, 50.0, 333.0})
        for (const std::uint64_t late_ms : std::initializer_list<std::uint64_t>{0, 1, 900, 20'000, 90'000})
            for (const double share : {0.5, 20.0, 100.0})
                made.push_back(settings_at(rate, late_ms, share));
    return made;
}

TEST(Arrivals, MakesTheShareLateThatWasAskedForAndNeverLaterThanThat) {
    const Case world(settings_at(1000, 5000, 10));
    int late = 0;
    for (std::uint64_t n = 1; n <= 100'000; ++n) {
        const Micros delay = world.arrivals.delay_of(n);
        ASSERT_GE(delay, 0);
        ASSERT_LE(delay, 5 * kSecond);
        late += delay > 0 ? 1 : 0;
    }
    EXPECT_NEAR(late, 10'000, 500);
}

TEST(Arrivals, ChoosesOthersForAnotherPartition) {
    const Case one(settings_at(1000, 5000, 50), 1), other(settings_at(1000, 5000, 50), 2);
    int differ = 0;
    for (std::uint64_t n = 1; n <= 1000; ++n)
        differ += one.arrivals.delay_of(n) != other.arrivals.delay_of(n) ? 1 : 0;
    EXPECT_GT(differ, 500);
}

TEST(Sequence, SendsALiveConnectionExactlyWhatArrivesWhileItIsOpen) {
    const Micros opened = kBase + 100 * kSecond, until = opened + 60 * kSecond;
    const Micros end = last_look(opened, until);
    for (const Settings &settings : many_settings()) {
        const Case world(settings);
        EXPECT_EQ(sorted(sent(world.sequence({}, opened), opened, until)),
                  numbers(world, end, [&](Micros, Micros at) { return at > opened && at <= end; }))
            << settings.rate << " " << settings.late_ms << " " << settings.late_share;
    }
}

TEST(Sequence, SendsABackfillThePastOnceAndThenWhatArrives) {
    const Micros opened = kBase + 200 * kSecond, until = opened + 60 * kSecond;
    const Micros end = last_look(opened, until);
    for (const Settings &settings : many_settings())
        for (const int minutes : {1, 2, 5}) {
            const Case world(settings);
            const Micros from = opened - minutes * 60 * kSecond;
            const auto belongs = [&](Micros time, Micros at) {
                return at <= opened ? time >= from : at <= end;
            };
            EXPECT_EQ(sorted(sent(world.sequence({{"backfill_minutes", std::to_string(minutes)}}, opened),
                                  opened, until)),
                      numbers(world, end, belongs))
                << settings.rate << " " << settings.late_ms << " " << settings.late_share;
        }
}

TEST(Sequence, SendsARecoveryItsRangeOfWhatHasArrivedAndEnds) {
    std::mt19937 random(1);
    const auto up_to_100_s = [&] { return static_cast<Micros>(random() % 100'000) * 1000; };
    for (const Settings &settings : many_settings()) {
        const Case world(settings);
        const Micros start = kBase + up_to_100_s();
        const Micros stop = start + 1000 + up_to_100_s();
        const Micros opened = stop + up_to_100_s();
        Sequence sequence =
            world.sequence({{"start_time", text_of(start)}, {"end_time", text_of(stop)}}, opened);
        EXPECT_EQ(sent(sequence, opened, opened), numbers(world, opened, [&](Micros time, Micros at) {
                      return time >= start && time < stop && at <= opened;
                  }));
        while (sequence.peek() && sequence.peek()->at <= opened)
            sequence.take();
        EXPECT_FALSE(sequence.peek());
    }
}

TEST(Sequence, SendsARangeThatEndsLaterUntilThen) {
    for (const Settings &settings : many_settings()) {
        const Case world(settings);
        const Micros opened = kBase + 100 * kSecond, stop = opened + 30 * kSecond;
        for (const Micros start : {opened - 50 * kSecond, opened + 10 * kSecond})
            EXPECT_EQ(sorted(sent(world.sequence(
                                      {{"start_time", text_of(start)}, {"end_time", text_of(stop)}}, opened),
                                  opened, stop + 100 * kSecond)),
                      numbers(world, stop, [&](Micros time, Micros at) {
                          return time >= start && time < stop && at <= stop;
                      }));
    }
}

TEST(Sequence, LosesAndRepeatsNothingBetweenAConnectionAndTheNextWithEnoughBackfill) {
    const Case world(settings_at(200, 60'000, 10));
    const Micros first_end = kBase + 90 * kSecond, opened = kBase + 100 * kSecond,
                 until = opened + 100 * kSecond;
    const auto before = sent(world.sequence({}, kBase), kBase, first_end);
    const auto after = sent(world.sequence({{"backfill_minutes", "2"}}, opened), opened, until);
    EXPECT_EQ(std::set(after.begin(), after.end()).size(), after.size());
    std::set all(before.begin(), before.end());
    all.insert(after.begin(), after.end());
    const Micros end = last_look(opened, until);
    EXPECT_EQ(std::vector(all.begin(), all.end()),
              numbers(world, end, [&](Micros, Micros at) { return at <= end; }));
}

TEST(Sequence, SendsEventsInTheOrderOfTheirArrivalAndThePastInTheOrderOfItsTime) {
    const Case world(settings_at(200, 30'000, 30));
    const Micros opened = kBase + 100 * kSecond;
    const auto all = sent(world.sequence({{"backfill_minutes", "1"}}, opened), opened, opened + 60 * kSecond);
    const auto live =
        std::ranges::find_if(all, [&](std::uint64_t number) { return world.arrivals.of(number) > opened; });
    EXPECT_TRUE(std::ranges::is_sorted(all.begin(), live));
    EXPECT_TRUE(std::ranges::is_sorted(live, all.end(), {},
                                       [&](std::uint64_t number) { return world.arrivals.of(number); }));
    EXPECT_FALSE(std::ranges::is_sorted(live, all.end()));
}

TEST(Sequence, ReplaysAtTheRateItWasGivenAndIsThenUpToTheClock) {
    Settings settings = settings_at(100, 0, 0);
    settings.replay_rate = 300;
    const Case world(settings);
    const Micros opened = kBase + 100 * kSecond;
    Sequence sequence = world.sequence({{"backfill_minutes", "1"}}, opened);
    for (std::uint64_t i = 0; i <= 6000; ++i, sequence.take())
        ASSERT_EQ(sequence.peek()->at, opened + static_cast<Micros>(static_cast<double>(i) / 300 * 1e6));
    EXPECT_EQ(sequence.peek()->at, world.timeline.time_of(sequence.peek()->number));
    EXPECT_EQ(sequence.peek()->number, 10'001u);
}

TEST(Sequence, ReplaysNoFurtherBackThanItsHistory) {
    Settings settings = settings_at(10, 0, 0);
    settings.history_ms = 30'000;
    const Case world(settings);
    const Micros opened = kBase + 1000 * kSecond;
    EXPECT_EQ(world.plan({{"backfill_minutes", "5"}}, opened).first, 9700u);
    EXPECT_EQ(world.plan({{"start_time", text_of(kBase)}}, opened).first, 9700u);
    EXPECT_EQ(world.plan({{"start_time", text_of(opened - 20 * kSecond)}}, opened).first, 9800u);
}

TEST(Sequence, EndsAfterTheCountOfTheCommandLine) {
    Settings settings = settings_at(10, 5000, 50);
    settings.count = 25;
    const Case world(settings);
    EXPECT_EQ(sent(world.sequence({}, kBase), kBase, kBase + 100 * kSecond).size(), 25u);
}

TEST(Sequence, CountsFromTheConnectWhenANumberToStartFromWasGiven) {
    Settings settings = settings_at(10, 0, 0);
    settings.from = 500;
    const Case world(settings);
    Sequence sequence = world.sequence({}, kBase + kSecond);
    EXPECT_EQ(sequence.peek()->number, 500u);
    EXPECT_EQ(sequence.peek()->at, kBase + kSecond);
    sequence.take();
    EXPECT_EQ(sequence.peek()->at, kBase + kSecond + kSecond / 10);
}

} // namespace
} // namespace xtap::sim
