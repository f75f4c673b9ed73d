// The operations on the rules of the filtered stream and of Powerstream.
#include "api.hpp"

#include "rules.hpp"

#include <algorithm>
#include <charconv>
#include <httplib.h>

namespace xtap::sim {
namespace {

constexpr std::size_t kLongestRule = 1024,
                      kLongestPowerstreamRule = 2048; // characters; bytes are near enough
constexpr const char *kTypes = "https://api.twitter.com/2/problems/";

Json show(const Rule &rule) {
    Json made{{"id", std::to_string(rule.id)}, {"value", rule.value}};
    if (!rule.tag.empty()) made["tag"] = rule.tag;
    return made;
}

Json sent_now() { return MomentWriter().iso(wall_clock()); }

Answer list(const Call &call, const RuleBook &book) {
    Parameters asked(call, {"ids", "max_results", "pagination_token"});
    const auto ids = asked.list("ids");
    const std::uint64_t size = asked.number("max_results", 1, 1000, 1000);
    const auto from = asked.page();
    asked.check();
    Rules rules = *book.rules();
    if (!ids.empty())
        std::erase_if(
            rules, [&](const Rule &rule) { return std::ranges::count(ids, std::to_string(rule.id)) == 0; });
    const Page page = page_of(
        rules, [](const Rule &rule) { return rule.id; }, from, size);
    Json body = Json::object();
    for (std::size_t i = page.begin; i < page.end; ++i)
        body["data"].push_back(show(rules[i]));
    body["meta"]["sent"] = sent_now();
    body["meta"].update(page_meta(page));
    return answer_json(body);
}

Json invalid_rule(const std::string &value, const std::string &why) {
    return {{"value", value},
            {"details", Json::array({why})},
            {"title", "Invalid Rule"},
            {"detail", "The simulator cannot read a rule: " + why + "."},
            {"type", std::string(kTypes) + "invalid-rules"}};
}

Json duplicate_rule(const std::string &value, std::uint64_t id) {
    return {{"value", value},
            {"id", std::to_string(id)},
            {"title", "DuplicateRule"},
            {"detail", "There is such a rule already."},
            {"type", std::string(kTypes) + "duplicate-rules"}};
}

[[noreturn]] void refuse_full(std::size_t most) {
    Answer answer = answer_json({{"title", "RulesCapExceeded"},
                                 {"detail", "There can be " + std::to_string(most) + " rules."},
                                 {"type", std::string(kTypes) + "rule-cap"},
                                 {"status", 422}},
                                422);
    answer.content_type = "application/problem+json; charset=utf-8";
    throw Refused{answer};
}

Answer add(const Call &, RuleBook &book, const Json &wanted, bool dry, std::size_t longest) {
    if (!wanted.is_array() || wanted.empty()) refuse_field("$.add", wanted.dump(), "\"add\" must hold rules");
    Json errors = Json::array(), data = Json::array();
    Rules rules;
    for (const Json &item : wanted) {
        if (!item.is_object() || !item.contains("value") || !item["value"].is_string() ||
            (item.contains("tag") && !item["tag"].is_string()))
            refuse_field("$.add", item.dump(), "a rule is {\"value\":TEXT,\"tag\":TEXT}");
        const std::string &value = item["value"].text();
        try {
            if (value.size() > longest) throw BadRule("it is longer than " + std::to_string(longest));
            rules.push_back({0, value, item.value("tag", ""), RuleExpression(value)});
        } catch (const BadRule &bad) {
            errors.push_back(invalid_rule(value, bad.what()));
        }
    }
    // Nothing is added when one cannot be read, as X does it.
    const std::size_t invalid = errors.size();
    std::size_t created = 0;
    if (invalid == 0) {
        const auto additions = book.add(rules, dry);
        for (std::size_t i = 0; i < rules.size(); ++i) {
            if (additions[i].how == RuleBook::Added::full) refuse_full(book.most());
            if (additions[i].how == RuleBook::Added::duplicate) {
                errors.push_back(duplicate_rule(rules[i].value, additions[i].id));
                continue;
            }
            ++created;
            rules[i].id = additions[i].id;
            data.push_back(show(rules[i]));
        }
    }
    Json body = Json::object();
    if (!data.empty()) body["data"] = data;
    body["meta"] = {{"sent", sent_now()},
                    {"summary",
                     {{"created", created},
                      {"not_created", wanted.size() - created},
                      {"valid", wanted.size() - invalid},
                      {"invalid", invalid}}}};
    if (!errors.empty()) body["errors"] = errors;
    return answer_json(body, created > 0 ? 201 : 200);
}

std::vector<std::uint64_t> ids_in(const Json &list) {
    std::vector<std::uint64_t> ids;
    for (const Json &item : list) {
        const std::string text = item.is_string() ? item.get<std::string>() : item.dump();
        std::uint64_t id = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
        if (error != std::errc() || end != text.data() + text.size())
            refuse_field("$.delete.ids", text, "an id is a number");
        ids.push_back(id);
    }
    return ids;
}

std::vector<std::string> values_in(const Json &list) {
    std::vector<std::string> values;
    for (const Json &item : list) {
        if (!item.is_string()) refuse_field("$.delete.values", item.dump(), "a value is a text");
        values.push_back(item.text());
    }
    return values;
}

Answer deleted(std::size_t removed, std::size_t asked_for) {
    return answer_json(
        {{"meta",
          {{"sent", sent_now()},
           {"summary", {{"deleted", removed}, {"not_deleted", asked_for - std::min(removed, asked_for)}}}}}});
}

Answer remove(RuleBook &book, const Json &wanted, bool dry) {
    if (!wanted.is_object() || (!wanted.contains("ids") && !wanted.contains("values")))
        refuse_field("$.delete", wanted.dump(), "\"delete\" must hold \"ids\" or \"values\"");
    const auto ids = ids_in(wanted.value("ids", Json::array()));
    const auto values = values_in(wanted.value("values", Json::array()));
    if (ids.empty() && values.empty()) refuse_field("$.delete", wanted.dump(), "\"delete\" holds nothing");
    return deleted(book.remove(ids, values, dry), ids.size() + values.size());
}

Answer update(const Call &call, RuleBook &book) {
    Parameters asked(call, {"dry_run", "delete_all"});
    const bool dry = asked.flag("dry_run"), all = asked.flag("delete_all");
    asked.check();
    if (all) {
        const std::size_t removed = book.remove_all(dry);
        return deleted(removed, removed);
    }
    const Json body = call.body({"add", "delete"});
    if (body.contains("add") == body.contains("delete"))
        refuse_field("body", "", "the body must hold either \"add\" or \"delete\"");
    return body.contains("add") ? add(call, book, body["add"], dry, kLongestRule)
                                : remove(book, body["delete"], dry);
}

Answer count(const Call &call, const RuleBook &book) {
    const std::size_t rules = book.rules()->size();
    const Json app{{"client_app_id", "12345678"}, {"rule_count", rules}};
    Parameters(call, {}).check();
    return answer_json({{"data",
                         {{"all_project_client_apps", Json::array({app})},
                          {"cap_per_client_app", std::to_string(book.most())},
                          {"cap_per_project", std::to_string(book.most())},
                          {"client_app_rules_count", app},
                          {"project_rules_count", std::to_string(rules)}}}});
}

// Powerstream's pages speak of rules in a list called "rules"; the names of the filtered stream do as well.
Answer update_powerstream(const Call &call) {
    const Json body = call.body({"add", "delete", "rules"});
    RuleBook &book = call.world.powerstream_rules;
    if (body.contains("delete")) return remove(book, body["delete"], false);
    return add(call, book, body.value(body.contains("rules") ? "rules" : "add", Json()), false,
               kLongestPowerstreamRule);
}

Answer delete_from_powerstream(const Call &call) {
    const Json body = call.body({"ids", "values", "rules"});
    Json wanted{{"ids", body.value("ids", Json::array())}, {"values", body.value("values", Json::array())}};
    for (const Json &rule : body.value("rules", Json::array())) {
        if (rule.is_object() && rule.contains("id"))
            wanted["ids"].push_back(rule["id"]);
        else if (rule.is_object() && rule.contains("value"))
            wanted["values"].push_back(rule["value"]);
        else
            wanted["ids"].push_back(rule);
    }
    return remove(call.world.powerstream_rules, wanted, false);
}

} // namespace

void add_rules(Api &api) {
    api.add("GET", "/2/tweets/search/stream/rules", kBearer,
            [](const Call &call) { return list(call, call.world.rules); });
    api.add("POST", "/2/tweets/search/stream/rules", kBearer,
            [](const Call &call) { return update(call, call.world.rules); });
    api.add("GET", "/2/tweets/search/stream/rules/counts", kBearer,
            [](const Call &call) { return count(call, call.world.rules); });
    api.add("GET", "/2/powerstream/rules", kBearer,
            [](const Call &call) { return list(call, call.world.powerstream_rules); });
    api.add("POST", "/2/powerstream/rules", kBearer, update_powerstream);
    api.add("DELETE", "/2/powerstream/rules", kBearer, delete_from_powerstream);
}

} // namespace xtap::sim
