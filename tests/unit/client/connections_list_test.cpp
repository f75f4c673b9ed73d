// Which entry of X's lists is our dead connection: exactly one, or none.
#include "client/connections_list.hpp"

#include "api/failure.hpp"
#include "api/operation.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace xtap::client {
namespace {

constexpr std::string_view kEndpoint = "firehose_stream_lang_ja";
constexpr std::int64_t kConnected = 1'772'323'200'000; // 2026-03-01T00:00:00Z

ListedConnection entry(std::string id, std::int64_t connected_ms, std::string_view endpoint = kEndpoint) {
    return {.id = std::move(id),
            .endpoint = std::string(endpoint),
            .disconnect_reason = {},
            .connected_ms = connected_ms};
}

GhostSearch search(std::vector<ListedConnection> connections, std::vector<std::int64_t> alive_ms = {}) {
    GhostSearch search({.endpoint = kEndpoint, .connected_ms = kConnected, .alive_ms = std::move(alive_ms)});
    search.look({.connections = std::move(connections), .next_token = {}});
    return search;
}

std::string found_in(const GhostSearch &search) {
    return search.found() == nullptr ? search.ambiguous() ? "(ambiguous)" : "(none)" : search.found()->id;
}

TEST(Ghosts, AreTheOneEntryOfOurEndpointAndConnectTime) {
    for (const std::int64_t apart : {-2000, -1, 0, 1, 2000})
        EXPECT_EQ(found_in(search({entry("other", kConnected - 60'000), entry("ours", kConnected + apart)})),
                  "ours")
            << apart;
}

TEST(Ghosts, AreNotEntriesOfAnotherTimeOrEndpoint) {
    for (const std::int64_t apart : {-2001, 2001, 3'600'000})
        EXPECT_EQ(found_in(search({entry("other", kConnected + apart)})), "(none)") << apart;
    EXPECT_EQ(found_in(search({entry("other", kConnected, "firehose_stream_lang_ko")})), "(none)");
    EXPECT_EQ(found_in(search({entry("other", kConnected, "")})), "(none)");
    EXPECT_EQ(found_in(search({entry("other", event::kTimeUnknown)})), "(none)");
    EXPECT_EQ(found_in(search({})), "(none)");
}

TEST(Ghosts, ThatMayBeEitherOfTwoAreNone) {
    EXPECT_EQ(found_in(search({entry("a", kConnected), entry("b", kConnected + 1)})), "(ambiguous)");
    GhostSearch pages = search({entry("a", kConnected)});
    pages.look({.connections = {entry("b", kConnected)}, .next_token = {}});
    EXPECT_EQ(found_in(pages), "(ambiguous)") << "on pages of their own too";
}

// X's lists do not name partitions: legs that were opened together look the same.
TEST(Ghosts, ThatMayBeAConnectionWeStillReadAreNone) {
    EXPECT_EQ(found_in(search({entry("a", kConnected + 500)}, {kConnected + 1000})), "(ambiguous)");
    EXPECT_EQ(found_in(search({entry("a", kConnected - 1500)}, {kConnected + 1000})), "a");
    EXPECT_EQ(found_in(search({entry("a", kConnected)}, {kConnected - 600'000, kConnected + 600'000})), "a");
}

TEST(Ghosts, OfAnUnknownConnectTimeAreNone) {
    GhostSearch search({.endpoint = kEndpoint, .connected_ms = event::kTimeUnknown, .alive_ms = {}});
    search.look({.connections = {entry("a", event::kTimeUnknown), entry("b", kConnected)}, .next_token = {}});
    EXPECT_EQ(found_in(search), "(none)");
}

TEST(Ghosts, AreReadFromWhatXLists) {
    const ConnectionPage page = parse_connections(
        R"({"data":[{"id":"1","endpoint_name":"filter_stream","connected_at":"2026-03-01T00:00:00.000Z",)"
        R"("disconnected_at":"2026-03-01T00:05:00.000Z","disconnect_reason":"slow_consumer","client_ip":"::1"},)"
        R"({"id":7,"connected_at":"never"},17],"meta":{"result_count":3,"next_token":"n"}})");
    ASSERT_EQ(page.connections.size(), 3u);
    EXPECT_EQ(page.connections[0].id, "1");
    EXPECT_EQ(page.connections[0].endpoint, "filtered_stream");
    EXPECT_EQ(page.connections[0].disconnect_reason, "slow_consumer");
    EXPECT_EQ(page.connections[0].connected_ms, kConnected);
    EXPECT_EQ(page.connections[1].id, "");
    EXPECT_EQ(page.connections[1].connected_ms, event::kTimeUnknown);
    EXPECT_EQ(page.next_token, "n");
    EXPECT_TRUE(parse_connections(R"({"meta":{"result_count":0}})").connections.empty());
}

TEST(Ghosts, AreNotReadFromAnythingElse) {
    for (const char *body : {"", "[]", "<html>", R"({"data":{"id":"1"}})", R"({"data":[)"})
        EXPECT_THROW(parse_connections(body), Failure) << body;
}

TEST(Ghosts, AreEndedWhenXSaysSoInEitherShape) {
    for (const char *body :
         {R"({"data":{"successful_kills":1,"failed_kills":0,"results":[{"uuid":"1","success":true}]}})",
          R"({"data":{"attempted":true}})"})
        EXPECT_TRUE(says_ended(body)) << body;
    for (const char *body :
         {R"({"data":{"successful_kills":0,"failed_kills":1}})", R"({"data":{"attempted":false}})",
          R"({"data":{}})", R"({"errors":[]})", "", "[]"})
        EXPECT_FALSE(says_ended(body)) << body;
}

TEST(Ghosts, HaveAnEndpointForEveryStreamThatXLists) {
    const api::Parameter *listed =
        api::find_operation("deleteConnectionsByEndpoint").find_parameter("endpoint_id");
    ASSERT_NE(listed, nullptr);
    std::size_t named = 0;
    for (const api::Operation &operation : api::operations()) {
        const std::string_view name = endpoint_name(operation.id);
        if (name.empty()) continue;
        EXPECT_TRUE(operation.streaming) << operation.id;
        EXPECT_EQ(std::ranges::count(listed->values, name), 1) << name;
        ++named;
    }
    EXPECT_EQ(named, listed->values.size());
    EXPECT_EQ(endpoint_name("activityStream"), "");
    EXPECT_EQ(endpoint_name("streamPostsFirehoseJa"), "firehose_stream_lang_ja");
}

} // namespace
} // namespace xtap::client
