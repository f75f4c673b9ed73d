// `xtap connections` against the simulator's own streams.
#include "cli/calls.hpp"
#include "json/value.hpp"

#include <gtest/gtest.h>
#include <memory>

namespace xtap::e2e {
namespace {

class CliConnections : public testing::Test {
protected:
    Ended connections(std::vector<std::string> words, Simulator &of) {
        words.insert(words.begin(), {"connections", "--base-url", of.url()});
        return run(xtap(words));
    }
    Ended connections(const std::vector<std::string> &words) { return connections(words, simulator); }
    Json listed(const std::vector<std::string> &words = {"--json"}) {
        return Json::parse(connections(words).out);
    }

    // Streams that stay open; ended ones are not made anew.
    void open_streams(const std::vector<std::string> &operations, Simulator &of) {
        for (const std::string &operation : operations)
            streams.push_back(std::make_unique<Process>(
                xtap_stream(of, operation, {"--notices", "off", "--option", "max_reconnects=0"})));
        ASSERT_TRUE(of.state_when("min_open=" + std::to_string(operations.size())).at("reached").get<bool>());
    }

    Simulator simulator{{"--rate", "1"}};
    std::vector<std::unique_ptr<Process>> streams;
};

TEST_F(CliConnections, AreListedWithTheReasonOfTheirEnd) {
    open_streams({"streamPostsSample", "streamLabelsCompliance"}, simulator);
    EXPECT_EQ(listed().size(), 2u);
    const Ended one = connections({"--endpoint", "sample_stream"});
    EXPECT_EQ(one.out.find("ID  "), 0u) << one.out;
    EXPECT_NE(one.out.find("  sample_stream  "), std::string::npos) << one.out;
    EXPECT_EQ(one.out.find("label"), std::string::npos) << one.out;
    EXPECT_EQ(connections({"kill", "--endpoint", "sample_stream"}).out, "1 connection ended\n");
    EXPECT_EQ(listed().size(), 1u);
    const Ended all = connections({"--all"});
    EXPECT_NE(all.out.find("operator_disconnect"), std::string::npos) << all.out;
}

TEST_F(CliConnections, AreEndedByIdAndWhatIsNotThereIsNamed) {
    open_streams({"streamPostsSample"}, simulator);
    const std::string id = listed()[0].at("id").text();
    const std::string unknown = "00000000-0000-4000-8000-000000000000";
    const Ended ended = connections({"kill", id, unknown});
    EXPECT_EQ(ended.exit_status, 1);
    EXPECT_EQ(ended.out, "1 connection ended\n");
    EXPECT_EQ(errors_in(ended.err), 1u);
    EXPECT_NE(ended.err.find(unknown), std::string::npos) << ended.err;
    EXPECT_EQ(listed().size(), 0u);
}

TEST_F(CliConnections, AreEndedAllInEitherShapeOfTheAnswer) {
    Simulator terse({"--rate", "1", "--kill-answer", "attempted"});
    open_streams({"streamPostsSample"}, terse);
    const Ended ended = connections({"kill", "--all"}, terse);
    EXPECT_EQ(ended.exit_status, 0) << ended.err;
    EXPECT_EQ(ended.out, "X ends the connections; how many, it does not say\n");
    EXPECT_TRUE(terse.state_when("max_open=0").at("reached").get<bool>());
    open_streams({"streamPostsSample", "streamLabelsCompliance"}, simulator);
    EXPECT_EQ(connections({"kill", "--all"}).out, "2 connections ended\n");
}

TEST_F(CliConnections, ThatAreNoneAreSaidToBeNone) {
    const Ended ended = connections({});
    EXPECT_EQ(ended.exit_status, 0);
    EXPECT_EQ(ended.out, "ID  ENDPOINT  CONNECTED  DISCONNECTED  REASON  IP\n");
    EXPECT_NE(ended.err.find("--all"), std::string::npos) << ended.err;
    EXPECT_EQ(connections({"--json"}).out, "[\n]\n");
}

TEST_F(CliConnections, OfAnEndpointThatIsNoneAreRefusedWithThoseThereAre) {
    const Ended ended = connections({"kill", "--endpoint", "filterd_stream"});
    EXPECT_EQ(ended.exit_status, 2);
    EXPECT_NE(ended.err.find("filtered_stream"), std::string::npos) << ended.err;
}

} // namespace
} // namespace xtap::e2e
