// What the server says about connections, in both of its shapes.
#include "cli/connections/connections_answer.hpp"

#include <gtest/gtest.h>

namespace xtap::cli {
namespace {

TEST(ConnectionsTable, ShowsWhatIsKnownAndADashForTheRest) {
    EXPECT_EQ(connections_table(
                  {R"({"id":"a-1","endpoint_name":"filtered_stream","connected_at":"2026-07-20T12:00:00Z",
"client_ip":"192.0.2.1"})",
                   R"({"id":"b","disconnect_reason":"slow\u001b[2Jreader"})", "no json"}),
              "ID   ENDPOINT         CONNECTED             DISCONNECTED  REASON          IP\n"
              "a-1  filtered_stream  2026-07-20T12:00:00Z  -             -               192.0.2.1\n"
              "b    -                -                     -             slow?[2Jreader  -\n");
}

TEST(Kills, AreCountedWithTheFirstThatFailed) {
    const auto kills = kills_in(
        R"({"data":{"successful_kills":1,"failed_kills":1,"results":[{"uuid":"a","success":true},
{"uuid":"b","success":false,"error_message":"not found"},{"uuid":"c","success":false}]}})");
    ASSERT_TRUE(kills);
    EXPECT_EQ(kills->successful, 1);
    EXPECT_EQ(kills->failed, 1);
    EXPECT_EQ(kills->first_failure, "b: not found");
}

TEST(Kills, MayOnlyBeSaidToBeAttempted) {
    const auto kills = kills_in(R"({"data":{"attempted":true}})");
    ASSERT_TRUE(kills);
    EXPECT_FALSE(kills->successful);
    EXPECT_EQ(kills->failed, 0);
}

TEST(Kills, AreNotGuessedFromAnotherShape) {
    for (const char *other :
         {"", "{}", "[]", R"({"data":[]})", R"({"data":{}})", R"({"data":{"attempted":false}})"})
        EXPECT_FALSE(kills_in(other)) << other;
}

} // namespace
} // namespace xtap::cli
