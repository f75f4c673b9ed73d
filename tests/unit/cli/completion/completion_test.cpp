// What a shell is offered at each place of a command line.
#include "cli/completion/completion.hpp"

#include "cli/help_text.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <regex>

namespace xtap::cli {
namespace {

using Words = std::vector<std::string>;

bool offers(const Words &typed, const std::string &word) {
    const Words offered = completions(typed);
    return std::find(offered.begin(), offered.end(), word) != offered.end();
}

TEST(Completion, OffersCommandsAndTheirActions) {
    EXPECT_EQ(completions({"c"}), (Words{"call", "completion", "connections"}));
    EXPECT_EQ(completions({"--v"}), Words{"--version"});
    EXPECT_EQ(completions({"auth", "l"}), (Words{"login", "logout"}));
    EXPECT_EQ(completions({"rules", ""}), (Words{"list", "add", "delete", "sync"}));
    EXPECT_EQ(completions({"connections", ""}), Words{"kill"});
    EXPECT_EQ(completions({"completion", ""}), (Words{"bash", "zsh", "fish"}));
    EXPECT_EQ(completions({"nonsense", ""}), Words{});
    EXPECT_EQ(completions({}), Words{});
}

TEST(Completion, OffersStreamsToStreamAndTheOthersToCall) {
    EXPECT_TRUE(offers({"stream", "streamPosts"}, "streamPosts"));
    EXPECT_FALSE(offers({"stream", ""}, "getUsersMe"));
    EXPECT_TRUE(offers({"call", "getUs"}, "getUsersMe"));
    EXPECT_FALSE(offers({"call", ""}, "streamPosts"));
    EXPECT_TRUE(offers({"describe", ""}, "streamPosts"));
    EXPECT_TRUE(offers({"describe", ""}, "getUsersMe"));
}

TEST(Completion, OffersParametersThatAreNotThereYet) {
    EXPECT_TRUE(offers({"stream", "streamPostsFirehoseJa", ""}, "partition="));
    EXPECT_FALSE(offers({"stream", "streamPostsFirehoseJa", "partition=1", ""}, "partition="));
    EXPECT_TRUE(
        offers({"call", "--all-pages", "--output", "file", "getConnectionHistory", "max"}, "max_results="));
    EXPECT_EQ(completions({"call", "noSuchOperation", ""}), Words{});
    EXPECT_EQ(completions({"describe", "getUsersMe", ""}), Words{});
}

TEST(Completion, OffersTheValuesThatAParameterAllows) {
    EXPECT_EQ(completions({"call", "getConnectionHistory", "status="}),
              (Words{"status=active", "status=inactive", "status=all"}));
    EXPECT_EQ(completions({"call", "updateRules", "dry_run=t"}), Words{"dry_run=true"});
    EXPECT_EQ(completions({"call", "getConnectionHistory", "nonsense="}), Words{});
}

TEST(Completion, GoesOnInAListWithWhatIsNotInItYet) {
    EXPECT_EQ(completions({"call", "getConnectionHistory", "connection.fields=id,connected_at,c"}),
              Words{"connection.fields=id,connected_at,client_ip"});
    EXPECT_TRUE(offers({"stream", "streamPosts", "tweet.fields=id,"}, "tweet.fields=id,text"));
    EXPECT_FALSE(offers({"stream", "streamPosts", "tweet.fields=id,"}, "tweet.fields=id,id"));
    EXPECT_TRUE(offers({"stream", "streamPosts", "post.fields=te"}, "post.fields=text"))
        << "the other name, too";
}

TEST(Completion, OffersOptionsAndTheirValues) {
    EXPECT_EQ(completions({"stream", "--n"}), Words{"--notices"});
    EXPECT_EQ(completions({"stream", "streamPosts", "--notices", ""}), (Words{"text", "json", "off"}));
    EXPECT_TRUE(offers({"connections", "kill", "--endpoint", "filt"}, "filtered_stream"));
    EXPECT_EQ(completions({"call", "getUsersMe", "--output", ""}), Words{})
        << "files are the shell's own business";
}

TEST(Completion, KnowsTheOptionsOfEveryHelpText) {
    const std::pair<const char *, const char *> texts[] = {{"stream", kStreamHelp},
                                                           {"call", kCallHelp},
                                                           {"operations", kOperationsHelp},
                                                           {"describe", kDescribeHelp},
                                                           {"auth", kAuthHelp},
                                                           {"rules", kRulesHelp},
                                                           {"connections", kConnectionsHelp},
                                                           {"completion", kCompletionHelp}};
    for (const auto &[command, text] : texts) {
        const std::string help = text;
        const std::regex option("\n  (?:-h, )?(--[a-z-]+)");
        Words told;
        for (auto found = std::sregex_iterator(help.begin(), help.end(), option);
             found != std::sregex_iterator(); ++found)
            told.push_back((*found)[1]);
        Words offered = completions({command, "--"});
        std::sort(told.begin(), told.end());
        told.erase(std::unique(told.begin(), told.end()), told.end());
        std::sort(offered.begin(), offered.end());
        EXPECT_EQ(offered, told) << command;
    }
}

TEST(Completion, HasAScriptForEachShell) {
    for (const char *shell : {"bash", "zsh", "fish"})
        EXPECT_NE(completion_script(shell).find("complete-words"), std::string::npos) << shell;
    EXPECT_EQ(completion_script("csh"), "");
}

} // namespace
} // namespace xtap::cli
