// The calls behind `xtap rules`. How rules are written, compared and refused is told elsewhere.
#include "cli/rules/rules_command.hpp"

#include "cli/base/caller.hpp"
#include "cli/base/input.hpp"
#include "cli/base/json_facts.hpp"
#include "cli/base/plain_text.hpp"
#include "cli/rules/rule_set.hpp"
#include "cli/rules/rules_plan.hpp"

#include <algorithm>
#include <span>
#include <unistd.h>

namespace xtap::cli {
namespace {

std::string changed_line(char sign, const Rule &rule) {
    return std::string(1, sign) + " " + plain_text(rule_line(rule)) + "\n";
}

std::string listed(const std::vector<Rule> &rules, const RulesArguments &arguments) {
    std::string text;
    if (arguments.as_json) {
        Json array = Json::array();
        for (const Rule &rule : rules) {
            array.push_back({{"id", rule.id}, {"value", rule.value}});
            if (!rule.tag.empty()) array.back()["tag"] = rule.tag;
        }
        return array.dump({.indent = 1, .replace_invalid = true}) + "\n";
    }
    for (const Rule &rule : rules)
        text += plain_text((arguments.plain ? "" : rule.id + "  ") + rule_line(rule)) + "\n";
    return text;
}

[[noreturn]] void refuse(const std::vector<RefusedRule> &refused) {
    throw Complaint(ExitCode::failure, refusal_sentence(refused));
}

std::string counted(std::size_t count, const char *what) { return std::to_string(count) + " " + what; }

// The rules that the words name, by id or by value. All of them, or none is deleted.
std::vector<Rule> named_rules(const std::vector<Rule> &there, const std::vector<std::string> &words) {
    std::vector<Rule> named;
    for (const std::string &word : words) {
        auto found =
            std::find_if(there.begin(), there.end(), [&](const Rule &rule) { return rule.id == word; });
        if (found == there.end())
            found = std::find_if(there.begin(), there.end(),
                                 [&](const Rule &rule) { return rule.value == word; });
        if (found == there.end())
            throw Complaint(ExitCode::failure,
                            "no rule has the id or the value '" + word + "'; nothing was deleted",
                            "see 'xtap rules list' for all of them");
        named.push_back(*found);
    }
    return named;
}

std::string planned(const RulesPlan &plan, bool dry_run) {
    std::string text;
    for (const Rule &rule : plan.add)
        text += changed_line('+', rule);
    for (const Rule &rule : plan.remove)
        text += changed_line('-', rule);
    for (const Rule &rule : plan.add_again)
        text += changed_line('+', rule);
    const char *would = dry_run ? " (nothing was changed: --dry-run)" : "";
    return text + counted(plan.add.size() + plan.add_again.size(), "to add, ") +
           counted(plan.remove.size(), "to delete, ") + counted(plan.unchanged, "unchanged") + would + "\n";
}

// A rule that is there already is what was wished for: somebody else may sync the same file.
void add_wished(RuleSet &rules, const std::vector<Rule> &wished) {
    std::vector<RefusedRule> refused = rules.add(wished);
    std::erase_if(refused, [](const RefusedRule &rule) { return rule.is_duplicate; });
    if (!refused.empty()) refuse(refused);
}

void sync(RuleSet &rules, const RulesArguments &arguments, const std::vector<Rule> &wished, Output &output) {
    const RulesPlan plan = plan_rules(rules.list(), wished);
    print_once(output, planned(plan, arguments.dry_run));
    if (arguments.dry_run) return;
    add_wished(rules, plan.add);
    rules.remove(plan.remove);
    add_wished(rules, plan.add_again);
}

void add(RuleSet &rules, const RulesArguments &arguments, Output &output) {
    const Rule rule = {"", arguments.words.front(), arguments.tag.value_or("")};
    const std::vector<RefusedRule> refused = rules.add(std::span(&rule, 1));
    if (!refused.empty()) refuse(refused);
    print_once(output, changed_line('+', rule));
}

void remove(RuleSet &rules, const RulesArguments &arguments, Output &output) {
    const std::vector<Rule> named = named_rules(rules.list(), arguments.words);
    rules.remove(named);
    std::string text;
    for (const Rule &rule : named)
        text += changed_line('-', rule);
    print_once(output, text);
}

} // namespace

void run_rules_command(const RulesArguments &arguments) {
    std::vector<Rule> wished;
    if (arguments.action == RulesArguments::Action::sync) {
        const std::string &path = arguments.words.front();
        wished = parse_rules(path == "-" ? read_stdin() : read_file(path), path);
        // More often the leavings of a program that failed than a wish.
        if (wished.empty() && !arguments.allow_empty)
            throw Complaint(ExitCode::usage,
                            "'" + path + "' holds no rules: to sync with it would delete all of them",
                            "if that is wanted: --allow-empty");
    }
    Output output(STDOUT_FILENO);
    Caller caller(arguments, output);
    RuleSet rules(caller, arguments.powerstream);
    switch (arguments.action) {
    case RulesArguments::Action::list:
        return print_once(output, listed(rules.list(), arguments));
    case RulesArguments::Action::add:
        return add(rules, arguments, output);
    case RulesArguments::Action::remove:
        return remove(rules, arguments, output);
    case RulesArguments::Action::sync:
        return sync(rules, arguments, wished, output);
    }
}

} // namespace xtap::cli
