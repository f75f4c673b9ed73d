// What has to change so that the rules there are become the rules that are wished for. Pure.
#pragma once

#include "cli/rules/rules_file.hpp"

#include <cstddef>
#include <vector>

namespace xtap::cli {

// In the order in which it is carried out: what is new is added before what is old goes, so that no event is
// missed between them. A rule whose tag changes has to go first: the server refuses the same value twice.
struct RulesPlan {
    std::vector<Rule> add;
    std::vector<Rule> remove;
    std::vector<Rule> add_again;
    std::size_t unchanged = 0;

    bool empty() const noexcept { return add.empty() && remove.empty() && add_again.empty(); }
};

RulesPlan plan_rules(const std::vector<Rule> &there, const std::vector<Rule> &wished);

} // namespace xtap::cli
