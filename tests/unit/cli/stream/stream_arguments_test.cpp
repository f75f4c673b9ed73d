// The words of `xtap stream`: sorted rightly, or refused with what was wrong.
#include "cli/stream/stream_arguments.hpp"

#include "cli/base/complaint.hpp"

#include <gtest/gtest.h>

namespace xtap::cli {
namespace {

StreamWords words(std::vector<std::string> given) {
    StreamWords made;
    made.words = std::move(given);
    return made;
}

Complaint complaint_about(const StreamWords &given) {
    try {
        stream_arguments(given);
    } catch (const Complaint &complaint) {
        return complaint;
    }
    return {ExitCode::success, "nothing was refused"};
}

void expect_refused(const StreamWords &given, const std::string &because) {
    const Complaint complaint = complaint_about(given);
    EXPECT_EQ(complaint.exit_code, ExitCode::usage);
    EXPECT_NE(complaint.message.find(because), std::string::npos) << complaint.message;
    EXPECT_NE(complaint.hint, "");
}

TEST(StreamArgumentsTest, TakesTheOperationAndItsParametersInAnyOrder) {
    const StreamArguments sorted = stream_arguments(words({"partition=1", "streamX", "query=a=b", "empty="}));
    EXPECT_EQ(sorted.operation, "streamX");
    const std::vector<NamedValue> expected = {{"partition", "1"}, {"query", "a=b"}, {"empty", ""}};
    EXPECT_EQ(sorted.parameters, expected);
    EXPECT_EQ(sorted.notices, NoticeStyle::text);
    EXPECT_FALSE(sorted.max_events || sorted.duration || sorted.base_url);
}

TEST(StreamArgumentsTest, GivesBackWhatSelectTookButIsNoPointer) {
    StreamWords given = words({"last=1"});
    given.select = {"/data/id", "", "streamX", "partition=1", "/data/text"};
    const StreamArguments sorted = stream_arguments(given);
    EXPECT_EQ(sorted.operation, "streamX");
    EXPECT_EQ(sorted.select, (std::vector<std::string>{"/data/id", "", "/data/text"}));
    EXPECT_EQ(sorted.parameters, (std::vector<NamedValue>{{"partition", "1"}, {"last", "1"}}));
}

TEST(StreamArgumentsTest, ReadsLimitsAndStyles) {
    StreamWords given = words({"streamX"});
    given.max_events = {"18446744073709551615"};
    given.duration = {"0.5"};
    given.notices = {"json"};
    given.client.base_url = {"http://127.0.0.1:1"};
    const StreamArguments sorted = stream_arguments(given);
    EXPECT_EQ(sorted.max_events, UINT64_MAX);
    EXPECT_EQ(sorted.duration, std::chrono::milliseconds(500));
    EXPECT_EQ(sorted.notices, NoticeStyle::json);
    EXPECT_EQ(sorted.base_url, "http://127.0.0.1:1");
}

TEST(StreamArgumentsTest, RefusesAMissingOperationASecondOneAndAnUnknownWord) {
    expect_refused(words({}), "no operation is named");
    expect_refused(words({"partition=1"}), "no operation is named");
    expect_refused(words({"streamX", "streamY"}), "'streamY' is neither the operation (that is 'streamX')");
    expect_refused(words({"streamX", "/data/id"}), "JSON pointers follow --select");
    expect_refused(words({"streamX", "=1"}), "parameter '=1' is not of the form name=value");
}

TEST(StreamArgumentsTest, RefusesASelectionWithoutAPointer) {
    StreamWords given = words({"streamX"});
    given.select = {"data/id"};
    expect_refused(given, "'data/id', which is no JSON pointer");
}

TEST(StreamArgumentsTest, RefusesWhatIsGivenTwice) {
    expect_refused(words({"streamX", "a=1", "a=2"}), "parameter 'a' is given twice");
    StreamWords given = words({"streamX"});
    given.client.options = {"index=off", "index=full"};
    expect_refused(given, "--option 'index' is given twice");
    given.client.options = {};
    given.duration = {"1", "2"};
    expect_refused(given, "--duration is given twice: '1' and '2'");
}

TEST(StreamArgumentsTest, RefusesATokenOnTheCommandLineWithoutRepeatingIt) {
    StreamWords given = words({"streamX"});
    given.client.options = {"bearer_token=SECRET"};
    expect_refused(given, "'bearer_token' is not taken from the command line");
    EXPECT_NE(complaint_about(given).hint.find("bearer_token_file"), std::string::npos);
    EXPECT_EQ(complaint_about(given).message.find("SECRET"), std::string::npos);
    expect_refused(words({"streamX", "bearer_token=SECRET"}),
                   "'bearer_token' is not taken from the command line");
    EXPECT_EQ(complaint_about(words({"streamX", "bearer_token=SECRET"})).message.find("SECRET"),
              std::string::npos);
}

class BadNumber : public testing::TestWithParam<const char *> {};

TEST_P(BadNumber, IsRefusedAsMaxEvents) {
    StreamWords given = words({"streamX"});
    given.max_events = {GetParam()};
    expect_refused(given, std::string("--max-events '") + GetParam() + "' is not a whole number");
}

TEST_P(BadNumber, IsRefusedAsDuration) {
    StreamWords given = words({"streamX"});
    given.duration = {GetParam()};
    expect_refused(given, std::string("--duration '") + GetParam() + "' is not a number of seconds");
}

INSTANTIATE_TEST_SUITE_P(StreamArgumentsTest, BadNumber,
                         testing::Values("", "0", "-1", "1x", "x", " 1", "+1", "1 ", "nan", "inf",
                                         "99999999999999999999", "0x10"));

TEST(StreamArgumentsTest, RefusesFractionsOfEventsAndAnUnknownStyle) {
    StreamWords given = words({"streamX"});
    given.max_events = {"1.5"};
    expect_refused(given, "--max-events '1.5'");
    given.max_events = {};
    given.notices = {"loud"};
    expect_refused(given, "--notices 'loud' is not one of text, json, off");
}

TEST(StreamArgumentsTest, TellsAPortForMetricsFromAFile) {
    StreamWords given = words({"streamX"});
    given.metrics = {"figures.prom"};
    EXPECT_EQ(stream_arguments(given).metrics, "figures.prom");
    EXPECT_FALSE(stream_arguments(given).metrics_port);
    given.metrics = {":9100"};
    EXPECT_EQ(stream_arguments(given).metrics_port, 9100);
    EXPECT_FALSE(stream_arguments(given).metrics);
    for (const char *wrong : {":", ":x", ":65536", ":-1", ":80x"}) {
        given.metrics = {wrong};
        expect_refused(given, "names no port");
    }
}

TEST(StreamArgumentsTest, TakesOneCheckpointWithAName) {
    StreamWords given = words({"streamX"});
    given.checkpoint = {"a"};
    EXPECT_EQ(stream_arguments(given).checkpoint, "a");
    given.checkpoint = {""};
    expect_refused(given, "--checkpoint");
    given.checkpoint = {"a", "b"};
    expect_refused(given, "--checkpoint");
}

} // namespace
} // namespace xtap::cli
