// activity: subscribes, streams, lists, and takes its subscription back whatever happens.
#include "caller.hpp"
#include "examples/programs.hpp"

#include <csignal>
#include <gtest/gtest.h>
#include <regex>

namespace xtap::e2e {
namespace {

std::size_t subscriptions_of(const sim::SimulatorProcess &simulator) {
    const Json all =
        test::Caller(simulator.url()).call("getActivitySubscriptions").json().value("data", Json());
    return all.size();
}

class Activity : public testing::TestWithParam<const char *> {};

TEST_P(Activity, IsSubscribedToStreamedListedAndDeletedWhateverTheAnswersShape) {
    sim::SimulatorProcess simulator({"--from", "1", "--rate", "1000"});
    simulator.control("POST", "/shapes", {{"subscription", GetParam()}});
    const Ended ended = run(example("activity", {"2244994945", "post.create", "3"}, simulator.url(), kApp));
    EXPECT_EQ(ended.exit_status, 0) << ended.err;
    EXPECT_EQ(ended.err, "");
    static const std::regex form(
        "subscription ([0-9]+)\n"
        "post\\.create  [0-9]{19}  \\{\"id\":\"[0-9]+\",\"author_id\":\"2244994945\",[^\n]*No\\. 1\"\\}\n"
        "post\\.create  [0-9]{19}  \\{[^\n]*No\\. 2\"\\}\n"
        "post\\.create  [0-9]{19}  \\{[^\n]*No\\. 3\"\\}\n"
        "\\1  post\\.create  \\{\"user_id\":\"2244994945\"\\}\n"
        "deleted \\1\n");
    EXPECT_TRUE(std::regex_match(ended.out, form)) << ended.out;
    EXPECT_EQ(subscriptions_of(simulator), 0u);
}

INSTANTIATE_TEST_SUITE_P(AnsweredAs, Activity, testing::Values("wrapped", "list", "bare"),
                         [](const auto &tested) { return std::string(tested.param); });

TEST(PrivateActivity, IsSubscribedToWithTheUsersTokenAndStreamedWithTheApps) {
    sim::SimulatorProcess simulator(
        {"--from", "1", "--rate", "1000", "--token", "app-token", "--user-token", "user-token"});
    const std::vector<std::string> words = {"2244994945", "block.block", "2"};
    Environment both = kApp;
    both.insert(kUser.begin(), kUser.end());
    const Ended refused = run(example("activity", words, simulator.url(), both));
    EXPECT_EQ(refused.exit_status, 3) << "the app's token goes first: " << refused.out;
    both["XTAP_CREDENTIAL"] = "oauth2";
    const Ended ended = run(example("activity", words, simulator.url(), both));
    EXPECT_EQ(ended.exit_status, 0) << ended.err;
    EXPECT_EQ(lines_of(ended.out).size(), 5u) << ended.out;
}

TEST(ActivityEnded, ByASignalLeavesNoSubscriptionBehind) {
    sim::SimulatorProcess simulator({"--from", "1", "--rate", "100"});
    Process program(example("activity", {"2244994945", "follow.follow"}, simulator.url(), kApp));
    program.read_out_until([](std::string_view out) { return out.find("follow.follow") != out.npos; });
    EXPECT_EQ(subscriptions_of(simulator), 1u);
    program.send(SIGINT);
    const Ended ended = program.wait();
    EXPECT_EQ(ended.exit_status, 0) << ended.err;
    EXPECT_EQ(lines_of(ended.out).back().find("deleted "), 0u) << ended.out;
    EXPECT_EQ(subscriptions_of(simulator), 0u);
}

TEST(ActivityEnded, ByARefusalOfTheStreamLeavesNoSubscriptionBehind) {
    sim::SimulatorProcess simulator;
    simulator.fault({{"kind", "http_403"}});
    const Ended ended = run(example("activity", {"2244994945", "post.create"}, simulator.url(), kApp));
    EXPECT_EQ(ended.exit_status, 3);
    EXPECT_NE(ended.err.find("XTAP_E_FORBIDDEN: "), std::string::npos) << ended.err;
    EXPECT_TRUE(std::regex_match(ended.out, std::regex("subscription ([0-9]+)\ndeleted \\1\n"))) << ended.out;
    EXPECT_EQ(subscriptions_of(simulator), 0u);
}

TEST(ActivityEnded, BeforeItsStreamForATypeThatDoesNotExist) {
    sim::SimulatorProcess simulator;
    const Ended ended = run(example("activity", {"2244994945", "post.creat"}, simulator.url(), kApp));
    EXPECT_EQ(ended.exit_status, 1);
    EXPECT_NE(ended.err.find("createActivitySubscription: HTTP 400"), std::string::npos) << ended.err;
    EXPECT_EQ(ended.out, "");
    EXPECT_EQ(requests_of(simulator), std::vector<std::string>{"POST /2/activity/subscriptions 400"});
}

} // namespace
} // namespace xtap::e2e
