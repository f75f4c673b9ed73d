// `xtap describe` and `xtap operations` as text, from JSON as the library gives it.
#include "cli/base/json_array.hpp"
#include "cli/base/operation_json.hpp"
#include "cli/describe/describe_command.hpp"
#include "cli/operations/operations_command.hpp"
#include "json/value.hpp"

#include <gtest/gtest.h>
#include <sstream>
#include <xtap/xtap.h>

namespace xtap::cli {
namespace {

constexpr char kFirehose[] =
    R"({"id":"streamPostsFirehoseJa","aliases":[],"summary":"Every public post in Japanese",
"method":"GET","path":"/2/tweets/firehose/stream/lang/ja","streaming":true,"event_kind":"post","connect_budget":50,
"partitions":2,"recovers":true,"security":[{"scheme":"bearer","scopes":[]},{"scheme":"oauth2","scopes":["tweet.read","users.read"]}],
"parameters":[
{"name":"partition","aliases":[],"in":"query","type":"integer","required":true,"minimum":1,"maximum":2},
{"name":"start_time","aliases":[],"in":"query","type":"date-time","required":false},
{"name":"order","aliases":[],"in":"query","type":"text","required":false,"values":["up","down"],"default":"up"},
{"name":"max","aliases":[],"in":"query","type":"integer","required":false,"minimum":5},
{"name":"tweet.fields","aliases":["post.fields"],"in":"query","type":"list","required":false,"dropped":"2.167",
 "values":["article","attachments","author_id","card_uri","community_id","context_annotations","conversation_id","created_at"]}]})";

TEST(Describe, ShowsCallCredentialsAndParametersWithWhatEachAllows) {
    EXPECT_EQ(described(kFirehose), R"(streamPostsFirehoseJa
Every public post in Japanese

  call         GET /2/tweets/firehose/stream/lang/ja
  credentials  bearer or oauth2 with tweet.read, users.read
  events       post
  partitions   2
  connects     at most 50 in 15 minutes

Parameters, as name=value
  partition     required, integer, 1 to 2
  start_time    date and time, as in 2026-07-20T12:00:00Z
  order         text, default up, one of: up, down
  max           integer, 5 or more
  tweet.fields  list (also written post.fields) of: article, attachments, author_id, card_uri,
                community_id, context_annotations, conversation_id, created_at; gone from X's own
                description since version 2.167

Example
  xtap stream streamPostsFirehoseJa partition=1
)");
}

TEST(Describe, StaysWithinAHundredColumns) {
    auto operation = Json::parse(kFirehose);
    for (int copy = 0; copy < 200; ++copy)
        operation["parameters"][4]["values"].push_back("another_field_" + std::to_string(copy));
    std::istringstream lines(described(operation.dump()));
    for (std::string line; std::getline(lines, line);)
        EXPECT_LE(line.size(), 100u) << line;
}

TEST(Describe, SaysSoWhenThereAreNoParametersAndPassesOnWhatIsNoObject) {
    EXPECT_NE(described(R"({"id":"x","parameters":[]})").find("No parameters."), std::string::npos);
    EXPECT_EQ(described("[1]"), "[1]\n");
}

TEST(Operations, AreATableInColumns) {
    EXPECT_EQ(operations_table({R"({"id":"streamA","method":"GET","path":"/2/a","summary":"All a"})",
                                R"({"id":"streamLonger","method":"GET","path":"/2/longer","summary":""})"}),
              "streamA       GET /2/a       All a\n"
              "streamLonger  GET /2/longer\n");
}

TEST(Operations, AreOneJsonArray) {
    const auto array = Json::parse(json_array({kFirehose, R"({"id":"b"})"}));
    ASSERT_EQ(array.size(), 2u);
    EXPECT_EQ(array[1]["id"], "b");
    EXPECT_EQ(Json::parse(json_array({})), Json::array());
}

TEST(Operations, ThatTheTableHoldsAreAllDescribed) {
    ASSERT_GT(xtap_operation_count(), 0u);
    for (std::size_t index = 0; index < xtap_operation_count(); ++index) {
        const std::string json = operation_json(xtap_operation_id(index));
        const auto facts = Json::parse(json);
        EXPECT_EQ(facts["id"], xtap_operation_id(index));
        if (!facts["streaming"].get<bool>()) continue;
        EXPECT_NE(described(json).find("Example\n  xtap stream "), std::string::npos) << json;
    }
}

} // namespace
} // namespace xtap::cli
