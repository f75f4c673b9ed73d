// What an older description of the API documents, and its pages in other languages: every name and every
// value of it is taken, for programs written by it. Written down by hand, beside the table and not from it.
#include "api/request.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace xtap::api {
namespace {

using Values = std::vector<const char *>;

const Values post_fields = {"article",
                            "attachments",
                            "author_id",
                            "card_uri",
                            "community_id",
                            "context_annotations",
                            "conversation_id",
                            "created_at",
                            "display_text_range",
                            "edit_controls",
                            "edit_history_tweet_ids",
                            "entities",
                            "geo",
                            "id",
                            "in_reply_to_user_id",
                            "lang",
                            "media_metadata",
                            "non_public_metrics",
                            "note_tweet",
                            "organic_metrics",
                            "possibly_sensitive",
                            "promoted_metrics",
                            "public_metrics",
                            "referenced_tweets",
                            "reply_settings",
                            "scopes",
                            "source",
                            "suggested_source_links",
                            "suggested_source_links_with_counts",
                            "text",
                            "withheld"};
const Values post_expansions = {"article.cover_media",
                                "article.media_entities",
                                "attachments.media_keys",
                                "attachments.media_source_tweet",
                                "attachments.poll_ids",
                                "author_id",
                                "edit_history_tweet_ids",
                                "entities.mentions.username",
                                "geo.place_id",
                                "in_reply_to_user_id",
                                "entities.note.mentions.username",
                                "referenced_tweets.id",
                                "referenced_tweets.id.attachments.media_keys",
                                "referenced_tweets.id.author_id"};
const Values user_fields = {"affiliation",
                            "confirmed_email",
                            "connection_status",
                            "created_at",
                            "description",
                            "entities",
                            "id",
                            "is_identity_verified",
                            "location",
                            "most_recent_tweet_id",
                            "name",
                            "parody",
                            "pinned_tweet_id",
                            "profile_banner_url",
                            "profile_image_url",
                            "protected",
                            "public_metrics",
                            "receives_your_dm",
                            "subscription",
                            "subscription_type",
                            "url",
                            "username",
                            "verified",
                            "verified_followers_count",
                            "verified_type",
                            "withheld"};
const Values media_fields = {"alt_text",
                             "duration_ms",
                             "height",
                             "media_key",
                             "non_public_metrics",
                             "organic_metrics",
                             "preview_image_url",
                             "promoted_metrics",
                             "public_metrics",
                             "type",
                             "url",
                             "variants",
                             "width"};
const Values poll_fields = {"duration_minutes", "end_datetime", "id", "options", "voting_status"};
const Values place_fields = {"contained_within", "country", "country_code", "full_name", "geo", "id", "name",
                             "place_type"};
const Values connection_fields = {"client_ip",       "connected_at",  "disconnect_reason",
                                  "disconnected_at", "endpoint_name", "id"};
const Values endpoints = {"filter_stream",
                          "sample_stream",
                          "sample10_stream",
                          "firehose_stream",
                          "tweets_compliance_stream",
                          "users_compliance_stream",
                          "tweet_label_stream",
                          "firehose_stream_lang_en",
                          "firehose_stream_lang_ja",
                          "firehose_stream_lang_ko",
                          "firehose_stream_lang_pt",
                          "likes_firehose_stream",
                          "likes_sample10_stream",
                          "likes_compliance_stream"};
const Values message_fields = {"attachments", "created_at", "dm_conversation_id", "entities",
                               "event_type",  "id",         "participant_ids",    "referenced_tweets",
                               "sender_id",   "text"};
const Values message_expansions = {"attachments.media_keys", "participant_ids", "referenced_tweets.id",
                                   "sender_id"};

std::string joined(const Values &values) {
    std::string all;
    for (const char *value : values)
        all.append(all.empty() ? "" : ",").append(value);
    return all;
}

// Each value alone, and all of them together as the older description's examples have them.
void expect_taken(const char *operation, const char *parameter, const Values &values) {
    SCOPED_TRACE(std::string(operation) + " " + parameter);
    Request request(find_operation(operation), true);
    for (const char *value : values)
        EXPECT_NO_THROW(request.set(parameter, value)) << value;
    EXPECT_NO_THROW(request.set(parameter, joined(values)));
}

TEST(OlderDescription, ListsConnectionsByEveryStateEndpointAndField) {
    constexpr char operation[] = "getConnectionHistory";
    for (const char *state : {"active", "inactive", "all"})
        expect_taken(operation, "status", {state});
    expect_taken(operation, "endpoints", endpoints);
    expect_taken(operation, "connection.fields", connection_fields);
    expect_taken(operation, "max_results", {"1"});
    expect_taken(operation, "max_results", {"100"});
    expect_taken(operation, "pagination_token", {"7140dibdnow9c7btw421dyz6jism75z99gyxd8egarsc4"});
}

TEST(OlderDescription, CallsTheFilteredStreamByANameThatIsSentAsTheNewerOne) {
    Request history(find_operation("getConnectionHistory"), true);
    history.set("endpoints", "filter_stream,sample_stream");
    EXPECT_EQ(history.target(), "/2/connections?endpoints=filtered_stream,sample_stream");
    Request cut(find_operation("deleteConnectionsByEndpoint"), true);
    cut.set("endpoint_id", "filter_stream");
    EXPECT_EQ(cut.target(), "/2/connections/filtered_stream");
    cut.set("endpoint_id", "filtered_stream");
    EXPECT_EQ(cut.target(), "/2/connections/filtered_stream");
}

TEST(OlderDescription, StreamsJapanesePostsWithEveryFieldAndExpansion) {
    constexpr char operation[] = "streamPostsFirehoseJa";
    expect_taken(operation, "tweet.fields", post_fields);
    expect_taken(operation, "expansions", post_expansions);
    expect_taken(operation, "media.fields", media_fields);
    expect_taken(operation, "poll.fields", poll_fields);
    expect_taken(operation, "user.fields", user_fields);
    expect_taken(operation, "place.fields", place_fields);
    for (const char *minutes : {"0", "5"})
        expect_taken(operation, "backfill_minutes", {minutes});
    for (const char *partition : {"1", "2"})
        expect_taken(operation, "partition", {partition});
    for (const char *time : {"start_time", "end_time"})
        expect_taken(operation, time, {"2023-11-07T05:31:56Z"});
}

TEST(OlderDescription, ReadsAConversationWithEveryFieldAndExpansion) {
    constexpr char operation[] = "getDirectMessagesEventsByConversationId";
    expect_taken(operation, "id", {"123123123-456456456"});
    expect_taken(operation, "id", {"1584988213961031680"});
    expect_taken(operation, "max_results", {"1"});
    expect_taken(operation, "max_results", {"100"});
    expect_taken(operation, "pagination_token", {"1234567890123456"});
    expect_taken(operation, "event_types", {"MessageCreate", "ParticipantsJoin", "ParticipantsLeave"});
    expect_taken(operation, "event_types", {"MessageCreate", "ParticipantsLeave"});
    expect_taken(operation, "dm_event.fields", message_fields);
    expect_taken(operation, "expansions", message_expansions);
    expect_taken(operation, "media.fields", media_fields);
    expect_taken(operation, "user.fields", user_fields);
    expect_taken(operation, "tweet.fields", post_fields);
}

TEST(OlderDescription, NamesFieldsThatAreSentUnderTheNameOfTheOperation) {
    Request messages(find_operation("getDirectMessagesEvents"), true);
    messages.set("tweet.fields", "note_tweet,author_id,referenced_tweets,edit_history_tweet_ids");
    messages.set("dm_event.fields", "sender_id,participant_ids,referenced_tweets");
    messages.set("expansions", "referenced_tweets.id,sender_id");
    EXPECT_EQ(messages.target(), "/2/dm_events?dm_event.fields=sender_id,participant_ids,referenced_tweets"
                                 "&expansions=referenced_posts,sender_id"
                                 "&post.fields=note_post,author_id,referenced_tweets,edit_history_tweet_ids");
    Request stream(find_operation("streamPosts"), true);
    stream.set("post.fields", "note_post,referenced_posts,edit_history_post_ids");
    EXPECT_EQ(stream.target(), "/2/tweets/search/stream"
                               "?tweet.fields=note_tweet,referenced_tweets,edit_history_tweet_ids");
}

TEST(OlderDescription, HasItsFieldsTakenByEveryOperationThatGivesPosts) {
    int seen = 0;
    for (const Operation &operation : operations()) {
        const Parameter *fields = operation.find_parameter("tweet.fields");
        if (fields == nullptr || !fields->dropped.empty()) continue;
        ++seen;
        expect_taken(operation.id, "tweet.fields", post_fields);
        expect_taken(operation.id, "user.fields", user_fields);
        if (operation.find_parameter("poll.fields") != nullptr)
            expect_taken(operation.id, "expansions", post_expansions);
    }
    EXPECT_EQ(seen, 45);
}

TEST(OlderDescription, SubscribesToActivityAtTheSamePaths) {
    struct Call {
        const char *operation, *method, *path;
    };
    for (const Call &call :
         {Call{"createActivitySubscription", "POST", "/2/activity/subscriptions"},
          Call{"getActivitySubscriptions", "GET", "/2/activity/subscriptions"},
          Call{"deleteActivitySubscription", "DELETE", "/2/activity/subscriptions/1234567890"},
          Call{"activityStream", "GET", "/2/activity/stream"}}) {
        SCOPED_TRACE(call.operation);
        const Operation &operation = find_operation(call.operation);
        Request request(operation, true);
        if (operation.find_parameter("subscription_id") != nullptr)
            request.set("subscription_id", "1234567890");
        EXPECT_STREQ(operation.method, call.method);
        EXPECT_EQ(request.target(), call.path);
        EXPECT_EQ(operation.security.back().scheme, "bearer");
    }
    EXPECT_TRUE(find_operation("createActivitySubscription").body_required);
}

TEST(OlderDescription, HasItsOperationsFoundByTheirNames) {
    EXPECT_STREQ(find_operation("findTweetById").id, "getPostsById");
    EXPECT_STREQ(find_operation("tweetsRecentSearch").id, "searchPostsRecent");
    EXPECT_STREQ(find_operation("addOrDeleteRules").id, "updateRules");
    EXPECT_STREQ(find_operation("getDmConversationsIdDmEvents").id,
                 "getDirectMessagesEventsByConversationId");
    EXPECT_STREQ(find_operation("createTweet").id, "createPosts");
    EXPECT_EQ(find_operation("getInsights28Hr").dropped, "2.167");
}

} // namespace
} // namespace xtap::api
