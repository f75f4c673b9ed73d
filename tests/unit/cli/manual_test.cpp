// The manual page names everything that the help texts do.
#include "cli/base/input.hpp"
#include "cli/help_text.hpp"

#include <gtest/gtest.h>
#include <regex>

namespace xtap::cli {
namespace {

// As it is read: the page writes "--all" as "Fl -all".
std::string manual() { return std::regex_replace(read_file(XTAP_MANUAL), std::regex("Fl -"), "--"); }

std::string all_help() {
    std::string text;
    for (const char *help : {kHelp, kStreamHelp, kCallHelp, kOperationsHelp, kDescribeHelp, kAuthHelp,
                             kRulesHelp, kConnectionsHelp, kCompletionHelp})
        text += help;
    return text;
}

void expect_named(const std::regex &pattern, std::size_t at_least) {
    const std::string page = manual();
    const std::string help = all_help();
    std::size_t count = 0;
    for (auto found = std::sregex_iterator(help.begin(), help.end(), pattern);
         found != std::sregex_iterator(); ++found) {
        const std::string name = (*found)[1];
        EXPECT_NE(page.find(name), std::string::npos) << name << " is missing";
        ++count;
    }
    EXPECT_GE(count, at_least) << "the help texts look different from what this test knows";
}

TEST(Manual, NamesEveryCommandAndAction) {
    expect_named(std::regex("\n  (xtap [a-z]+)"), 20);
    expect_named(std::regex("\n  (xtap (?:auth|rules|connections) [a-z]+)"), 10);
}

TEST(Manual, NamesEveryLongOption) { expect_named(std::regex("(--[a-z][a-z-]+)"), 30); }

TEST(Manual, NamesEveryVariable) { expect_named(std::regex("(XTAP_[A-Z0-9_]+)"), 5); }

TEST(Manual, NamesEveryExitStatus) {
    for (const char *line : {"\n.It 0\n", "\n.It 1\n", "\n.It 2\n", "\n.It 3\n"})
        EXPECT_NE(manual().find(line), std::string::npos) << line;
}

} // namespace
} // namespace xtap::cli
