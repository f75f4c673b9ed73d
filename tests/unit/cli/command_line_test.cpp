// The commands as they are typed, and the help texts against the options there are.
#include "cli/command_line.hpp"

#include "cli/base/complaint.hpp"
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
    expect_refused({"operations", "x", "y"}, "'y' is one word too many", "see 'xtap operations --help'");
    expect_refused({"call", "x", "--loud"}, "unknown option '--loud'", "see 'xtap call --help'");
    expect_refused({"auth", "--bearer-token=x"}, "unknown option '--bearer-token'", "see 'xtap auth --help'");
    expect_refused({"completion"}, "takes the name of one shell", "see 'xtap completion --help'");
    expect_refused({"completion", "csh"}, "bash, zsh or fish", "see 'xtap completion --help'");
    expect_refused({"describe"}, "takes the name of one operation", "see 'xtap describe --help'");
    expect_refused({"describe", "a", "b"}, "takes the name of one operation", "see 'xtap describe --help'");
}

TEST(CommandLine, TakesTheOptionsOfEveryCommand) {
    const auto listed = std::get<ListOperations>(typed({"operations", "bookmark", "--streaming"}));
    EXPECT_EQ(listed.text, "bookmark");
    EXPECT_TRUE(listed.streaming);
    const auto call = std::get<CallArguments>(
        typed({"call", "x", "--all-pages", "--output", "f", "id=1", "--metrics", "m", "--body", "-"}));
    EXPECT_TRUE(call.all_pages && call.body && call.output == "f" && call.metrics == "m");
    EXPECT_EQ(std::get<AuthArguments>(typed({"auth", "login", "--scope", "a,b", "--browser"})).scope, "a,b");
    EXPECT_EQ(std::get<RulesArguments>(typed({"rules", "--tag", "t", "add", "--", "-is:retweet cat"})).tag,
              "t");
    EXPECT_TRUE(std::get<RulesArguments>(typed({"rules", "list", "--powerstream"})).powerstream);
    EXPECT_TRUE(std::get<ConnectionsArguments>(typed({"connections", "kill", "--all"})).all);
    EXPECT_EQ(std::get<CompleteWords>(typed({"complete-words", "--", "call", "--o"})).words,
              (std::vector<std::string>{"call", "--o"}));
    EXPECT_NE(std::get<ShowText>(typed({"completion", "bash"})).text, "");
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

const std::vector<std::pair<const char *, const char *>> kCommandHelps = {{"stream", kStreamHelp},
                                                                          {"call", kCallHelp},
                                                                          {"operations", kOperationsHelp},
                                                                          {"describe", kDescribeHelp},
                                                                          {"auth", kAuthHelp},
                                                                          {"rules", kRulesHelp},
                                                                          {"connections", kConnectionsHelp},
                                                                          {"completion", kCompletionHelp}};

TEST(Help, IsThereAtEveryLevelWithExamples) {
    EXPECT_EQ(help({"--help"}), kHelp);
    EXPECT_EQ(help({"auth", "login", "-h"}), kAuthHelp);
    for (const auto &[command, text] : kCommandHelps) {
        EXPECT_EQ(help({command, "--help"}), text);
        EXPECT_EQ(help({command, "-h"}), text);
        EXPECT_NE(std::string(text).find("Examples\n  "), std::string::npos) << command;
        EXPECT_NE(std::string(text).find("Usage\n  xtap "), std::string::npos) << command;
        EXPECT_NE(std::string(kHelp).find(std::string("xtap ") + command), std::string::npos) << command;
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
    std::vector<const char *> texts = {kHelp};
    for (const auto &[command, text] : kCommandHelps)
        texts.push_back(text);
    for (const char *text : texts) {
        std::istringstream lines{std::string(text)};
        for (std::string line; std::getline(lines, line);)
            EXPECT_LE(line.size(), 84u) << line;
    }
}

} // namespace
} // namespace xtap::cli
