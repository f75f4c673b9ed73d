// One stream over several partitions: a leg for each, in one sequence.
#include "faults.hpp"

#include <map>

namespace xtap::test {
namespace {

class Partitions : public EveryMode {
protected:
    Partitions() : tap_(simulator_.url(), GetParam(), {}, Tap::kOperation, {{"partition", "1-2"}}) {}
    Simulator simulator_;
    Tap tap_;
};

std::map<std::uint32_t, std::vector<std::string>> by_partition(const Told &told) {
    std::map<std::uint32_t, std::vector<std::string>> lines;
    for (const Seen &event : told.events())
        lines[event.partition].push_back(event.json);
    return lines;
}

Enough of_both(std::size_t count) { return events_of_each({1, 2}, count); }

void expect_whole(const Told &told, std::size_t count) {
    for (auto &[partition, lines] : by_partition(told)) {
        ASSERT_GE(lines.size(), count) << partition;
        EXPECT_TRUE(lines == truth(lines.size(), Tap::kOperation, 1, partition)) << partition;
    }
}

TEST_P(Partitions, BringTheirEventsEachInItsOwnOrder) {
    const Told told = listen(tap_, of_both(100));
    EXPECT_EQ(told.status, XTAP_OK) << told.error.text();
    EXPECT_EQ(by_partition(told).size(), 2u);
    expect_whole(told, 100);
    expect_no_hole(told.all);
    const Json legs = tap_.stats()["legs"]; // a copy
    ASSERT_EQ(legs.size(), 2u);
    for (const Json &leg : legs) {
        EXPECT_EQ(leg["state"], "open");
        EXPECT_GE(leg["events"], 100);
    }
    EXPECT_EQ(tap_.client_stats()["connections"], 2);
}

TEST_P(Partitions, GoOnWhileAnotherIsRefusedForGood) {
    const Told first = listen(tap_, of_both(1));
    ASSERT_EQ(first.status, XTAP_OK);
    tap_.close();
    simulator_.fault(fault("http_403")); // for the next connection: one of the two
    Tap tap(simulator_.url(), GetParam(), {}, Tap::kOperation, {{"partition", "1-2"}});
    const Told told = listen(tap, in_any_order(events(50), notices(XTAP_NOTICE_DISCONNECTED)));
    EXPECT_EQ(told.status, XTAP_OK) << told.error.text();
    EXPECT_EQ(by_partition(told).size(), 1u);
    std::multiset<std::string> states;
    const Json stats = tap.stats();
    for (const Json &leg : stats["legs"])
        states.insert(leg["state"].get<std::string>());
    EXPECT_EQ(states, (std::multiset<std::string>{"ended", "open"}));
    const Json refused = told.notices(XTAP_NOTICE_DISCONNECTED)[0].facts();
    EXPECT_NE(refused["partition"], told.events()[0].partition) << "the notice says which";
}

TEST_P(Partitions, ComeBackEachByItself) {
    simulator_.fault(fault("close", {{"after_events", 10}}));
    const Told told = listen(tap_, notices(XTAP_NOTICE_CONNECTED, 3));
    EXPECT_EQ(told.status, XTAP_OK) << told.error.text();
    EXPECT_EQ(told.notices(XTAP_NOTICE_DISCONNECTED).size(), 1u) << "the other one was left alone";
}

TEST_P(Partitions, EndTogetherWhenTheStreamIsFinished) {
    ASSERT_EQ(listen(tap_, of_both(5)).status, XTAP_OK);
    EXPECT_EQ(xtap_stream_finish(tap_.stream()), XTAP_OK);
    EXPECT_EQ(tap_.consume([](const Seen &) { return XTAP_CONTINUE; }), XTAP_END);
}

TEST(PartitionsOfAStream, ShareItsRoomWithoutStarvingEachOther) {
    Simulator simulator; // as fast as the sockets take it
    Tap tap(simulator.url(), {.run = false, .ahead = false}, {}, "streamPostsFirehose",
            {{"partition", "1-8"}});
    std::map<std::uint32_t, std::size_t> seen;
    Batch batch(64 * 1024, 32, 0);
    for (std::size_t total = 0; total < 20'000;) {
        ASSERT_EQ(tap.read(batch), XTAP_OK);
        for (std::size_t i = 0; i < batch->record_count; ++i)
            if (batch->records[i].kind < 0x8000) ++seen[batch->records[i].partition], ++total;
    }
    EXPECT_EQ(seen.size(), 8u);
    for (const auto &[partition, count] : seen)
        EXPECT_GE(count, 500u) << partition;
}

INSTANTIATE_TEST_SUITE_P(, Partitions, testing::ValuesIn(kEveryMode), mode_name);

} // namespace
} // namespace xtap::test
