// See operations.hpp.
#include "operations.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace xtap::sim {
namespace {

constexpr std::array<Operation, 16> kOperations{{
    {0, "streamPosts", "/2/tweets/search/stream", Family::filtered_post, "", 0, true},
    {1, "streamPostsSample", "/2/tweets/sample/stream", Family::post, "", 0, false},
    {2, "streamPostsSample10", "/2/tweets/sample10/stream", Family::post, "", 2, true},
    {3, "streamPostsFirehose", "/2/tweets/firehose/stream", Family::post, "", 20, true},
    {4, "streamPostsFirehoseEn", "/2/tweets/firehose/stream/lang/en", Family::post, "en", 8, true},
    {5, "streamPostsFirehoseJa", "/2/tweets/firehose/stream/lang/ja", Family::post, "ja", 2, true},
    {6, "streamPostsFirehoseKo", "/2/tweets/firehose/stream/lang/ko", Family::post, "ko", 2, true},
    {7, "streamPostsFirehosePt", "/2/tweets/firehose/stream/lang/pt", Family::post, "pt", 2, true},
    {8, "streamPostsCompliance", "/2/tweets/compliance/stream", Family::post_compliance, "", 4, true},
    {9, "streamUsersCompliance", "/2/users/compliance/stream", Family::user_compliance, "", 4, true},
    {10, "streamLabelsCompliance", "/2/tweets/label/stream", Family::label, "", 0, true},
    {11, "streamLikesFirehose", "/2/likes/firehose/stream", Family::like, "", 20, true},
    {12, "streamLikesSample10", "/2/likes/sample10/stream", Family::like, "", 2, true},
    {13, "streamLikesCompliance", "/2/likes/compliance/stream", Family::like_compliance, "", 0, true},
    {14, "activityStream", "/2/activity/stream", Family::activity, "", 0, true},
    {15, "streamPowerstream", "/2/powerstream", Family::powerstream, "", 0, true},
}};

constexpr std::array<std::string_view, 16> kEndpoints{"filtered_stream",          "sample_stream",
                                                      "sample10_stream",          "firehose_stream",
                                                      "firehose_stream_lang_en",  "firehose_stream_lang_ja",
                                                      "firehose_stream_lang_ko",  "firehose_stream_lang_pt",
                                                      "tweets_compliance_stream", "users_compliance_stream",
                                                      "tweet_label_stream",       "likes_firehose_stream",
                                                      "likes_sample10_stream",    "likes_compliance_stream",
                                                      "activity_stream",          "powerstream"};

std::vector<std::string_view> parameters(const Operation &operation) {
    std::vector<std::string_view> names{backfill_name(operation)};
    if (operation.partitions > 0) names.push_back("partition");
    if (operation.recovery) names.insert(names.end(), {start_name(operation), end_name(operation)});
    switch (operation.family) {
    case Family::post:
    case Family::filtered_post:
        names.insert(names.end(), {"tweet.fields", "post.fields", "expansions", "media.fields", "poll.fields",
                                   "user.fields", "place.fields"});
        break;
    case Family::like:
        names.insert(names.end(), {"like_with_tweet_author.fields", "expansions", "media.fields",
                                   "user.fields", "tweet.fields", "post.fields"});
        break;
    case Family::powerstream:
        names.push_back("localDcOnly");
        break;
    default:
        break;
    }
    return names;
}

} // namespace

std::span<const Operation> operations() { return kOperations; }

const Operation *operation_by_path(std::string_view path) {
    const auto at = std::ranges::find(kOperations, path, &Operation::path);
    return at == kOperations.end() ? nullptr : &*at;
}

const Operation *operation_by_name(std::string_view name) {
    const auto at = std::ranges::find(kOperations, name, &Operation::id);
    return at == kOperations.end() ? operation_by_path(name) : &*at;
}

std::string_view endpoint_name(const Operation &operation) { return kEndpoints[operation.index]; }

const Operation *operation_by_endpoint(std::string_view name) {
    if (name == "filter_stream") name = "filtered_stream";
    const auto at = std::ranges::find(kEndpoints, name);
    return at == kEndpoints.end() ? nullptr : &kOperations[static_cast<std::size_t>(at - kEndpoints.begin())];
}

bool takes_parameter(const Operation &operation, std::string_view name) {
    return std::ranges::count(parameters(operation), name) > 0;
}

std::string parameter_names(const Operation &operation) {
    std::string text;
    for (const auto name : parameters(operation))
        text.append(text.empty() ? "" : ", ").append(name);
    return text;
}

std::string_view backfill_name(const Operation &operation) {
    return operation.family == Family::powerstream ? "backfillMinutes" : "backfill_minutes";
}

std::string_view start_name(const Operation &operation) {
    return operation.family == Family::powerstream ? "startTime" : "start_time";
}

std::string_view end_name(const Operation &operation) {
    return operation.family == Family::powerstream ? "endTime" : "end_time";
}

} // namespace xtap::sim
