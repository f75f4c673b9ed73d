// See activity_events.hpp.
#include "activity_events.hpp"

#include "json/value.hpp"

#include <algorithm>
#include <array>

namespace xtap::sim {
namespace {

constexpr std::array<std::string_view, 42> kTypes{"profile.update.bio",
                                                  "profile.update.profile_picture",
                                                  "profile.update.banner_picture",
                                                  "profile.update.screenname",
                                                  "profile.update.geo",
                                                  "profile.update.url",
                                                  "profile.update.verified_badge",
                                                  "profile.update.affiliate_badge",
                                                  "profile.update.handle",
                                                  "news.new",
                                                  "follow.follow",
                                                  "follow.unfollow",
                                                  "spaces.start",
                                                  "spaces.end",
                                                  "broadcast.start",
                                                  "broadcast.end",
                                                  "broadcast.chat",
                                                  "chat.received",
                                                  "chat.sent",
                                                  "chat.conversation.join",
                                                  "chat.conversation_join",
                                                  "chat.conversation.member_added",
                                                  "chat.conversation.member_removed",
                                                  "chat.conversation.admin_added",
                                                  "chat.conversation.admin_removed",
                                                  "chat.update.group_name",
                                                  "chat.update.restrictions",
                                                  "dm.sent",
                                                  "dm.received",
                                                  "dm.indicate_typing",
                                                  "dm.read",
                                                  "post.create",
                                                  "post.delete",
                                                  "post.mention.create",
                                                  "post.reply.create",
                                                  "post.quote.create",
                                                  "post.repost.create",
                                                  "like.create",
                                                  "mute.mute",
                                                  "mute.unmute",
                                                  "block.block",
                                                  "block.unblock"};
constexpr std::array<std::string_view, 6> kOlderTypes{"tweet_create_events", "favorite_events",
                                                      "follow_events",       "direct_message_events",
                                                      "block_events",        "mute_events"};

Json user(const std::string &id) { return {{"id", id}, {"name", "User " + id}, {"username", "user" + id}}; }

Json post(const std::string &id, const std::string &author, const std::string &time,
          const std::string &text) {
    return {{"id", id},
            {"author_id", author},
            {"created_at", time},
            {"edit_history_tweet_ids", Json::array({id})},
            {"text", text}};
}

struct Facts {
    std::string id, time, user, other, text;
};

Json payload(std::string_view type, const Facts &facts) {
    if (type.starts_with("profile.")) return {{"before", "before"}, {"after", facts.text}};
    if (type == "news.new")
        return {{"category", "Weather"},
                {"headline", facts.text},
                {"summary", "Rivers are high."},
                {"hook", "Rain"}};
    if (type == "post.delete") return {{"id", facts.id}, {"author_id", facts.user}};
    if (type.starts_with("post.")) return post(facts.id, facts.user, facts.time, facts.text);
    if (type.starts_with("dm.") || type.starts_with("chat."))
        return {{"id", facts.id},
                {"event_type", "MessageCreate"},
                {"sender_id", facts.user},
                {"text", facts.text}};
    return {{"source", user(facts.user)}, {"target", user(facts.other)}};
}

Json older(const Subscription &subscription, std::uint64_t number, const Facts &facts) {
    const std::string &type = subscription.event_types[number % subscription.event_types.size()];
    Json item = type == "tweet_create_events"
                    ? Json{{"id", facts.id}, {"text", facts.text}, {"author_id", facts.user}}
                : type == "direct_message_events"
                    ? Json{{"id", facts.id}, {"type", "message_create"}, {"text", facts.text}}
                    : Json{{"id", facts.id}, {"source", user(facts.user)}, {"target", user(facts.other)}};
    return {{"for_user_id", facts.user},
            {"event_type", type},
            {"created_at", facts.time},
            {type, Json::array({std::move(item)})}};
}

} // namespace

bool is_activity(std::string_view type) { return std::ranges::count(kTypes, type) > 0; }

bool is_older_activity(std::string_view type) { return std::ranges::count(kOlderTypes, type) > 0; }

std::string canonical_activity(std::string_view type) {
    return type == "chat.conversation_join" ? "chat.conversation.join" : std::string(type);
}

bool is_private_activity(std::string_view type) {
    return type.starts_with("mute.") || type.starts_with("block.") || type == "like.create";
}

void append_activity(std::string &out, std::uint64_t number, const Subscription &subscription,
                     const EventSource &source) {
    const std::string user_id = subscription.user_id.empty()
                                    ? std::to_string(3'000'000'000u + mix(number) % 1'000'000)
                                    : subscription.user_id;
    const std::string words = subscription.keyword.empty() ? "Activity" : subscription.keyword;
    const Facts facts{std::to_string(source.snowflake(number)),
                      std::string(MomentWriter().iso(source.timeline().time_of(number))), user_id,
                      std::to_string(3'000'000'000u + mix(~number) % 1'000'000),
                      words + " No. " + std::to_string(number)};
    if (subscription.older()) {
        out.append(older(subscription, number, facts).dump({.as_made = true}));
        return;
    }
    Json filter = Json::object();
    if (!subscription.user_id.empty()) filter["user_id"] = subscription.user_id;
    if (!subscription.keyword.empty()) filter["keyword"] = subscription.keyword;
    if (!subscription.direction.empty()) filter["direction"] = subscription.direction;
    Json data{{"event_type", subscription.event_type}, {"event_uuid", facts.id}, {"filter", filter}};
    if (!subscription.tag.empty()) data["tag"] = subscription.tag;
    data["payload"] = payload(subscription.event_type, facts);
    out.append(Json{{"data", std::move(data)}}.dump({.as_made = true}));
}

} // namespace xtap::sim
