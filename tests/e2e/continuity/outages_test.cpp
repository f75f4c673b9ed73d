// Connections that die: what was missed comes with the next one, and what had come already is dropped.
#include "past.hpp"

#include <algorithm>

namespace xtap::test {
namespace {

struct Outage {
    const char *fault;
    Mode mode;
};
void PrintTo(const Outage &outage, std::ostream *out) { *out << outage.fault << " " << outage.mode.name(); }

std::vector<Outage> every_outage() {
    std::vector<Outage> all;
    for (const char *fault : {"reset", "eof", "stall", "half_chunk", "close"})
        for (const Mode mode : kEveryMode)
            all.push_back({fault, mode});
    return all;
}

class AnOutage : public testing::TestWithParam<Outage> {
protected:
    Settings settings() const {
        return std::string(GetParam().fault) == "stall" ? repairing({{"stall_timeout_ms", "500"}})
                                                        : repairing();
    }
    // A connection's beginning is known to a second: what happened later than that is live.
    static void expect_replayed_ones_marked(const Told &said) {
        const std::int64_t opened_ms = told(said, XTAP_NOTICE_CONNECTED).back()["at_ms"].get<std::int64_t>();
        std::size_t count = 0;
        for (const Seen &event : said.events()) {
            const bool replayed = (event.flags & XTAP_FLAG_REPLAYED) != 0;
            const bool before = ++count <= 20, missed = !before && event.time_ms < opened_ms - 500;
            EXPECT_FALSE(replayed && (before || event.time_ms > opened_ms + 3'000)) << count;
            EXPECT_TRUE(replayed || !missed) << count;
            EXPECT_EQ(event.flags & XTAP_FLAG_MAYBE_REPEATED, 0u) << count;
        }
        EXPECT_EQ(said.events().back().flags & XTAP_FLAG_REPLAYED, 0u);
    }
    Past simulator_{90};
};

TEST_P(AnOutage, LosesNothingAndRepeatsNothing) {
    simulator_.fault({{"kind", GetParam().fault}, {"after_events", 20}});
    Tap tap(simulator_.url(), GetParam().mode, settings());
    const Told said = listen(tap, both(notices(XTAP_NOTICE_REPAIRED), events(10)));
    EXPECT_EQ(said.status, XTAP_OK) << said.error.text();
    simulator_.expect_each_once(said.events());
    EXPECT_EQ(said.notices(XTAP_NOTICE_GAP).size(), 0u);

    const std::vector<Json> repairing = told(said, XTAP_NOTICE_REPAIRING);
    ASSERT_GE(repairing.size(), 1u);
    EXPECT_EQ(repairing[0]["by"], "backfill");
    EXPECT_EQ(repairing[0]["minutes"], 1);
    EXPECT_LT(repairing[0]["from_ms"], said.events()[19].time_ms);
    EXPECT_TRUE(said.course().find("connected, repairing, ") != std::string::npos) << said.course();
    const std::vector<Json> repaired = told(said, XTAP_NOTICE_REPAIRED);
    ASSERT_EQ(repaired.size(), 1u);
    EXPECT_EQ(repaired[0]["outcome"], "repaired");
    EXPECT_GE(repaired[0]["repeated"], 20) << "what had come came again";
    EXPECT_EQ(repaired[0]["from_ms"], repairing.back()["from_ms"]);
    EXPECT_EQ(repaired[0]["to_ms"], repairing.back()["to_ms"]);

    const Json stats = tap.stats();
    EXPECT_GE(stats["duplicates"], repaired[0]["repeated"]);
    EXPECT_EQ(stats["gaps"], 0);
    const std::vector<Json> connections = live_connections(simulator_);
    EXPECT_EQ(asked(connections[0], "backfill_minutes"), "");
    EXPECT_EQ(asked(connections[1], "backfill_minutes"), "1");
    expect_replayed_ones_marked(said);
}

INSTANTIATE_TEST_SUITE_P(, AnOutage, testing::ValuesIn(every_outage()), [](const auto &one) {
    return one.param.fault + std::string("_") + one.param.mode.name();
});

class Outages : public EveryMode {};

TEST_P(Outages, WhileOneIsBeingRepairedAreRepairedToo) {
    Past simulator(45); // all of it is within the minute that each connection asks for
    simulator.fault(Json::array({{{"kind", "reset"}, {"after_events", 20}},
                                 {{"kind", "eof"}, {"after_events", 1'000}},
                                 {{"kind", "half_chunk"}, {"after_events", 3'000}},
                                 {{"kind", "http_503"}},
                                 {{"kind", "refuse"}},
                                 {{"kind", "reset"}, {"after_events", 1}}}));
    Tap tap(simulator.url(), GetParam(), repairing());
    const Told said = listen(tap, both(notices(XTAP_NOTICE_REPAIRED), events(10)));
    EXPECT_EQ(said.status, XTAP_OK) << said.error.text();
    simulator.expect_each_once(said.events());
    EXPECT_GE(said.notices(XTAP_NOTICE_REPAIRING).size(), 4u);
    EXPECT_EQ(said.notices(XTAP_NOTICE_GAP).size(), 0u);
    EXPECT_GE(tap.stats()["duplicates"], 4'000) << "each connection began with what was known";
}

TEST_P(Outages, WithLateEventsLoseNoneOfThem) {
    Past simulator(90, 100, {"--late-ms", "800", "--late-share", "20"});
    simulator.fault({{"kind", "reset"}, {"after_events", 100}});
    Tap tap(simulator.url(), GetParam(), repairing());
    const Told said = listen(tap, both(notices(XTAP_NOTICE_REPAIRED), events(100)));
    // What is late now is not there yet.
    std::vector<Seen> settled = said.events();
    const std::int64_t newest = std::ranges::max(settled, {}, &Seen::time_ms).time_ms;
    std::erase_if(settled, [&](const Seen &event) { return event.time_ms > newest - 1'000; });
    // The first connection was sent what was late before it, and not what was in time.
    const std::int64_t first_ms = told(said, XTAP_NOTICE_CONNECTED)[0]["at_ms"].get<std::int64_t>();
    simulator.expect_each_once(settled, (first_ms / 1000 + 1) * 1000);
}

// One odd id in a backfill would say that all of it came: what was cut off then was not asked for again.
TEST_P(Outages, AreNotRepairedByAnEventOfTheFuture) {
    const std::int64_t now = wall_ms(), year = std::int64_t{365} * 24 * 3'600'000;
    ScriptedServer server;
    server.answer(kPath,
                  {streamed(post_line(now - 230'000) + post_line(now + year)), streamed(post_line(now))});
    Tap tap(server.url(), GetParam(), repairing());
    resume(tap, made_at(now - 240'000));
    const Told said = listen(tap, events(3));
    EXPECT_EQ(said.notices(XTAP_NOTICE_REPAIRED).size(), 0u);
    for (std::size_t connection : {0u, 1u})
        EXPECT_NE(server.asked()[connection].target().find("backfill_minutes=5"), std::string::npos)
            << server.asked()[connection].target();
}

INSTANTIATE_TEST_SUITE_P(, Outages, testing::ValuesIn(kEveryMode), mode_name);

struct Minutes {
    const char *late_ms, *minutes;
};
void PrintTo(const Minutes &minutes, std::ostream *out) { *out << minutes.late_ms; }
class BackfillMinutes : public testing::TestWithParam<Minutes> {};

// (now + connect_timeout + late) - last proof, rounded up; the outage itself takes no time to speak of.
TEST_P(BackfillMinutes, AreThoseOfTheFormula) {
    Past simulator(2);
    simulator.fault({{"kind", "reset"}, {"after_events", 20}});
    Tap tap(simulator.url(), {}, repairing({{"late_ms", GetParam().late_ms}}));
    listen(tap, notices(XTAP_NOTICE_CONNECTED, 2));
    EXPECT_EQ(asked(simulator.state()["list"][1], "backfill_minutes"), GetParam().minutes);
}

INSTANTIATE_TEST_SUITE_P(, BackfillMinutes,
                         testing::Values(Minutes{"0", "1"}, Minutes{"45000", "1"}, Minutes{"60000", "2"},
                                         Minutes{"120000", "3"}, Minutes{"200000", "4"},
                                         Minutes{"250000", "5"}, Minutes{"3600000", "5"}),
                         [](const auto &one) { return std::string(one.param.late_ms); });

TEST(BackfillOfTheCaller, IsOfTheFirstConnectionAlone) {
    Past simulator(200);
    simulator.fault({{"kind", "reset"}, {"after_events", 2'000}});
    Tap tap(simulator.url(), {}, repairing(), Tap::kOperation,
            {{"partition", "1"}, {"backfill_minutes", "3"}});
    const Told said = listen(tap, notices(XTAP_NOTICE_REPAIRED));
    simulator.expect_each_once(said.events(), simulator.begun_ms() + 60'000);
    const std::vector<Json> connections = live_connections(simulator);
    EXPECT_EQ(asked(connections[0], "backfill_minutes"), "3");
    EXPECT_GT(asked(connections[1], "backfill_minutes"), "3") << "nothing of it was proven";
}

TEST(WithoutContinuity, NothingIsAskedForNorSaid) {
    Past simulator(90);
    simulator.fault({{"kind", "reset"}, {"after_events", 20}});
    Tap tap(simulator.url());
    const Told said = listen(tap, both(notices(XTAP_NOTICE_CONNECTED, 2), events(20)));
    EXPECT_EQ(asked(simulator.state()["list"][1], "backfill_minutes"), "");
    EXPECT_EQ(said.notices(XTAP_NOTICE_REPAIRING).size() + said.notices(XTAP_NOTICE_GAP).size(), 0u);
    for (const Seen &event : said.events())
        EXPECT_EQ(event.flags & XTAP_FLAG_REPLAYED, 0u);
    EXPECT_EQ(tap.stats()["coverage"].size(), 0u);
}

} // namespace
} // namespace xtap::test
