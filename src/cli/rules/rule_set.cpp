// The bodies that the two families of operations take, a hundred rules at a time.
#include "cli/rules/rule_set.hpp"

#include "cli/base/json_facts.hpp"

#include <algorithm>

namespace xtap::cli {
namespace {

constexpr std::size_t kAtOnce = 100; // what Powerstream takes in one request

Json with_tags(std::span<const Rule> rules) {
    Json list = Json::array();
    for (const Rule &rule : rules) {
        list.push_back({{"value", rule.value}});
        if (!rule.tag.empty()) list.back()["tag"] = rule.tag;
    }
    return list;
}

Json ids_of(std::span<const Rule> rules) {
    Json list = Json::array();
    for (const Rule &rule : rules)
        list.push_back(rule.id);
    return list;
}

std::string text_of(const Json &body) { return body.dump({.replace_invalid = true}); }

template <typename Each> void in_portions(std::span<const Rule> rules, Each each) {
    for (std::size_t done = 0; done < rules.size(); done += kAtOnce)
        each(rules.subspan(done, std::min(kAtOnce, rules.size() - done)));
}

} // namespace

std::vector<Rule> RuleSet::list() {
    const std::string operation = powerstream_ ? "getPowerstreamRules" : "getRules";
    std::vector<Rule> rules;
    const RequestHandle request = caller_.request(operation);
    while (true) {
        const Sent page = caller_.send(request.get(), operation);
        for (Rule &rule : rules_in(page.body()))
            rules.push_back(std::move(rule));
        LibraryError error;
        // Powerstream's rules come on one page.
        const xtap_status status =
            powerstream_ ? XTAP_END : xtap_request_next_page(request.get(), page.response.get(), &error);
        if (status == XTAP_END) return rules;
        check(status, error);
    }
}

Sent RuleSet::send(const std::string &operation, const std::string &body) {
    const RequestHandle request = caller_.request(operation);
    LibraryError error;
    check(xtap_request_body(request.get(), body.data(), body.size(), &error), error);
    return caller_.try_send(request.get());
}

std::vector<RefusedRule> RuleSet::add_some(std::span<const Rule> rules) {
    const Sent sent = powerstream_ ? send("updatePowerstreamRules", text_of({{"rules", with_tags(rules)}}))
                                   : send("updateRules", text_of({{"add", with_tags(rules)}}));
    std::vector<RefusedRule> refused = refused_rules_in(sent.body());
    // A refusal of the whole call (401, 429 ...) names no rule and is told in the library's words.
    const bool names_rules =
        std::any_of(refused.begin(), refused.end(), [](const auto &rule) { return !rule.value.empty(); });
    if (!names_rules) check(sent.status, sent.error);
    return refused;
}

std::vector<RefusedRule> RuleSet::add(std::span<const Rule> rules) {
    std::vector<RefusedRule> refused;
    in_portions(rules, [&](std::span<const Rule> some) {
        const std::vector<RefusedRule> of_these = add_some(some);
        refused.insert(refused.end(), of_these.begin(), of_these.end());
    });
    return refused;
}

void RuleSet::remove_some(std::span<const Rule> rules) {
    const Sent sent = powerstream_ ? send("deletePowerstreamRules", text_of({{"rules", with_tags(rules)}}))
                                   : send("updateRules", text_of({{"delete", {{"ids", ids_of(rules)}}}}));
    check(sent.status, sent.error);
    if (const std::string why = why_not_deleted(sent.body()); !why.empty())
        throw Complaint(ExitCode::failure, "X did not delete every rule: " + why,
                        "see 'xtap rules list' for those that are left");
}

void RuleSet::remove(std::span<const Rule> rules) {
    in_portions(rules, [this](std::span<const Rule> some) { remove_some(some); });
}

} // namespace xtap::cli
