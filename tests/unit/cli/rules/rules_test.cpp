// Rules: as lines of a file, as a difference, and as the server speaks of them.
#include "cli/base/complaint.hpp"
#include "cli/rules/rules_answer.hpp"
#include "cli/rules/rules_file.hpp"
#include "cli/rules/rules_plan.hpp"

#include <gtest/gtest.h>

namespace xtap::cli {
namespace {

std::vector<std::string> lines_of(const std::vector<Rule> &rules) {
    std::vector<std::string> lines;
    for (const Rule &rule : rules)
        lines.push_back(rule.value + "|" + rule.tag);
    return lines;
}

std::vector<std::string> parsed(std::string_view text) { return lines_of(parse_rules(text, "rules.txt")); }

using Lines = std::vector<std::string>;

TEST(RulesFile, HasARuleALineAndItsTagBehindTheMark) {
    EXPECT_EQ(parsed("cat has:images # cats\n\n  dog  \r\n# a comment\n#\nbird # "),
              (Lines{"cat has:images|cats", "dog|", "bird #|"}));
}

TEST(RulesFile, TakesAHashtagForWhatItIs) {
    EXPECT_EQ(parsed("#python lang:en\ncat #dog # tagged\n"), (Lines{"#python lang:en|", "cat #dog|tagged"}));
}

TEST(RulesFile, FindsNoMarkInAQuotedPhrase) {
    EXPECT_EQ(parsed(R"("a # b" from:x # tag)"), (Lines{R"("a # b" from:x|tag)"}));
    EXPECT_EQ(parsed(R"("say \" # loud")"), (Lines{R"("say \" # loud"|)"}));
}

TEST(RulesFile, LetsATagHoldTheMark) { EXPECT_EQ(parsed("a # b # c"), (Lines{"a|b # c"})); }

TEST(RulesFile, IgnoresTheMarkOfAnEditorAtItsStart) {
    EXPECT_EQ(parsed("\xEF\xBB\xBF# comment\ncat"), (Lines{"cat|"}));
}

TEST(RulesFile, NamesBothLinesOfARuleThatStandsTwice) {
    try {
        parse_rules("cat # a\n\ncat # b\n", "rules.txt");
        FAIL() << "nothing was refused";
    } catch (const Complaint &complaint) {
        EXPECT_EQ(complaint.exit_code, ExitCode::usage);
        EXPECT_EQ(complaint.message, "'rules.txt', line 3: the rule of line 1 stands there again: cat");
    }
}

TEST(RulesFile, IsWhatAListOfRulesPrints) {
    const std::vector<Rule> rules = {{"1", "cat has:images", "cats"}, {"2", "#dog", ""}};
    std::string text;
    for (const Rule &rule : rules)
        text += rule_line(rule) + "\n";
    EXPECT_EQ(lines_of(parse_rules(text, "x")), lines_of(rules));
}

TEST(RulesPlan, ChangesOnlyTheDifference) {
    const RulesPlan plan =
        plan_rules({{"1", "cat", "a"}, {"2", "dog", ""}}, {{"", "cat", "a"}, {"", "bird", "b"}});
    EXPECT_EQ(lines_of(plan.add), Lines{"bird|b"});
    ASSERT_EQ(plan.remove.size(), 1u);
    EXPECT_EQ(plan.remove[0].id, "2");
    EXPECT_TRUE(plan.add_again.empty());
    EXPECT_EQ(plan.unchanged, 1u);
}

TEST(RulesPlan, IsEmptyForWhatIsThereAlready) {
    EXPECT_TRUE(plan_rules({{"1", "cat", "a"}}, {{"", "cat", "a"}}).empty());
    EXPECT_TRUE(plan_rules({}, {}).empty());
}

TEST(RulesPlan, TakesARuleAwayBeforeItComesBackWithAnotherTag) {
    const RulesPlan plan = plan_rules({{"1", "cat", "old"}}, {{"", "cat", "new"}});
    EXPECT_TRUE(plan.add.empty());
    EXPECT_EQ(lines_of(plan.remove), Lines{"cat|old"});
    EXPECT_EQ(lines_of(plan.add_again), Lines{"cat|new"});
}

TEST(RulesPlan, TakesASecondCopyAway) {
    const RulesPlan plan = plan_rules({{"1", "cat", ""}, {"2", "cat", ""}}, {{"", "cat", ""}});
    ASSERT_EQ(plan.remove.size(), 1u);
    EXPECT_EQ(plan.remove[0].id, "2");
    EXPECT_EQ(plan.unchanged, 1u);
}

TEST(RulesAnswer, IsReadInBothShapes) {
    EXPECT_EQ(lines_of(rules_in(
                  R"({"data":[{"id":"1","value":"cat","tag":"a"},{"id":"2","value":"dog"}],"meta":{}})")),
              (Lines{"cat|a", "dog|"}));
    const std::vector<Rule> power = rules_in(R"({"data":{"rules":[{"id":7,"value":"cat","tag":null}]}})");
    ASSERT_EQ(power.size(), 1u);
    EXPECT_EQ(power[0].id, "7");
    EXPECT_EQ(power[0].tag, "");
    for (const char *none : {R"({"meta":{}})", "[]", "", R"({"data":[1,null]})"})
        EXPECT_TRUE(rules_in(none).empty()) << none;
}

TEST(RulesAnswer, NamesTheRulesThatWereRefusedAndWhy) {
    const auto refused = refused_rules_in(
        R"({"errors":[{"value":"cat (","title":"UnprocessableEntity","details":["unbalanced ("]},
{"value":"dog","title":"DuplicateRule","type":"https://api.twitter.com/2/problems/duplicate-rules","id":"1"}]})");
    ASSERT_EQ(refused.size(), 2u);
    EXPECT_FALSE(refused[0].is_duplicate);
    EXPECT_TRUE(refused[1].is_duplicate);
    EXPECT_EQ(refusal_sentence(refused), "X refused the rule 'cat (': unbalanced ( (and 1 more)");
    EXPECT_EQ(refusal_sentence({refused[1]}), "X refused the rule 'dog': it is there already");
    EXPECT_EQ(refusal_sentence({{"", "too many rules", false}}), "X refused a rule: too many rules");
}

TEST(RulesAnswer, TellsWhenARuleWasNotDeleted) {
    EXPECT_EQ(why_not_deleted(R"({"meta":{"summary":{"deleted":1,"not_deleted":0}}})"), "");
    EXPECT_EQ(why_not_deleted(R"({"meta":{"summary":{"deleted":0,"not_deleted":2}}})"), "2 are still there");
    EXPECT_EQ(why_not_deleted(R"({"data":{"deleted":1,"not_deleted":["cat"]}})"), "1 are still there");
    EXPECT_EQ(why_not_deleted(R"({"errors":[{"detail":"unknown id"}]})"), "unknown id");
    EXPECT_EQ(why_not_deleted(""), "");
}

} // namespace
} // namespace xtap::cli
