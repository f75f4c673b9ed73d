// Which entry of X's lists is our dead connection: exactly one, or none.
#include "client/ghost_search.hpp"

#include "stream/event/event_time.hpp"

#include <gtest/gtest.h>

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

} // namespace
} // namespace xtap::client
