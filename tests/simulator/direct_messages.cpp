// Direct messages: events of a conversation page by page, single ones, and new ones.
#include "api.hpp"

#include <algorithm>
#include <charconv>
#include <httplib.h>
#include <regex>

namespace xtap::sim {
namespace {

const std::vector<std::string_view> kTypes{"MessageCreate", "ParticipantsJoin", "ParticipantsLeave"};
// Those of the current description and those it lost.
const std::vector<std::string_view> kMessageFields{
    "attachments",      "created_at",       "dm_conversation_id",
    "entities",         "event_type",       "id",
    "participant_ids",  "sender_id",        "text",
    "referenced_posts", "referenced_tweets"};

bool is_number(std::string_view text, std::size_t shortest = 1) {
    return text.size() >= shortest && text.size() <= 19 &&
           text.find_first_not_of("0123456789") == std::string_view::npos;
}

std::uint64_t number_of(std::string_view text) {
    std::uint64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

std::string checked_number(const std::string &value, const char *parameter) {
    if (!is_number(value))
        refuse_field(parameter, value, "\"" + std::string(parameter) + "\" must be a number");
    return value;
}

std::string checked_conversation(const std::string &id) {
    static const std::regex kIds("[0-9]{1,19}-[0-9]{1,19}|[0-9]{15,19}");
    if (!std::regex_match(id, kIds)) refuse_field("id", id, "\"id\" is not the id of a conversation");
    return normal_conversation(id);
}

Json show(const DirectMessageEvent &event, const std::vector<std::string> &fields) {
    const auto wants = [&](std::string_view field) { return std::ranges::count(fields, field) > 0; };
    Json made{{"id", std::to_string(event.id)}, {"event_type", event.type}};
    if (event.type == "MessageCreate") made["text"] = event.text;
    if (wants("created_at")) made["created_at"] = MomentWriter().iso(event.when);
    if (wants("dm_conversation_id")) made["dm_conversation_id"] = event.conversation;
    if (wants("sender_id")) made["sender_id"] = event.sender;
    if (wants("participant_ids") && !event.participants.empty()) made["participant_ids"] = event.participants;
    if (wants("attachments") && !event.media_ids.empty()) {
        made["attachments"]["media_keys"] = Json::array();
        for (const auto &id : event.media_ids)
            made["attachments"]["media_keys"].push_back("3_" + id);
    }
    return made;
}

Json users_of(const std::vector<DirectMessageEvent> &events, std::size_t begin, std::size_t end) {
    std::vector<std::string> ids;
    for (std::size_t i = begin; i < end; ++i) {
        ids.push_back(events[i].sender);
        ids.insert(ids.end(), events[i].participants.begin(), events[i].participants.end());
    }
    std::ranges::sort(ids);
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    Json users = Json::array();
    for (const auto &id : ids)
        users.push_back({{"id", id}, {"name", "User " + id}, {"username", "user" + id}});
    return users;
}

Answer list(const Call &call, const std::string &conversation) {
    Parameters asked(call, {"max_results", "pagination_token", "event_types"});
    const std::uint64_t size = asked.number("max_results", 1, 100, 100);
    const auto types = asked.list("event_types", kTypes);
    const auto fields = asked.list("dm_event.fields", kMessageFields);
    const auto expansions = asked.list("expansions");
    const auto from = asked.page();
    asked.check();
    const auto events = call.world.conversations.list([&](const DirectMessageEvent &event) {
        return (conversation.empty() || event.conversation == conversation) &&
               (types.empty() || std::ranges::count(types, event.type) > 0);
    });
    // Newest first, so their ranks are the ids turned around.
    const Page page = page_of(
        events, [](const DirectMessageEvent &event) { return ~event.id; }, from, size);
    Json body;
    for (std::size_t i = page.begin; i < page.end; ++i)
        body["data"].push_back(show(events[i], fields));
    if (page.end > page.begin && !expansions.empty())
        body["includes"]["users"] = users_of(events, page.begin, page.end);
    body["meta"] = page_meta(page);
    return answer_json(body);
}

Answer get_one(const Call &call) {
    const std::string id = checked_number(call.path[0], "event_id");
    Parameters asked(call, {});
    const auto fields = asked.list("dm_event.fields", kMessageFields);
    asked.check();
    const auto event = call.world.conversations.find(number_of(id));
    if (!event) return answer_json({{"errors", Json::array({not_found("dm_event", "event_id", id)})}});
    return answer_json({{"data", show(*event, fields)}});
}

Answer delete_one(const Call &call) {
    const std::string id = checked_number(call.path[0], "event_id");
    if (!call.world.conversations.remove(number_of(id)))
        return answer_json({{"errors", Json::array({not_found("dm_event", "event_id", id)})}});
    return answer_json({{"data", {{"deleted", true}}}});
}

// Text, or at least one attachment.
DirectMessageEvent message_of(const Json &body, const std::string &where) {
    DirectMessageEvent made;
    made.type = "MessageCreate";
    if (body.contains("text")) {
        if (!body["text"].is_string() || body["text"].get<std::string>().empty())
            refuse_field(where + ".text", body["text"].dump(),
                         "\"text\" must be a text with something in it");
        made.text = body["text"].text();
    }
    if (body.contains("attachments")) {
        for (const auto &attachment : body["attachments"])
            if (attachment.is_object() && attachment.contains("media_id") &&
                attachment["media_id"].is_string())
                made.media_ids.push_back(attachment["media_id"].text());
        if (made.media_ids.size() != body["attachments"].size())
            refuse_field(where + ".attachments", body["attachments"].dump(),
                         "an attachment is {\"media_id\":...}");
    }
    if (made.text.empty() && made.media_ids.empty())
        refuse_field(where, body.dump(), "a message needs \"text\" or \"attachments\"");
    return made;
}

Answer send(const Call &call, const std::string &conversation, DirectMessageEvent message) {
    message.conversation = conversation;
    message.sender = call.caller.user_id;
    const auto sent = call.world.conversations.add(std::move(message), wall_clock());
    return answer_json(
        {{"data", {{"dm_conversation_id", conversation}, {"dm_event_id", std::to_string(sent.id)}}}}, 201);
}

Answer send_to_conversation(const Call &call) {
    const std::string id = checked_conversation(call.path[0]);
    if (!call.world.conversations.exists(id)) throw Refused{no_such_path(call.request.path)};
    return send(call, id, message_of(call.body({"text", "attachments"}), "$"));
}

Answer send_to_user(const Call &call) {
    const std::string id = checked_number(call.path[0], "participant_id");
    return send(call, call.world.conversations.with(id), message_of(call.body({"text", "attachments"}), "$"));
}

Answer create_group(const Call &call) {
    const auto body = call.body({"conversation_type", "message", "participant_ids"});
    if (body.value("conversation_type", Json()) != "Group")
        refuse_field("$.conversation_type", "", "\"conversation_type\" must be Group");
    std::vector<std::string> participants;
    for (const auto &id : body.value("participant_ids", Json::array()))
        participants.push_back(
            checked_number(id.is_string() ? id.get<std::string>() : id.dump(), "participant_ids"));
    if (participants.size() < 2 || participants.size() > 49)
        refuse_field("$.participant_ids", "", "\"participant_ids\" must hold 2 to 49 ids");
    if (!body.contains("message") || !body["message"].is_object())
        refuse_field("$.message", "", "\"message\" is missing");
    DirectMessageEvent message = message_of(body["message"], "$.message");
    return send(call, call.world.conversations.new_group(participants, wall_clock()), std::move(message));
}

} // namespace

void add_direct_messages(Api &api) {
    api.add("GET", "/2/dm_events", kUser, [](const Call &call) { return list(call, ""); });
    api.add("GET", "/2/dm_events/{event_id}", kUser, get_one);
    api.add("DELETE", "/2/dm_events/{event_id}", kUser, delete_one);
    api.add("GET", "/2/dm_conversations/with/{participant_id}/dm_events", kUser, [](const Call &call) {
        return list(call, call.world.conversations.with(checked_number(call.path[0], "participant_id")));
    });
    api.add("GET", "/2/dm_conversations/{id}/dm_events", kUser,
            [](const Call &call) { return list(call, checked_conversation(call.path[0])); });
    api.add("POST", "/2/dm_conversations/with/{participant_id}/messages", kUser, send_to_user);
    api.add("POST", "/2/dm_conversations/{dm_conversation_id}/messages", kUser, send_to_conversation);
    api.add("POST", "/2/dm_conversations", kUser, create_group);
}

} // namespace xtap::sim
