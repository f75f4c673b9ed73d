// Two connections to the same partition: one that dies loses and repeats nothing.
#include "past.hpp"

#include <algorithm>

namespace xtap::test {
namespace {

Settings redundant(const Settings &more = {}) {
    Settings settings = repairing({{"redundancy", "2"}});
    settings.insert(settings.end(), more.begin(), more.end());
    return settings;
}

class Redundancy : public EveryMode {
protected:
    // Listens until both connections are open.
    void meet(Tap &tap) {
        const Told said = listen(tap, both(notices(XTAP_NOTICE_CONNECTED, 2), events(20)));
        ASSERT_EQ(said.status, XTAP_OK) << said.error.text();
        keep(said);
    }
    void keep(const Told &said) {
        for (const Seen &seen : said.all)
            all_.all.push_back(seen);
    }
    Past simulator_{90};
    Told all_;
};

TEST_P(Redundancy, MergesTwoConnectionsIntoOneStream) {
    Tap tap(simulator_.url(), GetParam(), redundant());
    meet(tap);
    keep(listen(tap, events(50)));
    simulator_.expect_each_once(all_.events());
    const Json stats = tap.stats();
    ASSERT_GE(stats["legs"].size(), 2u);
    EXPECT_EQ(stats["legs"][0]["role"], "live");
    EXPECT_EQ(stats["legs"][1]["role"], "redundant");
    EXPECT_GT(stats["duplicates"], 20);
    EXPECT_EQ(simulator_.state()["open"], 2);
}

TEST_P(Redundancy, CoversTheDeathOfOne) {
    simulator_.fault({{"kind", "reset"}, {"after_events", 150}});
    Tap tap(simulator_.url(), GetParam(), redundant());
    meet(tap);
    keep(listen(tap, both(repaired_by("redundancy"), events(10))));
    simulator_.expect_each_once(all_.events());
    const std::vector<Json> repaired = told(all_, XTAP_NOTICE_REPAIRED);
    ASSERT_EQ(repaired.size(), 1u);
    EXPECT_EQ(repaired[0]["outcome"], "covered");
    EXPECT_EQ(all_.notices(XTAP_NOTICE_GAP).size(), 0u);
    for (const Json &connection : live_connections(simulator_))
        EXPECT_EQ(asked(connection, "backfill_minutes"), "") << "there was nothing to repair";
    for (const Seen &event : all_.events())
        ASSERT_EQ(event.flags & XTAP_FLAG_REPLAYED, 0u);
}

// Whoever notices its end first believes in the other one still, and waits then for its backfill.
TEST_P(Redundancy, RepairsTheDeathOfBothByBackfillAlone) {
    Tap tap(simulator_.url(), GetParam(), redundant({{"continuity", "backfill"}}));
    meet(tap);
    simulator_.fault({{"kind", "reset"}, {"now", true}});
    keep(listen(tap, both(repaired_by("backfill"), events(10))));
    simulator_.expect_each_once(all_.events());
    EXPECT_EQ(all_.notices(XTAP_NOTICE_GAP).size(), 0u);
    EXPECT_GE(all_.notices(XTAP_NOTICE_DISCONNECTED).size(), 2u);
}

// Each connection brings the line; the same bytes from the other one are the same event.
TEST_P(Redundancy, DeliversAMalformedLineOnce) {
    simulator_.fault({{"kind", "garbage_line"}, {"variant", "text"}, {"after_events", 60}, {"times", 2}});
    Tap tap(simulator_.url(), GetParam(), redundant());
    meet(tap);
    keep(listen(tap, events(150)));
    EXPECT_EQ(std::ranges::count(all_.events(), XTAP_EVENT_MALFORMED, &Seen::kind), 1);
    EXPECT_EQ(tap.stats()["malformed"], 1);
}

TEST_P(Redundancy, WithoutContinuityStillMerges) {
    simulator_.fault({{"kind", "reset"}, {"after_events", 150}});
    Tap tap(simulator_.url(), GetParam(), redundant({{"continuity", "off"}}));
    meet(tap);
    keep(listen(tap, both(notices(XTAP_NOTICE_CONNECTED), events(10))));
    simulator_.expect_each_once(all_.events());
    EXPECT_EQ(all_.notices(XTAP_NOTICE_REPAIRED).size(), 0u);
}

INSTANTIATE_TEST_SUITE_P(, Redundancy, testing::ValuesIn(kEveryMode), mode_name);

} // namespace
} // namespace xtap::test
