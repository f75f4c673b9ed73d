// `xtap rules` against the simulator's rules.
#include "cli/calls.hpp"
#include "json/value.hpp"

#include <fstream>
#include <gtest/gtest.h>
#include <temporary_folder.hpp>

namespace xtap::e2e {
namespace {

using test::TemporaryFolder;

class CliRules : public testing::TestWithParam<bool> {
protected:
    Ended rules(std::vector<std::string> words) {
        words.insert(words.begin(), {"rules", "--base-url", simulator.url()});
        if (GetParam()) words.emplace_back("--powerstream");
        return run(xtap(words));
    }
    std::string plain() { return rules({"list", "--plain"}).out; }
    Ended sync(const std::string &text, std::vector<std::string> words = {}) {
        std::ofstream(folder / "rules.txt") << text;
        words.insert(words.begin(), {"sync", folder / "rules.txt"});
        return rules(words);
    }
    std::size_t requests() { return simulator.control("GET", "/requests").at("list").size(); }

    Simulator simulator;
    TemporaryFolder folder;
};

INSTANTIATE_TEST_SUITE_P(Of, CliRules, testing::Values(false, true),
                         [](const auto &tested) { return tested.param ? "Powerstream" : "FilteredStream"; });

TEST_P(CliRules, AreAddedListedAndDeletedByIdOrValue) {
    EXPECT_EQ(rules({"add", "cat has:images", "--tag", "cats"}).out, "+ cat has:images # cats\n");
    EXPECT_EQ(rules({"add", "#dog"}).exit_status, 0);
    EXPECT_EQ(plain(), "cat has:images # cats\n#dog\n");
    const Json listed = Json::parse(rules({"list", "--json"}).out);
    ASSERT_EQ(listed.size(), 2u);
    EXPECT_EQ(rules({"list"}).out.find(listed[0].at("id").get<std::string>() + "  cat"), 0u);
    EXPECT_EQ(rules({"delete", listed[0].at("id").text(), "#dog"}).out, "- cat has:images # cats\n- #dog\n");
    EXPECT_EQ(plain(), "");
}

TEST_P(CliRules, ThatTheServerRefusesAreNamedInOneError) {
    const Ended unbalanced = rules({"add", "(cat"});
    EXPECT_EQ(unbalanced.exit_status, 1) << unbalanced.err;
    EXPECT_EQ(errors_in(unbalanced.err), 1u) << unbalanced.err;
    EXPECT_NE(unbalanced.err.find("'(cat'"), std::string::npos) << unbalanced.err;
    EXPECT_EQ(rules({"add", "cat"}).exit_status, 0);
    const Ended again = rules({"add", "cat"});
    EXPECT_EQ(again.exit_status, 1);
    EXPECT_NE(again.err.find("'cat': it is there already"), std::string::npos) << again.err;
}

TEST_P(CliRules, AreNotDeletedWhenOneOfThemIsUnknown) {
    rules({"add", "cat"});
    const Ended ended = rules({"delete", "cat", "bird"});
    EXPECT_EQ(ended.exit_status, 1);
    EXPECT_NE(ended.err.find("'bird'; nothing was deleted"), std::string::npos) << ended.err;
    EXPECT_EQ(plain(), "cat\n");
}

TEST_P(CliRules, BecomeThoseOfTheFileAndStayThemAtTheSecondSync) {
    rules({"add", "old"});
    rules({"add", "kept", "--tag", "same"});
    rules({"add", "retagged", "--tag", "before"});
    const std::string wished =
        "# the rules of this app\n\nkept # same\nretagged # after\n#new lang:ja # new\n";
    const Ended first = sync(wished);
    EXPECT_EQ(first.exit_status, 0) << first.err;
    EXPECT_EQ(first.out, "+ #new lang:ja # new\n- old\n- retagged # before\n+ retagged # after\n"
                         "2 to add, 2 to delete, 1 unchanged\n");
    EXPECT_EQ(plain(), "kept # same\n#new lang:ja # new\nretagged # after\n");
    const std::size_t before = requests();
    EXPECT_EQ(sync(wished).out, "0 to add, 0 to delete, 3 unchanged\n");
    EXPECT_EQ(requests(), before + 1) << "the list alone";
    EXPECT_EQ(sync(plain()).out, "0 to add, 0 to delete, 3 unchanged\n") << "a list is a file";
}

TEST_P(CliRules, AreOnlyTalkedAboutInADryRun) {
    rules({"add", "old"});
    const Ended ended = sync("new\n", {"--dry-run"});
    EXPECT_EQ(ended.exit_status, 0);
    EXPECT_EQ(ended.out,
              "+ new\n- old\n1 to add, 1 to delete, 0 unchanged (nothing was changed: --dry-run)\n");
    EXPECT_EQ(plain(), "old\n");
}

TEST_P(CliRules, AreNotAllDeletedForAFileThatHoldsNone) {
    rules({"add", "cat"});
    const Ended ended = sync("# nothing\n");
    EXPECT_EQ(ended.exit_status, 2);
    EXPECT_NE(ended.err.find("--allow-empty"), std::string::npos) << ended.err;
    EXPECT_EQ(plain(), "cat\n");
    EXPECT_EQ(sync("", {"--allow-empty"}).exit_status, 0);
    EXPECT_EQ(plain(), "");
}

TEST_P(CliRules, OfAFileAreSyncedByTheHundred) {
    std::string wished;
    for (int rule = 0; rule < 250; ++rule)
        wished += "word" + std::to_string(rule) + "\n";
    EXPECT_EQ(sync(wished).exit_status, 0);
    EXPECT_EQ(plain(), wished);
    EXPECT_EQ(sync("one\n").exit_status, 0);
    EXPECT_EQ(plain(), "one\n");
}

TEST_P(CliRules, OfWhichOneIsRefusedStopASyncBeforeItDeletes) {
    rules({"add", "old"});
    const Ended ended = sync("new\n(broken\n");
    EXPECT_EQ(ended.exit_status, 1);
    EXPECT_NE(ended.err.find("'(broken'"), std::string::npos) << ended.err;
    EXPECT_NE(plain().find("old\n"), std::string::npos);
}

} // namespace
} // namespace xtap::e2e
