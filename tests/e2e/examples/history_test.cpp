// connection_history: the table of streaming connections.
#include "examples/programs.hpp"
#include "scripted_server.hpp"

#include <gtest/gtest.h>
#include <regex>

namespace xtap::e2e {
namespace {

const std::string kTime = R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)";

bool fits(const std::string &line, const std::string &pattern) {
    return std::regex_match(line, std::regex(pattern));
}

TEST(ConnectionHistory, ListsOpenAndEndedConnectionsWithTheReasonForTheEnd) {
    sim::SimulatorProcess simulator({"--base-time", "2026-07-20T12:00:00Z", "--rate", "100"});
    ASSERT_EQ(run(example("firehose_ja", {"2", "2026-07-20T12:00:00Z", "2026-07-20T12:00:01Z"},
                          simulator.url(), kApp))
                  .exit_status,
              0);
    Process open(example("firehose_ja", {"1"}, simulator.url(), kApp));
    ASSERT_TRUE(simulator.state_when("min_open=1")["reached"].get<bool>());
    const Ended all = run(example("connection_history", {}, simulator.url(), kApp));
    EXPECT_EQ(all.exit_status, 0) << all.err;
    const std::vector<std::string> lines = lines_of(all.out);
    ASSERT_EQ(lines.size(), 3u) << all.out;
    EXPECT_TRUE(fits(lines[0], kTime + "  - {23}  firehose_stream_lang_ja     127\\.0\\.0\\.1        -"))
        << lines[0];
    EXPECT_TRUE(fits(lines[1], kTime + "  " + kTime +
                                   "  firehose_stream_lang_ja     127\\.0\\.0\\.1        stream_complete"))
        << lines[1];
    EXPECT_EQ(lines[2], "2 connections");
    const Ended others = run(example("connection_history", {"sample_stream"}, simulator.url(), kApp));
    EXPECT_EQ(others.exit_status, 0);
    EXPECT_EQ(others.out, "0 connections\n");
}

TEST(ConnectionHistory, FollowsThePagesToTheLast) {
    test::ScriptedServer server;
    server.answer(
        "/2/connections",
        {{.body = R"( {"data":[{"connected_at":"2026-01-02T03:04:05Z","endpoint_name":"sample_stream",)"
                  R"("client_ip":"192.0.2.1"},{"endpoint_name":"firehose_stream"}],)"
                  R"("errors":[{"title":"Odd","detail":"a } in a \"text\"","status":500}],)"
                  R"("meta":{"next_token":"second page","result_count":2}})"},
         {.body = R"({"meta":{"result_count":1},"data":[{"disconnect_reason":"operator_disconnect",)"
                  R"("disconnected_at":"2026-01-02T04:05:06Z"}]})"}});
    const Ended ended = run(example("connection_history", {"sample_stream"}, server.url(), kApp));
    EXPECT_EQ(ended.exit_status, 0) << ended.err;
    EXPECT_EQ(ended.err, "");
    const std::string nothing = "-" + std::string(25, ' ');
    EXPECT_EQ(ended.out, "2026-01-02T03:04:05Z      " + nothing +
                             "sample_stream               192.0.2.1        -\n" + nothing + nothing +
                             "firehose_stream             -                -\n" + nothing +
                             "2026-01-02T04:05:06Z      -                           -" +
                             std::string(16, ' ') + "operator_disconnect\n3 connections\n");
    const auto asked = server.asked();
    ASSERT_EQ(asked.size(), 2u);
    EXPECT_EQ(asked[0].line,
              "GET /2/connections?status=all&endpoints=sample_stream&max_results=100 HTTP/1.1");
    EXPECT_EQ(asked[1].line, "GET /2/connections?status=all&endpoints=sample_stream&max_results=100"
                             "&pagination_token=second%20page HTTP/1.1");
    EXPECT_EQ(asked[0].header("authorization"), "Bearer app-token");
}

TEST(ConnectionHistory, HasNoRowsWhenTheAnswerIsNoJson) {
    for (const char *body : {"", "{", "[", "{\"data\"", "{\"data\":[", "{\"data\":[{\"x\":\"\\",
                             "<html></html>", "{\"data\":}", "{,}", "]"}) {
        test::ScriptedServer server;
        server.answer("/2/connections", {{.body = body}});
        const Ended ended = run(example("connection_history", {}, server.url(), kApp));
        EXPECT_EQ(ended.signal, 0) << body;
        EXPECT_EQ(ended.exit_status, 1) << body << ended.out << ended.err;
        EXPECT_NE(ended.err.find("XTAP_E_PROTOCOL"), std::string::npos) << body << ended.err;
    }
}

} // namespace
} // namespace xtap::e2e
