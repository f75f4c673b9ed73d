// What comes twice without an outage: dropped and counted when it is the same event, never when it is not
// one.
#include "past.hpp"

namespace xtap::test {
namespace {

class Repetitions : public EveryMode {
protected:
    Past simulator_{2};
};

TEST_P(Repetitions, OfAnEventAreDroppedAndCounted) {
    simulator_.fault({{"kind", "duplicate_event"}, {"after_events", 20}, {"copies", 3}});
    Tap tap(simulator_.url(), GetParam(), repairing());
    const Told said = listen(tap, events(60));
    simulator_.expect_each_once(said.events());
    const Json stats = tap.stats();
    EXPECT_EQ(stats["duplicates"], 3);
    EXPECT_EQ(stats["legs"][0]["duplicates"], 3);
    EXPECT_EQ(stats["maybe_repeated"], 0);
    EXPECT_EQ(said.course(), "connecting, connected, 60 events");
    expect_no_hole(said.all);
}

TEST_P(Repetitions, OfAMalformedLineAreTwoEvents) {
    for (int i = 0; i < 2; ++i)
        simulator_.fault(
            Json::array({Json::array({{{"kind", "garbage_line"}, {"variant", "text"}, {"after_events", 10}},
                                      {{"kind", "garbage_line"}, {"variant", "text"}, {"after_events", 15}},
                                      {{"kind", "reset"}, {"after_events", 20}}})}));
    Tap tap(simulator_.url(), GetParam(), repairing());
    std::vector<std::string> malformed;
    const Told said = listen(tap, notices(XTAP_NOTICE_CONNECTED, 3));
    for (const Seen &event : said.events())
        if (event.kind == XTAP_EVENT_MALFORMED) malformed.push_back(event.json);
    EXPECT_EQ(malformed, std::vector<std::string>(4, malformed.at(0)));
    EXPECT_EQ(tap.stats()["malformed"], 4);
}

INSTANTIATE_TEST_SUITE_P(, Repetitions, testing::ValuesIn(kEveryMode), mode_name);

} // namespace
} // namespace xtap::test
