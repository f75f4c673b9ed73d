// See rules.hpp.
#include "rules.hpp"

#include <algorithm>
#include <utility>

namespace xtap::sim {

std::shared_ptr<const Rules> RuleBook::rules() const {
    const std::lock_guard lock(mutex_);
    return rules_;
}

void RuleBook::replace(Rules rules) {
    rules_ = std::make_shared<const Rules>(std::move(rules));
    ++version_;
    if (filtering_ != Filtering::off) filters_ = true;
}

std::vector<RuleBook::Addition> RuleBook::add(const Rules &wanted, bool dry) {
    const std::lock_guard lock(mutex_);
    Rules rules = *rules_;
    std::vector<Addition> additions;
    std::uint64_t id = last_id_;
    for (const Rule &rule : wanted) {
        const auto same = std::ranges::find(rules, rule.value, &Rule::value);
        if (same != rules.end()) {
            additions.push_back({Added::duplicate, same->id});
        } else if (rules.size() >= most_) {
            additions.push_back({Added::full, 0});
        } else {
            rules.push_back(rule);
            rules.back().id = ++id;
            additions.push_back({Added::done, id});
        }
    }
    if (dry) return additions;
    last_id_ = id;
    replace(std::move(rules));
    return additions;
}

std::size_t RuleBook::remove(const std::vector<std::uint64_t> &ids, const std::vector<std::string> &values,
                             bool dry) {
    const std::lock_guard lock(mutex_);
    Rules rules = *rules_;
    const std::size_t removed = std::erase_if(rules, [&](const Rule &rule) {
        return std::ranges::count(ids, rule.id) > 0 || std::ranges::count(values, rule.value) > 0;
    });
    if (!dry) replace(std::move(rules));
    return removed;
}

std::size_t RuleBook::remove_all(bool dry) {
    const std::lock_guard lock(mutex_);
    const std::size_t removed = rules_->size();
    if (!dry) replace({});
    return removed;
}

} // namespace xtap::sim
