// Compares by value and tag; ids are the server's.
#include "cli/rules/rules_plan.hpp"

#include <set>
#include <utility>

namespace xtap::cli {

RulesPlan plan_rules(const std::vector<Rule> &there, const std::vector<Rule> &wished) {
    using Key = std::pair<std::string, std::string>;
    std::set<Key> wanted;
    for (const Rule &rule : wished)
        wanted.emplace(rule.value, rule.tag);
    RulesPlan plan;
    std::set<Key> kept;
    std::set<std::string> values_there;
    for (const Rule &rule : there) {
        values_there.insert(rule.value);
        const Key key(rule.value, rule.tag);
        if (wanted.contains(key) && kept.insert(key).second) {
            ++plan.unchanged;
        } else {
            plan.remove.push_back(rule);
        }
    }
    for (const Rule &rule : wished) {
        if (kept.contains({rule.value, rule.tag})) continue;
        (values_there.contains(rule.value) ? plan.add_again : plan.add).push_back(rule);
    }
    return plan;
}

} // namespace xtap::cli
