// Streams over a stretch of time that the caller asked for: cut in the middle, they go on where they were.
#include "past.hpp"

#include "api/date_time.hpp"

#include <algorithm>

namespace xtap::test {
namespace {

class OwnRange : public EveryMode {
protected:
    std::int64_t at_ms(std::int64_t seconds) const { return simulator_.begun_ms() + seconds * 1'000; }
    Settings from_to(std::int64_t from_s, std::int64_t to_s) const {
        return {{"partition", "1"},
                {"start_time", api::date_time(at_ms(from_s))},
                {"end_time", api::date_time(at_ms(to_s))}};
    }
    Past simulator_{300};
};

TEST_P(OwnRange, EndsWithItsLastEvent) {
    Tap tap(simulator_.url(), GetParam(), repairing(), Tap::kOperation, from_to(10, 40));
    const Told said = listen(tap, until_over());
    EXPECT_EQ(said.status, XTAP_END) << said.error.text();
    simulator_.expect_each_once(said.events(), at_ms(10));
    EXPECT_EQ(said.events().size(), 3'000u);
    EXPECT_EQ(said.notices(XTAP_NOTICE_REPAIRING).size() + said.notices(XTAP_NOTICE_GAP).size(), 0u);
}

TEST_P(OwnRange, CutInTheMiddleGoesOnWhereItWas) {
    simulator_.fault(Json::array({{{"kind", "reset"}, {"after_events", 1'500}},
                                  {{"kind", "eof"}, {"after_events", 800}},
                                  {{"kind", "half_chunk"}, {"after_events", 0}},
                                  {{"kind", "http_503"}}}));
    Tap tap(simulator_.url(), GetParam(), repairing(), Tap::kOperation, from_to(10, 40));
    const Told said = listen(tap, until_over());
    EXPECT_EQ(said.status, XTAP_END) << said.error.text();
    simulator_.expect_each_once(said.events(), at_ms(10));
    EXPECT_EQ(said.events().size(), 3'000u);
    EXPECT_EQ(said.notices(XTAP_NOTICE_GAP).size(), 0u);
    const Json state = simulator_.state();
    ASSERT_EQ(state["list"].size(), 5u);
    std::vector<std::string> from;
    for (const Json &connection : state["list"]) {
        from.push_back(asked(connection, "start_time"));
        EXPECT_EQ(asked(connection, "end_time"), asked(state["list"][0], "end_time"));
        EXPECT_EQ(asked(connection, "backfill_minutes"), "");
    }
    EXPECT_TRUE(std::ranges::is_sorted(from));
    EXPECT_LT(from[0], from[1]);
    EXPECT_LT(from[1], from[2]);
    EXPECT_EQ(from[2], from[4]) << "nothing came meanwhile";
}

TEST_P(OwnRange, ThatReachesIntoTheFutureEndsThere) {
    simulator_.fault({{"kind", "reset"}, {"after_events", 500}});
    const std::int64_t end_s = (wall_ms() - simulator_.begun_ms()) / 1'000 + 2;
    Tap tap(simulator_.url(), GetParam(), repairing(), Tap::kOperation, from_to(290, end_s));
    const Told said = listen(tap, until_over());
    EXPECT_EQ(said.status, XTAP_END) << said.error.text();
    simulator_.expect_each_once(said.events(), at_ms(290));
    EXPECT_EQ(simulator_.number(said.events().back()), static_cast<std::uint64_t>(end_s) * 100 - 1);
}

TEST_P(OwnRange, IsResumedFromACheckpoint) {
    simulator_.fault({{"kind", "reset"}, {"after_events", 2'000}});
    std::vector<Seen> all;
    std::string checkpoint;
    {
        Tap tap(simulator_.url(), GetParam(), repairing(), Tap::kOperation, from_to(10, 40));
        const Told said = listen(tap, events(1'200));
        all = said.events();
        checkpoint = checkpoint_of(tap.stream(), all.back().position);
    }
    Tap next(simulator_.url(), GetParam(), repairing(), Tap::kOperation, from_to(10, 40));
    resume(next, checkpoint);
    const Told rest = listen(next, until_over());
    EXPECT_EQ(rest.status, XTAP_END) << rest.error.text();
    std::ranges::copy(rest.events(), std::back_inserter(all));
    simulator_.expect_each_once(all, at_ms(10));
    EXPECT_EQ(all.size(), 3'000u);
}

// A proxy that ends the body in order, in the middle of an event, has not ended the stream.
TEST_P(OwnRange, WhoseAnswerEndsInTheMiddleOfAnEventIsNotOver) {
    const std::string first = post_line(at_ms(15)), second = post_line(at_ms(20));
    ScriptedServer server;
    server.answer(kPath, {streamed(first + second.substr(0, 30)), streamed(first + second)});
    Tap tap(server.url(), GetParam(), repairing(), Tap::kOperation, from_to(10, 40));
    const Told said = listen(tap, until_over());
    EXPECT_EQ(said.status, XTAP_END) << said.error.text();
    EXPECT_EQ(said.events().size(), 2u);
    EXPECT_EQ(server.asked().size(), 2u);
    EXPECT_EQ(told(said, XTAP_NOTICE_DISCONNECTED)[0]["cause"], "network");
}

// What ended in order is complete, whatever the caller does about the rest.
TEST_P(OwnRange, ThatEndedIsMissingNothingWhenAnotherPartitionIsFinished) {
    simulator_.fault(Json::array({{{"kind", "split_characters"}}, // which it never notices
                                  {{"kind", "keep_alive_only"}}}));
    Settings parameters = from_to(10, 40);
    parameters[0].second = "1-2";
    Tap tap(simulator_.url(), GetParam(), repairing(), Tap::kOperation, parameters);
    const Told said = listen(tap, notices(XTAP_NOTICE_DISCONNECTED));
    ASSERT_EQ(told(said, XTAP_NOTICE_DISCONNECTED)[0]["cause"], "clean_close");
    xtap_stream_finish(tap.stream());
    const Told rest = listen(tap, until_over());
    EXPECT_EQ(rest.status, XTAP_END);
    EXPECT_EQ(rest.notices(XTAP_NOTICE_GAP).size(), 0u);
    EXPECT_EQ(tap.stats()["gaps"], 0);
}

INSTANTIATE_TEST_SUITE_P(, OwnRange, testing::ValuesIn(kEveryMode), mode_name);

} // namespace
} // namespace xtap::test
