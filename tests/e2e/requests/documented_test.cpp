// What an older description of the API prints as its examples, from end to end: its requests leave exactly as
// they are asked for, its answers can be read and paged through, its events are what they claim to be.
#include "caller.hpp"
#include "scripted_server.hpp"

#include <gtest/gtest.h>

namespace xtap::test {
namespace {

constexpr char kJapanese[] = "/2/tweets/firehose/stream/lang/ja";
constexpr char kConversation[] = "/2/dm_conversations/123123123-456456456/dm_events";
constexpr std::int64_t kPostTime = 1609958440344; // in its id, 1346889436626259968

Settings both_credentials() { return {{"bearer_token", "app"}, {"oauth2_access_token", "user"}}; }

Json problem() {
    return {{"title", "A title"}, {"type", "about:blank"}, {"detail", "Details"}, {"status", 123}};
}

Json post() {
    return {{"author_id", "2244994945"},
            {"created_at", "Wed Jan 06 18:40:40 +0000 2021"},
            {"id", "1346889436626259968"},
            {"text", "Some words\\u2026 https:\\/\\/t.co\\/56a0vZUx7i"},
            {"username", "somebody"}};
}

Json includes() {
    return {{"media",
             {{{"type", "video"},
               {"preview_image_url", "https://example.com/a.jpg"},
               {"variants",
                {{{"bit_rate", 123}, {"content_type", "video/mp4"}, {"url", "https://example.com/a"}}}},
               {"height", 1},
               {"media_key", "3_1"},
               {"width", 1}}}},
            {"places",
             {{{"full_name", "A town"},
               {"id", "f7eb2fa2fea288b1"},
               {"contained_within", {"f7eb2fa2fea288b1"}},
               {"country", "A country"},
               {"country_code", "US"},
               {"name", "A town"},
               {"place_type", "city"}}}},
            {"polls",
             {{{"id", "1365059861688410112"},
               {"options", {{{"label", "Yes"}, {"position", 123}, {"votes", 123}}}},
               {"duration_minutes", 5042},
               {"end_datetime", "2023-11-07T05:31:56Z"},
               {"voting_status", "open"}}}},
            {"topics", {{{"id", "1"}, {"name", "A topic"}, {"description", "What it is about"}}}},
            {"tweets", {post()}},
            {"users",
             {{{"created_at", "2013-12-14T04:35:55Z"},
               {"id", "2244994945"},
               {"name", "Somebody"},
               {"protected", false},
               {"username", "somebody"}}}}};
}

// What a stream makes of one connection that brings these lines.
Told told_of(const ScriptedServer &server, const std::string &operation, const Settings &parameters,
             Mode mode) {
    Tap tap(server.url(), mode, kBearer, operation, parameters);
    return listen(tap, notices(XTAP_NOTICE_DISCONNECTED));
}

class DocumentedEvents : public testing::TestWithParam<Mode> {};

TEST_P(DocumentedEvents, WithDataErrorsAndIncludesAreOnePartialPost) {
    ScriptedServer server;
    const std::string line = Json{{"data", post()}, {"errors", {problem()}}, {"includes", includes()}}.dump();
    server.answer(kJapanese, {{.body = line + "\r\n"}});
    const Told told = told_of(server, "streamPostsFirehoseJa", {{"partition", "1"}}, GetParam());
    ASSERT_EQ(told.events().size(), 1u) << told.course();
    const Seen event = told.events()[0];
    EXPECT_EQ(event.kind, static_cast<std::uint32_t>(XTAP_EVENT_POST));
    EXPECT_EQ(event.flags, static_cast<std::uint32_t>(XTAP_FLAG_PARTIAL));
    EXPECT_EQ(event.id, 1346889436626259968u);
    EXPECT_EQ(event.time_ms, kPostTime);
    EXPECT_EQ(event.partition, 1u);
    EXPECT_EQ(event.json, line);
    EXPECT_TRUE(told.notices(XTAP_NOTICE_SYSTEM).empty()) << "its errors are no message about the stream";
}

TEST_P(DocumentedEvents, OfActivityHaveATimeInEitherDialect) {
    const std::string user = "2244994945";
    std::string lines;
    std::size_t count = 0;
    const auto add = [&](const Json &event) { lines += event.dump() + "\n", ++count; };
    for (const char *type : {"tweet_create_events", "favorite_events", "follow_events",
                             "direct_message_events", "block_events", "mute_events"})
        add({{"for_user_id", user},
             {"event_type", type},
             {"created_at", "2021-01-06T18:40:40.344Z"},
             {type, {{{"id", "1234567890"}, {"text", "Some words"}, {"author_id", user}}}}});
    // In the newer dialect only some payloads have a time of their own; the event's id always has one.
    const Json payloads[] = {post(),
                             {{"before", "a"}, {"after", "b"}},
                             {{"source", {{"id", user}}}, {"target", {{"id", "1"}}}},
                             {{"id", "1234567890"}, {"author_id", user}},
                             {{"category", "c"}, {"headline", "h"}, {"hook", "k"}, {"summary", "s"}}};
    for (const Json &payload : payloads)
        add({{"data",
              {{"event_type", "of.some_kind"},
               {"event_uuid", "1346889436626259968"},
               {"filter", {{"user_id", user}, {"direction", "inbound"}}},
               {"tag", "a tag"},
               {"payload", payload}}}});
    ScriptedServer server;
    server.answer("/2/activity/stream", {{.body = lines}});
    const Told told = told_of(server, "activityStream", {}, GetParam());
    ASSERT_EQ(told.events().size(), count) << told.course();
    for (const Seen &event : told.events()) {
        EXPECT_EQ(event.kind, static_cast<std::uint32_t>(XTAP_EVENT_ACTIVITY)) << event.json;
        EXPECT_EQ(event.time_ms, kPostTime) << event.json;
        EXPECT_EQ(event.flags, 0u) << event.json;
    }
}

INSTANTIATE_TEST_SUITE_P(In, DocumentedEvents, testing::ValuesIn(kEveryMode),
                         [](const auto &tested) { return tested.param.name(); });

// Two pages of a documented answer: all of it can be read, and its token leads to the second page alone.
void expect_two_pages(const char *operation, const Settings &parameters, const char *path,
                      const std::string &query, const Json &answer) {
    ScriptedServer server;
    Json last = answer;
    last["meta"].erase("next_token");
    server.answer(path, {{.body = answer.dump(4)}, {.body = last.dump(4)}});
    const Caller caller(server.url(), both_credentials());
    const RequestHandle request = caller.request(operation, parameters);
    const Answered first = Caller::send(request.get());
    ASSERT_EQ(first.status, XTAP_OK) << "errors beside data are no failure: " << first.error.text();
    EXPECT_EQ(first.json(), answer);
    Error error;
    ASSERT_EQ(xtap_request_next_page(request.get(), first.response.get(), &error), XTAP_OK) << error.text();
    const Answered second = Caller::send(request.get());
    ASSERT_EQ(second.status, XTAP_OK) << second.error.text();
    EXPECT_EQ(second.json(), last);
    EXPECT_EQ(xtap_request_next_page(request.get(), second.response.get(), &error), XTAP_END);
    const std::vector<HttpRequest> asked = server.asked();
    ASSERT_EQ(asked.size(), 2u);
    EXPECT_EQ(asked[0].target(), path + query);
    EXPECT_EQ(asked[1].target(),
              path + query + (query.empty() ? "?" : "&") + "pagination_token=%3Cstring%3E");
}

TEST(DocumentedAnswers, OfTheConnectionHistoryAreReadAndFollowed) {
    const Json answer = {{"data",
                          {{{"connected_at", "2023-11-07T05:31:56Z"},
                            {"endpoint_name", "sample_stream"},
                            {"client_ip", "<string>"},
                            {"disconnect_reason", "operator_disconnect"},
                            {"disconnected_at", "2023-11-07T05:31:56Z"}}}},
                         {"errors", {problem()}},
                         {"meta", {{"next_token", "<string>"}, {"result_count", 123}}}};
    expect_two_pages("getConnectionHistory", {}, "/2/connections", "", answer);
    expect_two_pages("getConnectionHistory", {{"status", "all"}}, "/2/connections", "?status=all", answer);
}

TEST(DocumentedAnswers, OfAConversationAreReadAndFollowed) {
    const Json span = {{"start", 50}, {"end", 61}};
    const auto spanned = [&](const Json &more) {
        Json made = span;
        made.update(more);
        return Json::array({made});
    };
    const Json event = {
        {"event_type", "MessageCreate"},
        {"id", "1146654567674912769"},
        {"attachments", {{"card_ids", {"<string>"}}, {"media_keys", {"<string>"}}}},
        {"cashtags", spanned({{"tag", "ABC"}})},
        {"created_at", "2023-11-07T05:31:56Z"},
        {"dm_conversation_id", "123123123-456456456"},
        {"hashtags", spanned({{"tag", "tag"}})},
        {"mentions", spanned({{"username", "<string>"}, {"id", "2244994945"}})},
        {"participant_ids", {"2244994945"}},
        {"referenced_tweets", {{{"id", "1346889436626259968"}}}},
        {"sender_id", "2244994945"},
        {"text", "<string>"},
        {"urls",
         spanned({{"url", "https://example.com"}, {"display_url", "example.com/…"}, {"status", 349}})}};
    const Json answer = {
        {"data", {event}},
        {"errors", {problem()}},
        {"includes", includes()},
        {"meta", {{"next_token", "<string>"}, {"previous_token", "<string>"}, {"result_count", 123}}}};
    expect_two_pages("getDirectMessagesEventsByConversationId", {{"id", "123123123-456456456"}},
                     kConversation, "", answer);
}

struct Example {
    const char *name, *operation;
    Settings parameters;
    const char *body, *line, *bearer;
};
void PrintTo(const Example &example, std::ostream *out) { *out << example.name; }

class DocumentedRequests : public testing::TestWithParam<Example> {};

TEST_P(DocumentedRequests, LeaveExactlyAsTheyAreAskedFor) {
    ScriptedServer server;
    const Answered answered = Caller(server.url(), both_credentials())
                                  .call(GetParam().operation, GetParam().parameters, GetParam().body);
    EXPECT_EQ(answered.status, XTAP_OK) << answered.error.text();
    const std::vector<HttpRequest> asked = server.asked();
    ASSERT_EQ(asked.size(), 1u);
    EXPECT_EQ(asked[0].line, std::string(GetParam().line) + " HTTP/1.1");
    EXPECT_EQ(asked[0].header("authorization"), std::string("Bearer ") + GetParam().bearer);
    EXPECT_EQ(asked[0].body, GetParam().body);
    EXPECT_EQ(asked[0].header("content-type"), *GetParam().body ? "application/json" : "");
}

const Example kExamples[] = {
    {"ConnectionHistory", "getConnectionHistory", {}, "", "GET /2/connections", "app"},
    {"ConnectionHistoryWithEverything",
     "getConnectionHistory",
     {{"status", "inactive"},
      {"endpoints", "firehose_stream_lang_ja,likes_compliance_stream"},
      {"max_results", "100"},
      {"pagination_token", "abc"},
      {"connection.fields", "client_ip,connected_at,disconnect_reason,disconnected_at,endpoint_name,id"}},
     "",
     "GET /2/connections?status=inactive&endpoints=firehose_stream_lang_ja,likes_compliance_stream"
     "&max_results=100&pagination_token=abc"
     "&connection.fields=client_ip,connected_at,disconnect_reason,disconnected_at,endpoint_name,id",
     "app"},
    {"Subscribing",
     "createActivitySubscription",
     {},
     "{\n\"user_id\": \"2244994945\",\n\"event_types\": [\"tweet_create_events\", \"favorite_events\"]\n}",
     "POST /2/activity/subscriptions",
     "app"},
    {"ListingSubscriptions", "getActivitySubscriptions", {}, "", "GET /2/activity/subscriptions", "app"},
    {"EndingASubscription",
     "deleteActivitySubscription",
     {{"subscription_id", "1234567890"}},
     "",
     "DELETE /2/activity/subscriptions/1234567890",
     "app"},
    {"AConversation",
     "getDirectMessagesEventsByConversationId",
     {{"id", "123123123-456456456"}},
     "",
     "GET /2/dm_conversations/123123123-456456456/dm_events",
     "user"},
    {"AConversationWithItsExamples",
     "getDirectMessagesEventsByConversationId",
     {{"id", "123123123-456456456"},
      {"max_results", "100"},
      {"pagination_token", "1234567890abcdef"},
      {"event_types", "MessageCreate,ParticipantsLeave"},
      {"dm_event.fields", "attachments,created_at,dm_conversation_id,entities,event_type,id,participant_ids,"
                          "referenced_tweets,sender_id,text"},
      {"expansions", "attachments.media_keys,participant_ids,referenced_tweets.id,sender_id"},
      {"tweet.fields", "article,withheld"},
      {"media.fields", "alt_text,width"},
      {"user.fields", "affiliation,withheld"}},
     "",
     // What X renamed since leaves under the name that the newest description gives this operation.
     "GET /2/dm_conversations/123123123-456456456/dm_events?max_results=100"
     "&pagination_token=1234567890abcdef&event_types=MessageCreate,ParticipantsLeave"
     "&dm_event.fields=attachments,created_at,dm_conversation_id,entities,event_type,id,participant_ids,"
     "referenced_tweets,sender_id,text"
     "&expansions=attachments.media_keys,participant_ids,referenced_posts,sender_id"
     "&user.fields=affiliation,withheld&post.fields=article,withheld&media.fields=alt_text,width",
     "user"},
};
INSTANTIATE_TEST_SUITE_P(Of, DocumentedRequests, testing::ValuesIn(kExamples),
                         [](const auto &tested) { return std::string(tested.param.name); });

TEST(DocumentedStreams, AskForThePartitionFieldsAndTimesThatWereSet) {
    ScriptedServer server;
    server.answer(kJapanese, {{.body = ""}});
    told_of(server, "streamPostsFirehoseJa",
            {{"partition", "2"},
             {"backfill_minutes", "5"},
             {"start_time", "2023-11-07T05:31:56Z"},
             {"end_time", "2023-11-07T05:32:56Z"},
             {"tweet.fields", "article,withheld"},
             {"expansions", "author_id,referenced_tweets.id"},
             {"media.fields", "alt_text"},
             {"poll.fields", "options"},
             {"user.fields", "withheld"},
             {"place.fields", "contained_within"}},
            {});
    const std::string target = server.asked()[0].target();
    for (const char *pair : {"partition=2", "backfill_minutes=5", "start_time=2023-11-07T05%3A31%3A56Z",
                             "end_time=2023-11-07T05%3A32%3A56Z", "tweet.fields=article,withheld",
                             "expansions=author_id,referenced_tweets.id", "media.fields=alt_text",
                             "poll.fields=options", "user.fields=withheld", "place.fields=contained_within"})
        EXPECT_NE((target + "&").find(std::string(pair) + "&"), std::string::npos)
            << pair << " in " << target;
    EXPECT_EQ(std::count(target.begin(), target.end(), '='), 10) << target;
}

TEST(DocumentedStreams, AskForNothingThatWasNotSet) {
    ScriptedServer server;
    server.answer("/2/activity/stream", {{.body = ""}});
    told_of(server, "activityStream", {}, {});
    EXPECT_EQ(server.asked()[0].line, "GET /2/activity/stream HTTP/1.1");
    EXPECT_EQ(server.asked()[0].header("authorization"), "Bearer AAAAcaller");
}

} // namespace
} // namespace xtap::test
