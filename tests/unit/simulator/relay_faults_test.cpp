// Every fault as a client sees it on the wire.
#include "process.hpp"
#include "raw_client.hpp"

#include <gtest/gtest.h>

namespace xtap::sim {
namespace {

// One simulator for all: faults are queued right before the connection that meets them.
class Fault : public testing::Test {
protected:
    static void SetUpTestSuite() { sim_ = new SimulatorProcess({"--count", "20", "--keep-alive-ms", "5"}); }
    static void TearDownTestSuite() {
        delete sim_;
        sim_ = nullptr;
    }
    void TearDown() override { sim_->clear_faults(); }

    // Meets the fault and reads to the end of the connection.
    static std::unique_ptr<RawClient> meet(const Json &fault, const std::string &headers = "") {
        sim_->fault(fault);
        auto client = std::make_unique<RawClient>(sim_->port());
        client->get(kJa, headers);
        client->read_to_end();
        return client;
    }
    static std::string how_it_ended() {
        return sim_->state_when("max_open=0")["list"].back()["ended"].text();
    }
    static long lines(const std::string &text) { return std::count(text.begin(), text.end(), '\n'); }

    static SimulatorProcess *sim_;
};
SimulatorProcess *Fault::sim_ = nullptr;

TEST_F(Fault, CloseEndsTheBodyProperlyAfterTheEventsAskedFor) {
    const auto client = meet({{"kind", "close"}, {"after_events", 7}});
    bool ended = false;
    EXPECT_EQ(lines(dechunked(client->wire_body(), &ended)), 7);
    EXPECT_TRUE(ended);
    EXPECT_EQ(how_it_ended(), "fault: close");
}

TEST_F(Fault, EofLeavesTheBodyWithoutItsLastChunkAtTheVeryByte) {
    const auto client = meet({{"kind", "eof"}, {"after_bytes", 3001}});
    EXPECT_EQ(client->wire_body().size(), 3001u);
    EXPECT_FALSE(client->was_reset());
    EXPECT_EQ(how_it_ended(), "fault: eof");
}

TEST_F(Fault, ResetIsSeenAsAResetAfterEverythingBefore) {
    const auto client = meet({{"kind", "reset"}, {"after_bytes", 3001}});
    EXPECT_EQ(client->wire_body().size(), 3001u);
    EXPECT_TRUE(client->was_reset());
}

TEST_F(Fault, TlsCutWithoutTlsIsAnEndOfFile) {
    const auto client = meet({{"kind", "tls_cut"}, {"after_events", 1}});
    EXPECT_EQ(lines(dechunked(client->wire_body())), 1);
    EXPECT_FALSE(client->was_reset());
}

TEST_F(Fault, HalfChunkPromisesMoreThanItSends) {
    const auto client = meet({{"kind", "half_chunk"}, {"after_events", 2}});
    const std::string text = dechunked(client->wire_body());
    EXPECT_EQ(lines(text), 2);
    EXPECT_FALSE(text.ends_with("\n"));
}

TEST_F(Fault, BadChunkSendsASizeThatIsNone) {
    EXPECT_NE(meet({{"kind", "bad_chunk"}, {"after_events", 2}})->wire_body().find("not-a-size\r\n"),
              std::string::npos);
}

TEST_F(Fault, SplitCharactersCutsInsideCharactersAndEscapesAndLosesNothing) {
    const std::string whole = dechunked(meet(Json::array())->wire_body());
    const std::string wire = meet({{"kind", "split_characters"}})->wire_body();
    bool ended = false;
    const std::string text = dechunked(wire, &ended);
    EXPECT_EQ(text.size(), whole.size());
    EXPECT_TRUE(ended);
    EXPECT_GT(lines(wire), 500);
}

TEST_F(Fault, GarbageLineOfEveryVariantStandsBetweenEvents) {
    for (const char *variant : {"binary", "unclosed_string", "unclosed_object", "invalid_utf8", "text"}) {
        const auto client = meet({{"kind", "garbage_line"}, {"variant", variant}, {"after_events", 3}});
        const std::string text = dechunked(client->wire_body());
        EXPECT_EQ(lines(text), 21) << variant;
        std::size_t at = 0;
        for (int i = 0; i < 3; ++i)
            at = text.find('\n', at) + 1;
        EXPECT_FALSE(Json::accept(text.substr(at, text.find('\n', at) - at))) << variant;
    }
}

TEST_F(Fault, GarbageLineMayBeGivenWordForWord) {
    const auto client = meet({{"kind", "garbage_line"}, {"line", "{\"mine\":1}"}});
    EXPECT_TRUE(dechunked(client->wire_body()).starts_with("{\"mine\":1}\r\n"));
}

TEST_F(Fault, OversizedLineHasTheSizeAskedFor) {
    const auto client = meet({{"kind", "oversized_line"}, {"size", 300'000}});
    const std::string text = dechunked(client->wire_body());
    EXPECT_EQ(text.find("\r\n"), 300'000u);
    EXPECT_EQ(lines(text), 21);
}

TEST_F(Fault, OperationalDisconnectSaysWhyInAnErrorsMessageAndEnds) {
    const auto client =
        meet({{"kind", "operational_disconnect"}, {"disconnect_type", "SlowReader"}, {"after_events", 4}});
    bool ended = false;
    const std::string text = dechunked(client->wire_body(), &ended);
    EXPECT_TRUE(ended);
    EXPECT_EQ(lines(text), 5);
    const std::string last = text.substr(text.rfind('\n', text.size() - 2) + 1);
    EXPECT_EQ(Json::parse(last)["errors"][0]["disconnect_type"], "SlowReader");
}

TEST_F(Fault, StallSendsNothingMoreNotEvenKeepAlivesUntilItIsOver) {
    const auto client = meet({{"kind", "stall"}, {"after_events", 2}, {"for_ms", 30}});
    bool ended = false;
    EXPECT_EQ(lines(dechunked(client->wire_body(), &ended)), 20);
    EXPECT_TRUE(ended);
}

TEST_F(Fault, StalledStreamsCanBeResetFromOutside) {
    sim_->fault({{"kind", "stall"}, {"after_events", 2}});
    RawClient client(sim_->port());
    client.get(kJa);
    EXPECT_TRUE(client.read_until("No. 2"));
    sim_->fault({{"kind", "reset"}, {"now", true}});
    client.read_to_end();
    EXPECT_TRUE(client.was_reset());
}

TEST_F(Fault, KeepAliveOnlyStopsEventsAndNotTheConnection) {
    sim_->fault({{"kind", "keep_alive_only"}, {"after_events", 2}});
    RawClient client(sim_->port());
    client.get(kJa);
    EXPECT_TRUE(client.read_until("2\r\n\r\n\r\n2\r\n\r\n\r\n"));
    EXPECT_EQ(client.received().find("No. 3"), std::string::npos);
    sim_->close_all();
    client.read_to_end();
}

TEST_F(Fault, SlowDripSendsPieceByPiece) {
    sim_->fault({{"kind", "slow_drip"}, {"bytes", 40}, {"interval_ms", 1}});
    RawClient client(sim_->port());
    client.get(kJa);
    client.read_to_end();
    EXPECT_EQ(lines(dechunked(client.wire_body())), 20);
}

TEST_F(Fault, DuplicateEventRepeatsTheLastOne) {
    const std::string text =
        dechunked(meet({{"kind", "duplicate_event"}, {"copies", 2}, {"after_events", 1}})->wire_body());
    const std::string first = text.substr(0, text.find('\n') + 1);
    EXPECT_TRUE(text.starts_with(first + first + first));
    EXPECT_EQ(lines(text), 22);
}

TEST_F(Fault, OfTheAnswerComeWithTheirStatus) {
    const std::pair<Json, const char *> cases[] = {
        {{{"kind", "http_400"}}, "400"},
        {{{"kind", "http_401"}}, "401"},
        {{{"kind", "http_403"}}, "403"},
        {{{"kind", "http_404"}}, "404"},
        {{{"kind", "http_409"}}, "409"},
        {{{"kind", "http_429"}}, "429"},
        {{{"kind", "http_500"}}, "500"},
        {{{"kind", "http_503"}}, "503"},
        {{{"kind", "http_status"}, {"status", 504}}, "504"},
        {{{"kind", "html_error"}}, "502"},
        {{{"kind", "redirect"}}, "302"},
        {{{"kind", "rate_limit"}}, "429"},
        {{{"kind", "too_many_connections"}}, "429"},
        {{{"kind", "connection_issue"}, {"connection_issue", "RulesInvalidIssue"}}, "409"}};
    for (const auto &[fault, status] : cases) {
        const auto client = meet(fault);
        EXPECT_EQ(client->head().substr(9, 3), status) << fault;
        EXPECT_NE(client->head().find("x-rate-limit-limit"), std::string::npos);
    }
}

TEST_F(Fault, TooManyConnectionsNamesItsConnectionIssue) {
    const Json problem = Json::parse(meet({{"kind", "too_many_connections"}})->wire_body());
    EXPECT_EQ(problem["connection_issue"], "TooManyConnections");
    EXPECT_EQ(problem["title"], "ConnectionException");
    EXPECT_EQ(problem["type"], "https://api.twitter.com/2/problems/streaming-connection");
}

TEST_F(Fault, RateLimitSaysWhenItEnds) {
    const auto client = meet({{"kind", "rate_limit"}, {"seconds", 77}});
    EXPECT_NE(client->head().find("x-rate-limit-remaining: 0\r\n"), std::string::npos);
    const std::string name = "x-rate-limit-reset: ";
    const long reset = std::stol(client->head().substr(client->head().find(name) + name.size()));
    EXPECT_NEAR(static_cast<double>(reset), static_cast<double>(time(nullptr) + 77), 30);
}

TEST_F(Fault, SlowHeadersStillBringTheStream) {
    const auto client = meet({{"kind", "slow_headers"}, {"bytes", 10}, {"interval_ms", 1}});
    EXPECT_EQ(lines(dechunked(client->wire_body())), 20);
}

TEST_F(Fault, NoResponseIsSilenceUntilTheTimeIsOver) {
    EXPECT_EQ(meet({{"kind", "no_response"}, {"for_ms", 10}})->received(), "");
}

TEST_F(Fault, GarbageResponseIsNoHttp) {
    const auto client = meet({{"kind", "garbage_response"}, {"size", 100}});
    EXPECT_EQ(client->received().size(), 100u);
    EXPECT_FALSE(client->received().starts_with("HTTP"));
}

TEST_F(Fault, RefuseClosesRightAfterAccept) {
    EXPECT_EQ(meet({{"kind", "refuse"}})->received(), "");
    EXPECT_EQ(how_it_ended(), "fault: refuse");
}

TEST_F(Fault, GzipBombIsSmallOnTheWire) {
    const auto client = meet({{"kind", "gzip_bomb"}, {"size", 50'000'000}});
    EXPECT_NE(client->head().find("content-encoding: gzip"), std::string::npos);
    EXPECT_LT(client->wire_body().size(), 200'000u);
}

TEST_F(Fault, GzipCorruptBreaksTheGzipStreamAndNotTheChunks) {
    const auto client = meet({{"kind", "gzip_corrupt"}, {"after_events", 2}});
    EXPECT_NE(client->head().find("content-encoding: gzip"), std::string::npos);
    bool ended = false;
    EXPECT_NE(dechunked(client->wire_body(), &ended).find(std::string(64, '\xff')), std::string::npos);
    EXPECT_TRUE(ended);
}

TEST_F(Fault, OfWrongKindIsRefusedByTheControlEndpoint) {
    EXPECT_THROW(sim_->fault({{"kind", "explode"}}), std::runtime_error);
}

} // namespace
} // namespace xtap::sim
