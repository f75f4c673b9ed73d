// What the examples say to wrong words, missing credentials and refusals, and the status they exit with.
#include "examples/programs.hpp"

#include <gtest/gtest.h>

namespace xtap::e2e {
namespace {

struct Mistake {
    const char *name, *program;
    std::vector<std::string> words;
    Environment credentials;
    Json fault; // null: none
    int exit_status;
    std::string says; // in what it writes to stderr
};
void PrintTo(const Mistake &mistake, std::ostream *out) { *out << mistake.name; }

class Mistakes : public testing::TestWithParam<Mistake> {};

TEST_P(Mistakes, AreSaidInOneSentenceAndByTheExitStatus) {
    sim::SimulatorProcess simulator;
    const Mistake &mistake = GetParam();
    if (!mistake.fault.is_null()) simulator.fault(mistake.fault);
    const Ended ended = run(example(mistake.program, mistake.words, simulator.url(), mistake.credentials));
    EXPECT_EQ(ended.exit_status, mistake.exit_status);
    EXPECT_NE(ended.err.find(mistake.says), std::string::npos) << ended.err;
    EXPECT_EQ(ended.out, "");
    if (mistake.fault.is_null()) {
        EXPECT_TRUE(requests_of(simulator).empty()) << "nothing was to be sent";
    }
}

Json refusal(const char *kind, const char *path) { return {{"kind", kind}, {"path", path}}; }
Json stream_refusal(const char *kind) { return {{"kind", kind}, {"times", 0}}; }

const Environment kNothing;
const std::string kUsage = "usage: ";

const Mistake kMistakes[] = {
    {"HistoryTooManyWords", "connection_history", {"a", "b"}, kApp, {}, 2, kUsage},
    {"HistoryUnknownEndpoint", "connection_history", {"no_stream"}, kApp, {}, 2, "\"no_stream\""},
    {"HistoryNoCredential", "connection_history", {}, kUser, {}, 3, "XTAP_E_NO_CREDENTIAL"},
    {"HistoryRefused",
     "connection_history",
     {},
     kApp,
     refusal("http_401", "/2/connections"),
     3,
     "XTAP_E_UNAUTHORIZED"},
    {"HistoryBroken",
     "connection_history",
     {},
     kApp,
     refusal("http_500", "/2/connections"),
     1,
     "XTAP_E_SERVER"},

    {"FirehoseNoPartition", "firehose_ja", {}, kApp, {}, 2, kUsage},
    {"FirehoseWrongPartition", "firehose_ja", {"3"}, kApp, {}, 2, "an integer from 1 to 2"},
    {"FirehoseWrongTime", "firehose_ja", {"1", "noon", "2026-07-20T12:00:00Z"}, kApp, {}, 2, "\"noon\""},
    {"FirehoseNoCredential", "firehose_ja", {"1"}, kNothing, {}, 3, "XTAP_E_NO_CREDENTIAL"},
    {"FirehoseRefused", "firehose_ja", {"1"}, kApp, stream_refusal("http_403"), 3, "XTAP_E_FORBIDDEN"},

    {"ActivityOneWord", "activity", {"2244994945"}, kApp, {}, 2, kUsage},
    {"ActivityNameForNumber", "activity", {"someone", "post.create"}, kApp, {}, 2, kUsage},
    {"ActivityQuoteInType", "activity", {"1", "post\"create"}, kApp, {}, 2, kUsage},
    {"ActivityWrongCount", "activity", {"1", "post.create", "-1"}, kApp, {}, 2, kUsage},
    {"ActivityNoCredential", "activity", {"1", "post.create"}, kNothing, {}, 3, "XTAP_E_NO_CREDENTIAL"},
    {"ActivityRefused",
     "activity",
     {"1", "post.create"},
     kApp,
     refusal("http_403", "/2/activity/subscriptions"),
     3,
     "XTAP_E_FORBIDDEN"},

    {"MessagesNoConversation", "dm_events", {}, kUser, {}, 2, kUsage},
    {"MessagesNoSuchId", "dm_events", {"../users/me"}, kUser, {}, 2, "\"../users/me\""},
    {"MessagesAppsToken", "dm_events", {"123123123-2244994945"}, kApp, {}, 3, "XTAP_E_NO_CREDENTIAL"},
    {"MessagesRefused",
     "dm_events",
     {"123123123-2244994945"},
     kUser,
     refusal("http_403", "/2/dm_conversations/*"),
     3,
     "XTAP_E_FORBIDDEN"},

    {"FilterNoRule", "filtered_stream", {}, kApp, {}, 2, kUsage},
    {"FilterRuleWithoutTag", "filtered_stream", {"cats=cat", "dog"}, kApp, {}, 2, kUsage},
    {"FilterNoCredential", "filtered_stream", {"cats=cat"}, kUser, {}, 3, "XTAP_E_NO_CREDENTIAL"},
    {"FilterRefused",
     "filtered_stream",
     {"cats=cat"},
     kApp,
     refusal("http_401", "/2/tweets/search/stream/rules"),
     3,
     "XTAP_E_UNAUTHORIZED"},

    {"PostNoText", "post", {"/dev/null"}, kUser, {}, 2, kUsage},
    {"PostNoCredential", "post", {"/dev/null", "Hello"}, kApp, {}, 3, "XTAP_E_NO_CREDENTIAL"},
    {"PostRefused",
     "post",
     {"/dev/null", "Hello"},
     kUser,
     refusal("http_403", "/2/tweets"),
     3,
     "XTAP_E_FORBIDDEN"},
};
INSTANTIATE_TEST_SUITE_P(Of, Mistakes, testing::ValuesIn(kMistakes),
                         [](const auto &tested) { return std::string(tested.param.name); });

} // namespace
} // namespace xtap::e2e
