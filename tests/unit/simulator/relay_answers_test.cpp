// The faults of answers that are no streams, as they look from outside.
#include "process.hpp"
#include "raw_client.hpp"

#include <gtest/gtest.h>
#include <httplib.h>

namespace xtap::sim {
namespace {

struct RequestFaults : testing::Test {
    SimulatorProcess sim{std::vector<std::string>{"--record"}};

    std::string seen(const Json &fault, const std::string &more = "Connection: close\r\n") {
        sim.fault(fault);
        RawClient client(sim.port());
        client.get("/2/users/me", more);
        std::string all = client.read_to_end();
        reset = client.was_reset();
        return all;
    }
    bool reset = false;
};

TEST_F(RequestFaults, MeetOnlyThePathAndMethodTheyName) {
    sim.fault({{"kind", "http_503"}, {"path", "/2/users/{id}/likes"}, {"method", "POST"}});
    httplib::Client client(sim.url());
    EXPECT_EQ(client.Get("/2/users/1/likes")->status, 200);
    EXPECT_EQ(client.Post("/2/users/1")->status, 200);
    EXPECT_EQ(client.Post("/2/users/1/likes")->status, 503);
    EXPECT_EQ(client.Post("/2/users/1/likes")->status, 200);
}

TEST_F(RequestFaults, OfStreamsPassOtherRequestsBy) {
    sim.control("POST", "/record", {{"on", false}});
    sim.fault({{"kind", "http_503"}});
    httplib::Client client(sim.url());
    const httplib::Headers bearer{{"Authorization", "Bearer x"}};
    EXPECT_EQ(client.Get("/2/nothing")->status, 404);
    EXPECT_EQ(client.Get("/2/tweets/sample/stream", bearer)->status, 503);
}

TEST_F(RequestFaults, AnswerInPlaceOfTheOperation) {
    EXPECT_TRUE(seen({{"kind", "rate_limit"}, {"path", "/2/*"}}).starts_with("HTTP/1.1 429 "));
    EXPECT_NE(seen({{"kind", "html_error"}, {"path", "/2/*"}}).find("<!DOCTYPE html>"), std::string::npos);
    const std::string bad = seen({{"kind", "bad_json"}});
    EXPECT_FALSE(Json::accept(bad.substr(bad.find("\r\n\r\n"))));
    EXPECT_NE(seen({{"kind", "chunked_answer"}}).find("\r\n\r\nb\r\n{\"data\":{}}\r\n0\r\n\r\n"),
              std::string::npos);
}

TEST_F(RequestFaults, CanTakeTheAnswerAwayBeforeOrAfterTheRequestWasCarriedOut) {
    EXPECT_EQ(seen({{"kind", "no_answer"}}), "");
    EXPECT_EQ(seen({{"kind", "no_answer"}, {"way", "reset"}, {"processed", true}}), "");
    EXPECT_TRUE(reset);
    const Json list = sim.control("GET", "/requests")["list"];
    EXPECT_EQ(list[0]["status"], 0);
    EXPECT_EQ(list[1]["status"], 200);
}

TEST_F(RequestFaults, CutTheBodyAtTheVeryByte) {
    EXPECT_TRUE(seen({{"kind", "eof"}, {"path", "/2/*"}, {"after_bytes", 4}}).ends_with("\r\n\r\n{\"da"));
    EXPECT_TRUE(seen({{"kind", "reset"}, {"path", "/2/*"}, {"after_bytes", 4}}).ends_with("\r\n\r\n{\"da"));
    EXPECT_TRUE(reset);
    EXPECT_TRUE(seen({{"kind", "stall"}, {"path", "/2/*"}, {"for_ms", 1}}).ends_with("{\"data\":{}}"));
    EXPECT_TRUE(seen({{"kind", "half_chunk"}, {"path", "/2/*"}, {"after_bytes", 3}}).ends_with("{\"half\":"));
    EXPECT_TRUE(seen({{"kind", "bad_chunk"}, {"path", "/2/*"}}).ends_with("zz\r\n"));
    EXPECT_TRUE(seen({{"kind", "slow_drip"}, {"path", "/2/*"}, {"bytes", 3}, {"interval_ms", 0}})
                    .ends_with("{\"data\":{}}"));
}

TEST_F(RequestFaults, EndTheConnectionAfterAnAnswerThatHadToWait) {
    for (const Json &fault : {Json{{"kind", "slow_drip"}, {"bytes", 3}, {"interval_ms", 1}},
                              Json{{"kind", "stall"}, {"for_ms", 1}, {"after_bytes", 1000}}}) {
        Json of_requests = fault;
        of_requests["path"] = "/2/*";
        sim.fault(of_requests);
        RawClient client(sim.port());
        client.get("/2/users/me");
        EXPECT_TRUE(client.read_to_end().ends_with("{\"data\":{}}"));
        EXPECT_NE(client.head().find("connection: close"), std::string::npos);
    }
}

TEST_F(RequestFaults, CompressAndSpoilWhatIsCompressed) {
    sim.fault({{"kind", "gzip_answer"}});
    httplib::Client client(sim.url());
    const auto good = client.Get("/2/users/me");
    ASSERT_TRUE(good);
    EXPECT_EQ(good->get_header_value("content-encoding"), "gzip");
    EXPECT_NE(seen({{"kind", "gzip_corrupt"}, {"path", "/2/*"}}).find("content-encoding: gzip"),
              std::string::npos);
}

TEST(Answers, AreCompressedWhereThatIsWorthIt) {
    SimulatorProcess sim;
    httplib::Client client(sim.url());
    const auto answer = [&](const char *path, const char *accepted) {
        const auto result = client.Get(path, {{"Authorization", "Bearer x"}, {"Accept-Encoding", accepted}});
        return result->get_header_value("content-encoding");
    };
    EXPECT_EQ(answer("/2/dm_events", "deflate, gzip"), "gzip");
    EXPECT_EQ(answer("/2/dm_events", "identity"), "");
    EXPECT_EQ(answer("/2/dm_events?max_results=1", "gzip"), "");
}

TEST(Requests, MayAskBeforeTheySendTheirBody) {
    SimulatorProcess sim({"--record"});
    RawClient client(sim.port());
    client.send("POST /2/tweets HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n"
                "Connection: close\r\n\r\n");
    ASSERT_TRUE(client.read_until("HTTP/1.1 100 Continue\r\n\r\n"));
    client.send("{}");
    EXPECT_TRUE(client.read_until("{\"data\":{}}"));
}

TEST_F(RequestFaults, SendBodiesOfAnySize) {
    sim.fault({{"kind", "huge_body"}, {"size", 3'000'000}});
    httplib::Client client(sim.url());
    const auto huge = client.Get("/2/users/me");
    ASSERT_TRUE(huge);
    EXPECT_EQ(huge->body.size(), 3'000'000u);
    EXPECT_TRUE(Json::accept(huge->body));
}

TEST_F(RequestFaults, AreRefusedWhereTheyMeanNothing) {
    EXPECT_THROW(sim.fault({{"kind", "garbage_line"}, {"path", "/2/*"}}), std::runtime_error);
    EXPECT_THROW(sim.fault({{"kind", "eof"}, {"path", "/2/*"}, {"after_events", 1}}), std::runtime_error);
    EXPECT_THROW(sim.fault({{"kind", "http_503"}, {"path", "/2/*"}, {"operation", "streamPosts"}}),
                 std::runtime_error);
    EXPECT_THROW(sim.fault({{"kind", "http_503"}, {"method", "POST"}}), std::runtime_error);
    EXPECT_THROW(sim.fault({{"kind", "http_503"}, {"path", "2/users"}}), std::runtime_error);
}

} // namespace
} // namespace xtap::sim
