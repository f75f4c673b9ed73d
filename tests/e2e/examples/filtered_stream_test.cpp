// filtered_stream: rules of its own, posts with the tags of the rules they match, no rule left behind.
#include "caller.hpp"
#include "examples/programs.hpp"

#include <csignal>
#include <gtest/gtest.h>
#include <regex>

namespace xtap::e2e {
namespace {

std::size_t rules_of(const sim::SimulatorProcess &simulator) {
    const Json all = test::Caller(simulator.url()).call("getRules").json().value("data", Json());
    return all.size();
}

TEST(FilteredStream, AddsRulesShowsWhichPostsMatchThemAndRemovesThem) {
    sim::SimulatorProcess simulator({"--from", "1", "--rate", "500"});
    Process program(example("filtered_stream", {"all=no", "five=5", "a \"quote\"=\"not there\" OR 9 OR 5"},
                            simulator.url(), kApp));
    program.read_out_until([](std::string_view out) { return out.find(" No. 12\n") != out.npos; });
    EXPECT_EQ(rules_of(simulator), 3u);
    program.send(SIGINT);
    const Ended ended = program.wait();
    EXPECT_EQ(ended.exit_status, 0) << ended.err;
    EXPECT_EQ(ended.err, "");
    const std::vector<std::string> lines = lines_of(ended.out);
    ASSERT_GE(lines.size(), 16u);
    EXPECT_TRUE(std::regex_match(lines[0], std::regex("added [0-9]+  all  \"no\""))) << lines[0];
    EXPECT_TRUE(std::regex_match(lines[1], std::regex("added [0-9]+  five  \"5\""))) << lines[1];
    EXPECT_TRUE(
        std::regex_match(lines[2], std::regex(R"(added [0-9]+  a \\"quote\\"  "\\"not there\\" OR 9 OR 5")")))
        << lines[2];
    for (unsigned number = 1; number <= 12; ++number) {
        const std::string tags = number == 5   ? "all,five,a \\\"quote\\\""
                                 : number == 9 ? "all,a \\\"quote\\\""
                                               : "all";
        const std::string &line = lines[2 + number];
        EXPECT_EQ(line.substr(19, tags.size() + 4), "  " + tags + "  ") << line;
        EXPECT_TRUE(line.ends_with(" No. " + std::to_string(number))) << line;
    }
    EXPECT_EQ(lines.back(), "removed 3 rules");
    EXPECT_EQ(rules_of(simulator), 0u);
}

TEST(FilteredStream, DoesNotStartWithHalfItsRulesAndTakesThatHalfBack) {
    sim::SimulatorProcess simulator;
    const Ended ended = run(example("filtered_stream", {"once=no", "twice=no"}, simulator.url(), kApp));
    EXPECT_EQ(ended.exit_status, 1);
    EXPECT_EQ(ended.err.find("refused: {"), 0u) << ended.err;
    EXPECT_NE(ended.err.find("DuplicateRule"), std::string::npos) << ended.err;
    EXPECT_TRUE(std::regex_match(ended.out, std::regex("added [0-9]+  once  \"no\"\nremoved 1 rules\n")))
        << ended.out;
    EXPECT_EQ(rules_of(simulator), 0u);
    EXPECT_EQ(requests_of(simulator)[1], "POST /2/tweets/search/stream/rules 200") << "no stream between";
}

TEST(FilteredStream, RemovesItsRulesWhenTheStreamIsRefused) {
    sim::SimulatorProcess simulator;
    simulator.fault({{"kind", "http_403"}});
    const Ended ended = run(example("filtered_stream", {"all=no"}, simulator.url(), kApp));
    EXPECT_EQ(ended.exit_status, 3);
    EXPECT_NE(ended.err.find("XTAP_E_FORBIDDEN: "), std::string::npos) << ended.err;
    EXPECT_EQ(lines_of(ended.out).back(), "removed 1 rules");
    EXPECT_EQ(rules_of(simulator), 0u);
}

TEST(FilteredStream, SaysWhatIsWrongWithARule) {
    sim::SimulatorProcess simulator;
    const Ended ended = run(example("filtered_stream", {"half=\"no"}, simulator.url(), kApp));
    EXPECT_EQ(ended.exit_status, 1);
    EXPECT_NE(ended.err.find("Invalid Rule"), std::string::npos) << ended.err;
    EXPECT_EQ(ended.out, "");
}

} // namespace
} // namespace xtap::e2e
