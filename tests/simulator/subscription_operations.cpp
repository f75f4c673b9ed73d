// The operations on activity subscriptions, in the dialect of the description and in the older one.
#include "api.hpp"

#include "activity_events.hpp"
#include "subscriptions.hpp"

#include <algorithm>
#include <charconv>
#include <httplib.h>

namespace xtap::sim {
namespace {

constexpr std::size_t kLongestTag = 200, kMostIds = 100;

std::string iso(Micros when) { return std::string(MomentWriter().iso(when)); }

bool is_number(const Json &value) {
    if (!value.is_string()) return false;
    const std::string &text = value.text();
    return !text.empty() && text.size() <= 19 && text.find_first_not_of("0123456789") == std::string::npos;
}

Json show(const Subscription &subscription) {
    if (subscription.older())
        return {{"id", std::to_string(subscription.id)},
                {"user_id", subscription.user_id},
                {"event_types", subscription.event_types},
                {"created_at", iso(subscription.created_at)}};
    Json filter = Json::object();
    if (!subscription.user_id.empty()) filter["user_id"] = subscription.user_id;
    if (!subscription.keyword.empty()) filter["keyword"] = subscription.keyword;
    if (!subscription.direction.empty()) filter["direction"] = subscription.direction;
    Json made{{"subscription_id", std::to_string(subscription.id)},
              {"event_type", subscription.event_type},
              {"filter", filter},
              {"created_at", iso(subscription.created_at)},
              {"updated_at", iso(subscription.updated_at)}};
    if (!subscription.tag.empty()) made["tag"] = subscription.tag;
    if (!subscription.webhook_id.empty()) made["webhook_id"] = subscription.webhook_id;
    return made;
}

Subscription older_wanted(const Json &body) {
    Subscription wanted;
    if (!is_number(body.value("user_id", Json())))
        refuse_field("$.user_id", body.value("user_id", Json()).dump(),
                     "\"user_id\" must be a number in a text");
    wanted.user_id = body["user_id"].text();
    const Json types = body.value("event_types", Json());
    if (!types.is_array() || types.empty())
        refuse_field("$.event_types", types.dump(), "\"event_types\" must hold types of events");
    for (const Json &type : types) {
        if (!type.is_string() || !is_older_activity(type.get<std::string>()))
            refuse_field("$.event_types", type.dump(), "there is no such type of events");
        wanted.event_types.push_back(type.text());
    }
    return wanted;
}

std::string checked_tag(const Json &body) {
    const Json tag = body.value("tag", Json(""));
    if (!tag.is_string() || (body.contains("tag") && tag.get<std::string>().empty()) ||
        tag.get<std::string>().size() > kLongestTag)
        refuse_field("$.tag", tag.dump(), "\"tag\" must be a text of 1 to 200 characters");
    return tag.text();
}

std::string checked_webhook(const Json &body) {
    if (!body.contains("webhook_id")) return "";
    if (!is_number(body["webhook_id"]))
        refuse_field("$.webhook_id", body["webhook_id"].dump(), "\"webhook_id\" must be a number in a text");
    return body["webhook_id"].text();
}

Subscription wanted_by(const Json &body) {
    if (body.contains("event_types")) return older_wanted(body);
    Subscription wanted;
    const Json type = body.value("event_type", Json());
    if (!type.is_string() || !is_activity(type.get<std::string>()))
        refuse_field("$.event_type", type.dump(), "there is no such type of events");
    wanted.event_type = canonical_activity(type.get<std::string>());
    const Json filter = body.value("filter", Json());
    if (!filter.is_object()) refuse_field("$.filter", filter.dump(), "\"filter\" is missing");
    for (const auto &[name, value] : filter.items()) {
        if (name == "user_id" && is_number(value))
            wanted.user_id = value.text();
        else if (name == "keyword" && value.is_string())
            wanted.keyword = value.text();
        else if (name == "direction" && (value == "inbound" || value == "outbound"))
            wanted.direction = value.text();
        else
            refuse_field("$.filter." + name, value.dump(), "this is no part of a filter");
    }
    if (wanted.user_id.empty() == wanted.keyword.empty())
        refuse_field("$.filter", filter.dump(), "\"filter\" needs either \"user_id\" or \"keyword\"");
    wanted.tag = checked_tag(body);
    wanted.webhook_id = checked_webhook(body);
    return wanted;
}

Answer create(const Call &call) {
    const Json body = call.body({"event_type", "filter", "tag", "webhook_id", "user_id", "event_types"});
    Subscription wanted = wanted_by(body);
    // What only the user may see takes the user's own token.
    if (is_private_activity(wanted.event_type) && (call.caller.proof & kUser) == 0)
        throw Refused{unsupported_authentication("an app's bearer token for private events")};
    const auto made = call.world.subscriptions.add(std::move(wanted), wall_clock());
    if (!made) refuse_field("body", body.dump(), "there is such a subscription already");
    const Json shown = show(*made);
    // The older dialect has one shape; the description and X's pages have three for the newer one.
    if (made->older()) return answer_json({{"data", shown}});
    const Json meta{{"total_subscriptions", call.world.subscriptions.all()->size()}};
    switch (call.world.shapes.subscription.load()) {
    case SubscriptionShape::list:
        return answer_json({{"data", Json::array({shown})}, {"meta", meta}});
    case SubscriptionShape::bare:
        return answer_json({{"data", shown}, {"meta", meta}});
    default:
        return answer_json({{"data", {{"subscription", shown}}}, {"meta", meta}});
    }
}

Answer list(const Call &call) {
    Parameters asked(call, {"max_results", "pagination_token"});
    const std::uint64_t size = asked.number("max_results", 1, 1000, 1000);
    const auto from = asked.page();
    asked.check();
    const auto all = call.world.subscriptions.all();
    const Page page = page_of(
        *all, [](const Subscription &s) { return s.id; }, from, size);
    Json body = Json::object();
    for (std::size_t i = page.begin; i < page.end; ++i)
        body["data"].push_back(show((*all)[i]));
    body["meta"] = page_meta(page);
    body["meta"]["total_subscriptions"] = all->size();
    return answer_json(body);
}

std::uint64_t checked_id(const std::string &text, const char *parameter) {
    std::uint64_t id = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
    if (error != std::errc() || end != text.data() + text.size() || text.size() > 19)
        refuse_field(parameter, text, "\"" + std::string(parameter) + "\" must be a number");
    return id;
}

[[noreturn]] void refuse_unknown(const std::string &id) {
    Answer answer = answer_json(not_found("subscription", "subscription_id", id), 404);
    answer.content_type = "application/problem+json; charset=utf-8";
    throw Refused{answer};
}

Answer update(const Call &call) {
    const std::uint64_t id = checked_id(call.path[0], "subscription_id");
    const Json body = call.body({"tag", "webhook_id"});
    const std::string tag = checked_tag(body), webhook_id = checked_webhook(body);
    const auto changed =
        call.world.subscriptions.change(id, body.contains("tag") ? &tag : nullptr,
                                        body.contains("webhook_id") ? &webhook_id : nullptr, wall_clock());
    if (!changed) refuse_unknown(call.path[0]);
    return answer_json({{"data",
                         {{"subscription", show(*changed)},
                          {"total_subscriptions", call.world.subscriptions.all()->size()}}}});
}

Answer remove(const Call &call) {
    if (!call.world.subscriptions.remove(checked_id(call.path[0], "subscription_id")))
        refuse_unknown(call.path[0]);
    return answer_json({{"data", {{"deleted", true}}},
                        {"meta", {{"total_subscriptions", call.world.subscriptions.all()->size()}}}});
}

Answer remove_several(const Call &call) {
    Parameters asked(call, {"ids"});
    const auto ids = asked.list("ids");
    if (ids.empty() || ids.size() > kMostIds) asked.bad("ids", "\"ids\" must hold 1 to 100 ids");
    asked.check();
    Json data = Json::array(), errors = Json::array();
    for (const auto &id : ids) {
        if (call.world.subscriptions.remove(checked_id(id, "ids")))
            data.push_back({{"subscription_id", id}, {"deleted", true}});
        else
            // Not a problem object: this operation alone answers so.
            errors.push_back({{"subscription_id", id},
                              {"reason", "not_found"},
                              {"message", "The simulator has no such subscription."}});
    }
    Json body = Json::object();
    if (!data.empty()) body["data"] = data;
    if (!errors.empty()) body["errors"] = errors;
    body["meta"] = {{"total_subscriptions", call.world.subscriptions.all()->size()}};
    return answer_json(body);
}

} // namespace

void add_subscriptions(Api &api) {
    api.add("GET", "/2/activity/subscriptions", kAnyone, list);
    api.add("POST", "/2/activity/subscriptions", kAnyone, create);
    api.add("DELETE", "/2/activity/subscriptions", kBearer, remove_several);
    api.add("PUT", "/2/activity/subscriptions/{subscription_id}", kBearer, update);
    api.add("DELETE", "/2/activity/subscriptions/{subscription_id}", kBearer, remove);
}

} // namespace xtap::sim
