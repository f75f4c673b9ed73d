// A stream whose lost connection still counts at the server, and one that asks why its connection ended.
#include "scripted_server.hpp"
#include "world.hpp"

#include <algorithm>
#include <ctime>

namespace xtap::test {
namespace {

class StreamGhosts : public testing::TestWithParam<Mode> {
protected:
    sim::SimulatorProcess simulator_{{"--connection-limit", "1", "--ghost-ms", "60000", "--rate", "200"}};
};

bool asked(const Json &requests, const char *method) {
    return std::any_of(requests.begin(), requests.end(), [&](const Json &request) {
        return request["method"] == method && request["path"] == "/2/connections";
    });
}

std::string utc(std::time_t at, const char *format) {
    char text[64];
    std::tm parts{};
    return {text, std::strftime(text, sizeof text, format, gmtime_r(&at, &parts))};
}

TEST_P(StreamGhosts, AreEndedAtTheServerAndTheStreamGoesOn) {
    Tap tap(simulator_.url(), GetParam(),
            {{"reclaim_connections", "on"},
             {"backoff_http_start_ms", "60000"},
             {"backoff_http_max_ms", "60000"}});
    ASSERT_EQ(listen(tap, events(5)).status, XTAP_OK);
    simulator_.fault({{"kind", "reset"}, {"now", true}});
    const Told told = listen(tap, in_any_order(notices(XTAP_NOTICE_CONNECTED), events(6)));
    EXPECT_EQ(told.status, XTAP_OK) << told.error.text();
    const std::vector<Seen> attempts = told.notices(XTAP_NOTICE_CONNECTING);
    ASSERT_EQ(attempts.size(), 2u) << told.course();
    EXPECT_FALSE(attempts[0].facts().contains("reclaimed"));
    EXPECT_FALSE(attempts[1].facts()["reclaimed"].get<std::string>().empty());
    EXPECT_TRUE(asked(simulator_.control("GET", "/requests")["list"], "DELETE"));
}

TEST_P(StreamGhosts, AreLeftAloneWithoutTheOption) {
    Tap tap(simulator_.url(), GetParam());
    ASSERT_EQ(listen(tap, events(5)).status, XTAP_OK);
    simulator_.fault({{"kind", "reset"}, {"now", true}});
    const Told told = listen(tap, notices(XTAP_NOTICE_BACKING_OFF, 2));
    EXPECT_NE(told.course().find("connection_limit"), std::string::npos) << told.course();
    EXPECT_FALSE(asked(simulator_.control("GET", "/requests")["list"], "GET"));
}

TEST_P(StreamGhosts, OfADisconnectionSayWhyItEnded) {
    Tap tap(simulator_.url(), GetParam(), {{"explain_disconnects", "on"}});
    ASSERT_EQ(listen(tap, events(5)).status, XTAP_OK);
    simulator_.close_all();
    const Told told = listen(tap, notices(XTAP_NOTICE_CONNECTED));
    EXPECT_EQ(told.status, XTAP_OK) << told.error.text();
    const std::vector<Seen> ends = told.notices(XTAP_NOTICE_DISCONNECTED);
    ASSERT_FALSE(ends.empty());
    EXPECT_EQ(ends[0].facts()["disconnect_reason"], "server_disconnect");
}

TEST_P(StreamGhosts, AreForgottenWhenTheStreamIsFinishedOrClosedMeanwhile) {
    for (const bool finish : {true, false}) {
        Tap tap(simulator_.url(), GetParam(), {{"explain_disconnects", "on"}});
        ASSERT_EQ(listen(tap, events(1)).status, XTAP_OK);
        simulator_.fault({{"kind", "no_response"}, {"path", "/2/connections"}});
        simulator_.close_all();
        simulator_.control("GET", "/requests?after=0&min=2&timeout_ms=2000");
        if (finish) {
            EXPECT_EQ(xtap_stream_finish(tap.stream()), XTAP_OK);
            EXPECT_EQ(listen(tap, until_over()).status, XTAP_END);
        }
        simulator_.clear_faults();
    }
}

// Two connections may be the lost one: by the server's clock it is the first, by a wrong one of ours the
// other, which is another process's.
TEST_P(StreamGhosts, AreToldByTheServersClockWhateverOursSays) {
    const std::time_t ours = std::time(nullptr), theirs = ours - 30 * 60;
    const auto entry = [](const std::string &id, std::time_t at) {
        return R"({"id":")" + id + R"(","endpoint_name":"firehose_stream_lang_ja","connected_at":")" +
               utc(at, "%Y-%m-%dT%H:%M:%S.000Z") + R"("})";
    };
    ScriptedServer server;
    server.answer("/2/tweets/firehose/stream/lang/ja",
                  {{.close = true,
                    .raw = "HTTP/1.1 200 OK\r\nDate: " + utc(theirs, "%a, %d %b %Y %H:%M:%S GMT") +
                           "\r\nConnection: close\r\n\r\n"},
                   {.status = 429,
                    .body = R"({"title":"ConnectionException","connection_issue":"TooManyConnections",)"
                            R"("type":"https://api.twitter.com/2/problems/streaming-connection"})"},
                   {.held = true}});
    server.answer("/2/connections",
                  {{.body = R"({"data":[)" + entry("1", theirs) + "," + entry("2", ours) + R"(],"meta":{}})"},
                   {.body = R"({"data":{"successful_kills":1}})"}});
    // Only a connection that was ended brings the next one soon.
    Tap tap(server.url(), GetParam(),
            {{"reclaim_connections", "on"},
             {"backoff_http_start_ms", "60000"},
             {"backoff_http_max_ms", "60000"}});
    ASSERT_EQ(listen(tap, notices(XTAP_NOTICE_CONNECTING, 3)).status, XTAP_OK);
    std::string ended;
    for (const HttpRequest &request : server.asked("/2/connections"))
        if (request.method() == "DELETE") ended += request.body;
    EXPECT_EQ(ended, R"({"uuids":["1"]})");
}

INSTANTIATE_TEST_SUITE_P(, StreamGhosts, testing::ValuesIn(kEveryMode), mode_name);

} // namespace
} // namespace xtap::test
