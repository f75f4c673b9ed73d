// See connections_list.hpp.
#include "client/connections_list.hpp"

#include "api/failure.hpp"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <utility>

namespace xtap::client {

namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

// As the parameter endpoints of GET /2/connections lists them: neither activityStream nor streamPowerstream.
constexpr std::array<std::pair<std::string_view, std::string_view>, 14> kEndpoints{{
    {"streamLabelsCompliance", "tweet_label_stream"},
    {"streamLikesCompliance", "likes_compliance_stream"},
    {"streamLikesFirehose", "likes_firehose_stream"},
    {"streamLikesSample10", "likes_sample10_stream"},
    {"streamPosts", "filtered_stream"},
    {"streamPostsCompliance", "tweets_compliance_stream"},
    {"streamPostsFirehose", "firehose_stream"},
    {"streamPostsFirehoseEn", "firehose_stream_lang_en"},
    {"streamPostsFirehoseJa", "firehose_stream_lang_ja"},
    {"streamPostsFirehoseKo", "firehose_stream_lang_ko"},
    {"streamPostsFirehosePt", "firehose_stream_lang_pt"},
    {"streamPostsSample", "sample_stream"},
    {"streamPostsSample10", "sample10_stream"},
    {"streamUsersCompliance", "users_compliance_stream"},
}};

// The name that X's own documentation uses beside the one of its description.
constexpr std::string_view kFilteredToo = "filter_stream";

std::string text_of(const object &from, std::string_view key) {
    std::string_view text;
    return from[key].get_string().get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
}

ListedConnection connection_of(const object &entry) {
    ListedConnection connection{.id = text_of(entry, "id"),
                                .endpoint = text_of(entry, "endpoint_name"),
                                .disconnect_reason = text_of(entry, "disconnect_reason")};
    if (connection.endpoint == kFilteredToo) connection.endpoint = "filtered_stream";
    connection.connected_ms = event::parse_time(text_of(entry, "connected_at"));
    return connection;
}

} // namespace

std::string_view endpoint_name(std::string_view operation_id) noexcept {
    const auto *const found =
        std::ranges::find(kEndpoints, operation_id, [](const auto &e) { return e.first; });
    return found == kEndpoints.end() ? std::string_view() : found->second;
}

ConnectionPage parse_connections(std::string_view body) {
    simdjson::dom::parser parser;
    object top;
    if (parser.parse(body.data(), body.size()).get_object().get(top) != simdjson::SUCCESS)
        throw Failure(Status::protocol, "the list of connections is no JSON object");
    ConnectionPage page;
    array data;
    element said;
    if (top["data"].get(said) == simdjson::SUCCESS && said.get_array().get(data) != simdjson::SUCCESS)
        throw Failure(Status::protocol, "the list of connections is none");
    if (top["data"].get_array().get(data) == simdjson::SUCCESS)
        for (const element entry : data) {
            object facts;
            page.connections.push_back(entry.get_object().get(facts) == simdjson::SUCCESS
                                           ? connection_of(facts)
                                           : ListedConnection{});
        }
    object meta;
    if (top["meta"].get_object().get(meta) == simdjson::SUCCESS)
        page.next_token = text_of(meta, "next_token");
    return page;
}

bool says_ended(std::string_view body) {
    simdjson::dom::parser parser;
    object data;
    if (parser.parse(body.data(), body.size())["data"].get_object().get(data) != simdjson::SUCCESS)
        return false;
    bool attempted = false;
    std::int64_t killed = 0;
    if (data["successful_kills"].get_int64().get(killed) == simdjson::SUCCESS) return killed > 0;
    return data["attempted"].get_bool().get(attempted) == simdjson::SUCCESS && attempted;
}

} // namespace xtap::client
