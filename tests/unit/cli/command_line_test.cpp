// The commands as they are typed, and the help texts against the options there are.
#include "cli/command_line.hpp"

#include "cli/complaint.hpp"
#include "cli/help_text.hpp"

#include <gtest/gtest.h>
#include <sstream>
#include <vector>

namespace xtap::cli {
namespace {

Command typed(std::vector<const char *> words) {
    words.insert(words.begin(), "xtap");
    return parse_command_line(static_cast<int>(words.size()), words.data());
}

void expect_refused(const std::vector<const char *> &words, const std::string &because,
                    const std::string &see) {
    try {
        typed(words);
        FAIL() << "nothing was refused";
    } catch (const Complaint &complaint) {
        EXPECT_EQ(complaint.exit_code, ExitCode::usage);
        EXPECT_NE(complaint.message.find(because), std::string::npos) << complaint.message;
        EXPECT_EQ(complaint.hint, see);
    }
}

std::string help(std::vector<const char *> words) { return std::get<ShowText>(typed(std::move(words))).text; }

TEST(CommandLine, KnowsItsCommands) {
    EXPECT_TRUE(std::holds_alternative<ShowVersion>(typed({"--version"})));
    EXPECT_FALSE(std::get<ListOperations>(typed({"operations"})).as_json);
    EXPECT_TRUE(std::get<ListOperations>(typed({"operations", "--json"})).as_json);
    const auto described = std::get<DescribeOperation>(typed({"describe", "--json", "streamX"}));
    EXPECT_EQ(described.operation, "streamX");
    EXPECT_TRUE(described.as_json);
}

TEST(CommandLine, TakesEveryOptionOfStreamInAnyPlace) {
    const auto stream = std::get<StreamArguments>(
        typed({"stream", "--select", "/data/id", "/data/text", "--notices", "off", "streamX", "--option",
               "index=full", "partition=1", "--max-events=5", "--duration", "2", "--option",
               "compression=off", "--base-url", "http://[::1]:1"}));
    EXPECT_EQ(stream.operation, "streamX");
    EXPECT_EQ(stream.parameters, (std::vector<NamedValue>{{"partition", "1"}}));
    EXPECT_EQ(stream.options, (std::vector<NamedValue>{{"index", "full"}, {"compression", "off"}}));
    EXPECT_EQ(stream.select, (std::vector<std::string>{"/data/id", "/data/text"}));
    EXPECT_EQ(stream.max_events, 5u);
    EXPECT_EQ(stream.base_url, "http://[::1]:1");
    EXPECT_EQ(stream.notices, NoticeStyle::off);
}

TEST(CommandLine, TakesSelectAfterTheOperationWithoutSwallowingItsParameters) {
    const auto stream = std::get<StreamArguments>(
        typed({"stream", "streamX", "--select", "/a", "partition=1", "--select", "/b"}));
    EXPECT_EQ(stream.select, (std::vector<std::string>{"/a", "/b"}));
    EXPECT_EQ(stream.parameters, (std::vector<NamedValue>{{"partition", "1"}}));
}

TEST(CommandLine, RefusesWhatItDoesNotKnowAndSaysWhereToLook) {
    expect_refused({}, "no command is given", "see 'xtap --help'");
    expect_refused({"tail"}, "unknown command 'tail'", "see 'xtap --help'");
    expect_refused({"--loud"}, "unknown option '--loud'", "see 'xtap --help'");
    expect_refused({"stream", "streamX", "--loud"}, "unknown option '--loud'", "see 'xtap stream --help'");
    expect_refused({"operations", "x"}, "'x' is one word too many", "see 'xtap operations --help'");
    expect_refused({"describe"}, "takes the name of one operation", "see 'xtap describe --help'");
    expect_refused({"describe", "a", "b"}, "takes the name of one operation", "see 'xtap describe --help'");
}

TEST(CommandLine, RefusesAnOptionWithoutItsValue) {
    for (const char *option :
         {"--option", "--notices", "--max-events", "--duration", "--base-url", "--select"}) {
        expect_refused({"stream", "streamX", option}, std::string(option) + " needs a value",
                       "see 'xtap stream --help'");
    }
}

TEST(CommandLine, DoesNotRepeatATokenThatWasGivenToAnOptionThatDoesNotExist) {
    try {
        typed({"stream", "streamX", "--bearer-token=SECRET"});
        FAIL() << "nothing was refused";
    } catch (const Complaint &complaint) {
        EXPECT_EQ(complaint.message, "unknown option '--bearer-token'");
    }
}

TEST(Help, IsThereAtEveryLevelWithExamples) {
    EXPECT_EQ(help({"--help"}), kHelp);
    EXPECT_EQ(help({"stream", "--help"}), kStreamHelp);
    EXPECT_EQ(help({"stream", "-h"}), kStreamHelp);
    EXPECT_EQ(help({"operations", "--help"}), kOperationsHelp);
    EXPECT_EQ(help({"describe", "--help"}), kDescribeHelp);
    for (const std::string text : {kHelp, kStreamHelp, kOperationsHelp, kDescribeHelp}) {
        EXPECT_NE(text.find("Examples\n  "), std::string::npos);
        EXPECT_NE(text.find("Usage\n  xtap "), std::string::npos);
    }
}

TEST(Help, NamesEveryOptionOfStream) {
    const std::string text = kStreamHelp;
    for (const char *option :
         {"--select", "--max-events", "--duration", "--base-url", "--option", "--notices", "--help"}) {
        EXPECT_NE(text.find(option), std::string::npos) << option;
    }
}

TEST(Help, FitsATerminalOfOrdinaryWidth) {
    for (const char *text : {kHelp, kStreamHelp, kOperationsHelp, kDescribeHelp}) {
        std::istringstream lines{std::string(text)};
        for (std::string line; std::getline(lines, line);)
            EXPECT_LE(line.size(), 84u) << line;
    }
}

} // namespace
} // namespace xtap::cli
