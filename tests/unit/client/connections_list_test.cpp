// What X's lists of connections say, in every shape.
#include "client/connections_list.hpp"

#include "api/failure.hpp"
#include "api/operation.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace xtap::client {
namespace {

constexpr std::int64_t kListed = 1'772'323'200'000; // 2026-03-01T00:00:00Z

TEST(Ghosts, AreReadFromWhatXLists) {
    const ConnectionPage page = parse_connections(
        R"({"data":[{"id":"1","endpoint_name":"filter_stream","connected_at":"2026-03-01T00:00:00.000Z",)"
        R"("disconnected_at":"2026-03-01T00:05:00.000Z","disconnect_reason":"slow_consumer","client_ip":"::1"},)"
        R"({"id":7,"connected_at":"never"},17],"meta":{"result_count":3,"next_token":"n"}})");
    ASSERT_EQ(page.connections.size(), 3u);
    EXPECT_EQ(page.connections[0].id, "1");
    EXPECT_EQ(page.connections[0].endpoint, "filtered_stream");
    EXPECT_EQ(page.connections[0].disconnect_reason, "slow_consumer");
    EXPECT_EQ(page.connections[0].connected_ms, kListed);
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
