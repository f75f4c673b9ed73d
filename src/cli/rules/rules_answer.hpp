// Reads what the server says about rules, in its several shapes. Pure: JSON comes in, facts go out.
#pragma once

#include "cli/rules/rules_file.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace xtap::cli {

// The rules of a list: under `data`, or under `data.rules` (Powerstream).
std::vector<Rule> rules_in(std::string_view body);

struct RefusedRule {
    std::string value; // empty when the server did not say
    std::string why;
    bool is_duplicate = false; // it is there already
};

// The rules that were not added, from `errors`: beside others that were (HTTP 200), or alone (HTTP 400).
std::vector<RefusedRule> refused_rules_in(std::string_view body);

// Why some of the rules to be deleted are still there; empty when none is.
std::string why_not_deleted(std::string_view body);

// "X refused the rule 'cat (': unbalanced ...". For several, the first and how many more.
std::string refusal_sentence(const std::vector<RefusedRule> &refused);

} // namespace xtap::cli
