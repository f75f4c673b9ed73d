// dm_events: a conversation from its newest event to its oldest.
#include "examples/programs.hpp"

#include <gtest/gtest.h>
#include <regex>

namespace xtap::e2e {
namespace {

constexpr char kConversation[] = "123123123-2244994945";

TEST(DirectMessages, ComeOnceEachInOrderAlsoWhenALimitHasToBeWaitedFor) {
    sim::SimulatorProcess simulator({"--dm-events", "205"});
    simulator.control("POST", "/rate-limits",
                      {{"path", "/2/dm_conversations/*"}, {"limit", 2}, {"seconds", 1}});
    const Ended ended = run(example("dm_events", {kConversation}, simulator.url(), kUser));
    EXPECT_EQ(ended.exit_status, 0) << ended.err;
    EXPECT_EQ(ended.err, "");
    const std::vector<std::string> lines = lines_of(ended.out);
    ASSERT_EQ(lines.size(), 205u);
    static const std::regex line_form(
        R"re(\d{19}  \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z  (123123123|2244994945)  ".* No\. (\d+)")re");
    for (std::size_t i = 0; i < lines.size(); ++i) {
        std::smatch found;
        ASSERT_TRUE(std::regex_match(lines[i], found, line_form)) << lines[i];
        EXPECT_EQ(found[2], std::to_string(205 - i));
    }
}

TEST(DirectMessages, AreAskedForInPagesOfAHundred) {
    sim::SimulatorProcess simulator({"--dm-events", "205"});
    ASSERT_EQ(run(example("dm_events", {kConversation}, simulator.url(), kUser)).exit_status, 0);
    const std::vector<std::string> asked = requests_of(simulator);
    ASSERT_EQ(asked.size(), 3u);
    EXPECT_EQ(asked[0], "GET /2/dm_conversations/123123123-2244994945/dm_events?max_results=100"
                        "&dm_event.fields=created_at,sender_id,text,event_type 200");
    for (std::size_t i : {1u, 2u})
        EXPECT_NE(asked[i].find("&pagination_token="), std::string::npos) << asked[i];
}

TEST(DirectMessages, NameTheKindOfAnEventThatHasNoText) {
    sim::SimulatorProcess simulator;
    const Ended ended = run(example("dm_events", {"1585094756761149440"}, simulator.url(), kUser));
    EXPECT_EQ(ended.exit_status, 0) << ended.err;
    EXPECT_EQ(lines_of(ended.out).size(), 30u);
    EXPECT_TRUE(std::regex_search(ended.out, std::regex("Z  [0-9]+  ParticipantsJoin\n"))) << ended.out;
    EXPECT_TRUE(std::regex_search(ended.out, std::regex("Z  [0-9]+  \"Group message No. 2\"\n")))
        << ended.out;
}

} // namespace
} // namespace xtap::e2e
