// Posts and the user who makes them: create, read, search, like, delete.
#include "api.hpp"

#include "rule_matcher.hpp"

#include <algorithm>
#include <charconv>
#include <httplib.h>

namespace xtap::sim {
namespace {

constexpr std::size_t kLongestText = 25'000;
constexpr std::size_t kMostIds = 100;

std::uint64_t checked_id(const std::string &text, const char *parameter) {
    std::uint64_t id = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
    if (error != std::errc() || end != text.data() + text.size() || text.size() > 19)
        refuse_field(parameter, text, "\"" + std::string(parameter) + "\" must be a number");
    return id;
}

std::uint64_t id_in(const Json &value, const char *field) {
    if (!value.is_string()) refuse_field(field, value.dump(), "an id is a number in a text");
    return checked_id(value.get<std::string>(), field);
}

// Everything there is, whatever fields are asked for, as the streams do it.
Json show(const StoredPost &post) {
    const std::string id = std::to_string(post.id);
    Json made{{"id", id},
              {"text", post.text},
              {"author_id", post.author_id},
              {"created_at", MomentWriter().iso(post.when)},
              {"lang", post.lang},
              {"edit_history_tweet_ids", Json::array({id})}};
    if (!post.media_ids.empty())
        for (const auto &media : post.media_ids)
            made["attachments"]["media_keys"].push_back("3_" + media);
    if (!post.in_reply_to.empty())
        made["referenced_tweets"].push_back({{"type", "replied_to"}, {"id", post.in_reply_to}});
    if (!post.quoted.empty()) made["referenced_tweets"].push_back({{"type", "quoted"}, {"id", post.quoted}});
    return made;
}

Answer create(const Call &call) {
    const Json body =
        call.body({"text", "reply", "quote_tweet_id", "media", "poll", "geo", "card_uri", "community_id",
                   "direct_message_deep_link", "edit_options", "for_super_followers_only", "made_with_ai",
                   "nullcast", "paid_partnership", "reply_settings", "share_with_followers"});
    StoredPost post;
    post.author_id = call.caller.user_id;
    post.lang = "und";
    if (body.contains("text")) {
        if (!body["text"].is_string() || body["text"].get<std::string>().size() > kLongestText)
            refuse_field("$.text", body["text"].dump(), "\"text\" must be a text that is not too long");
        post.text = body["text"].text();
    }
    if (body.contains("reply") && body["reply"].is_object())
        post.in_reply_to =
            std::to_string(id_in(body["reply"].value("in_reply_to_tweet_id", Json()), "$.reply"));
    if (body.contains("quote_tweet_id"))
        post.quoted = std::to_string(id_in(body["quote_tweet_id"], "$.quote_tweet_id"));
    if (body.contains("media"))
        for (const Json &id : body["media"].value("media_ids", Json::array()))
            post.media_ids.push_back(std::to_string(id_in(id, "$.media.media_ids")));
    if (post.text.empty() && post.media_ids.empty() && !body.contains("card_uri") && !body.contains("poll"))
        refuse_field("$.text", "", "a post needs \"text\", \"media\", \"poll\" or \"card_uri\"");
    const StoredPost made = call.world.posts.add(std::move(post), wall_clock());
    const std::string id = std::to_string(made.id);
    return answer_json(
        {{"data", {{"id", id}, {"text", made.text}, {"edit_history_tweet_ids", Json::array({id})}}}}, 201);
}

Answer get_one(const Call &call) {
    const auto post = call.world.posts.find(checked_id(call.path[0], "id"));
    if (!post) return answer_json({{"errors", Json::array({not_found("tweet", "id", call.path[0])})}});
    return answer_json({{"data", show(*post)}});
}

// What is not there stands in `errors` beside the data.
Answer get_several(const Call &call) {
    Parameters asked(call, {"ids"});
    const auto ids = asked.list("ids");
    if (ids.empty() || ids.size() > kMostIds) asked.bad("ids", "\"ids\" must hold 1 to 100 ids");
    asked.check();
    Json body = Json::object();
    for (const auto &id : ids) {
        const auto post = call.world.posts.find(checked_id(id, "ids"));
        if (post)
            body["data"].push_back(show(*post));
        else
            body["errors"].push_back(not_found("tweet", "ids", id));
    }
    return answer_json(body);
}

Answer remove(const Call &call) {
    const std::uint64_t id = checked_id(call.path[0], "id");
    const auto post = call.world.posts.find(id);
    if (post && post->author_id != call.caller.user_id) throw Refused{problem(403)};
    // Deleting is the same however often it is done.
    call.world.posts.remove(id);
    return answer_json({{"data", {{"deleted", post.has_value()}}}});
}

std::optional<Micros> moment(Parameters &asked, const char *name) {
    const auto text = asked.text(name);
    if (!text) return std::nullopt;
    const auto when = parse_rfc3339(*text);
    if (!when) asked.bad(name, "\"" + std::string(name) + "\" must be a date-time like 2026-03-01T12:00:00Z");
    return when;
}

Answer search(const Call &call) {
    Parameters asked(call, {"query", "max_results", "next_token", "pagination_token", "start_time",
                            "end_time", "since_id", "until_id", "sort_order"});
    const std::string query = asked.text("query").value_or("");
    const std::uint64_t size = asked.number("max_results", 10, 100, 10);
    const auto since = asked.number("since_id", 0, UINT64_MAX, 0);
    const auto until = asked.number("until_id", 0, UINT64_MAX, UINT64_MAX);
    const auto from_time = moment(asked, "start_time"), to_time = moment(asked, "end_time");
    const auto from = asked.page(asked.text("next_token") ? "next_token" : "pagination_token");
    std::optional<RuleExpression> wanted;
    try {
        wanted.emplace(query);
    } catch (const BadRule &bad) {
        asked.bad("query", bad.what());
    }
    asked.check();
    auto posts = call.world.posts.newest_first();
    std::erase_if(posts, [&](const StoredPost &post) {
        if (post.id <= since || post.id >= until || (from_time && post.when < *from_time) ||
            (to_time && post.when >= *to_time))
            return true;
        const std::size_t number = post.text.rfind(' ') + 1;
        std::uint64_t value = 0;
        std::from_chars(post.text.data() + number, post.text.data() + post.text.size(), value);
        return !wanted->matches(facts_of(Json::parse(Json{{"data", show(post)}}.dump())), value);
    });
    const Page page = page_of(
        posts, [](const StoredPost &post) { return ~post.id; }, from, size);
    Json body = Json::object();
    for (std::size_t i = page.begin; i < page.end; ++i)
        body["data"].push_back(show(posts[i]));
    body["meta"] = page_meta(page);
    if (page.end > page.begin) {
        body["meta"]["newest_id"] = std::to_string(posts[page.begin].id);
        body["meta"]["oldest_id"] = std::to_string(posts[page.end - 1].id);
    }
    return answer_json(body);
}

Answer get_me(const Call &call) {
    Parameters(call, {}).check();
    return answer_json({{"data",
                         {{"id", call.caller.user_id},
                          {"name", "The Simulator's User"},
                          {"username", "sim_user"},
                          {"created_at", "2013-12-14T04:35:55.000Z"},
                          {"protected", false}}}});
}

Answer like(const Call &call, const std::string &post, bool liked) {
    if (call.path[0] != call.caller.user_id) throw Refused{problem(403)};
    const std::uint64_t id = checked_id(post, "tweet_id");
    if (!call.world.posts.find(id)) throw Refused{no_such_path(call.request.path)};
    call.world.posts.like(call.caller.user_id, id, liked);
    return answer_json({{"data", {{"liked", liked}}}});
}

} // namespace

void add_posts(Api &api) {
    api.add("POST", "/2/tweets", kUser, create);
    api.add("GET", "/2/tweets", kAnyone, get_several);
    api.add("GET", "/2/tweets/search/recent", kAnyone, search);
    api.add("GET", "/2/tweets/{id}", kAnyone, get_one);
    api.add("DELETE", "/2/tweets/{id}", kUser, remove);
    api.add("GET", "/2/users/me", kUser, get_me);
    api.add("POST", "/2/users/{id}/likes", kUser, [](const Call &call) {
        const Json id = call.body({"tweet_id"}).value("tweet_id", Json());
        return like(call, id.is_string() ? id.get<std::string>() : id.dump(), true);
    });
    api.add("DELETE", "/2/users/{id}/likes/{tweet_id}", kUser,
            [](const Call &call) { return like(call, call.path[1], false); });
}

} // namespace xtap::sim
