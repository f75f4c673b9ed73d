// The shapes of answers about rules. A shape that is not known gives nothing rather than a guess.
#include "cli/rules/rules_answer.hpp"

#include "cli/base/json_facts.hpp"

namespace xtap::cli {
namespace {

// Ids come as text, from Powerstream as numbers, too.
std::string id_of(const Json &rule) {
    const auto found = rule.find("id");
    if (found == rule.end()) return "";
    return found->is_string() ? found->get<std::string>() : found->is_number() ? found->dump() : "";
}

std::string reason_of(const Json &error) {
    if (std::string details = list_fact(error, "details"); !details.empty()) return details;
    for (const char *key : {"detail", "message", "title"}) {
        if (std::string words = text_fact(error, key); !words.empty()) return words;
    }
    return "no reason is given";
}

bool says_duplicate(const Json &error) {
    return text_fact(error, "title") == "DuplicateRule" ||
           text_fact(error, "type").find("duplicate-rule") != std::string::npos;
}

} // namespace

std::vector<Rule> rules_in(std::string_view body) {
    std::vector<Rule> rules;
    const Json answer = Json::parse_or_null(body);
    for (const char *place : {"/data", "/data/rules"}) {
        const Json *list = answer.pointed(place);
        if (list == nullptr || !list->is_array()) continue;
        for (const Json &rule : *list) {
            if (rule.is_object())
                rules.push_back({id_of(rule), text_fact(rule, "value"), text_fact(rule, "tag")});
        }
    }
    return rules;
}

std::vector<RefusedRule> refused_rules_in(std::string_view body) {
    std::vector<RefusedRule> refused;
    const Json answer = Json::parse_or_null(body);
    const auto errors = answer.is_object() ? answer.find("errors") : answer.end();
    if (!answer.is_object() || errors == answer.end() || !errors->is_array()) return refused;
    for (const Json &error : *errors) {
        if (error.is_object())
            refused.push_back({text_fact(error, "value"), reason_of(error), says_duplicate(error)});
    }
    return refused;
}

std::string why_not_deleted(std::string_view body) {
    const Json answer = Json::parse_or_null(body);
    if (!answer.is_object()) return "";
    if (const auto refused = refused_rules_in(body); !refused.empty()) return refused.front().why;
    for (const char *place : {"/meta/summary/not_deleted", "/data/not_deleted"}) {
        const Json *left = answer.pointed(place);
        if (left == nullptr) continue;
        const std::size_t count = left->is_array()             ? left->size()
                                  : left->is_number_unsigned() ? left->get<std::size_t>()
                                                               : 0;
        if (count > 0) return std::to_string(count) + " are still there";
    }
    return "";
}

std::string refusal_sentence(const std::vector<RefusedRule> &refused) {
    const RefusedRule &first = refused.front();
    std::string sentence =
        first.value.empty() ? "X refused a rule: " : "X refused the rule '" + first.value + "': ";
    sentence += first.is_duplicate ? "it is there already" : first.why;
    if (refused.size() > 1) sentence += " (and " + std::to_string(refused.size() - 1) + " more)";
    return sentence;
}

} // namespace xtap::cli
