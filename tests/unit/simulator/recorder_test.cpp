// What xtap-sim tells of the requests it got.
#include "encoding.hpp"
#include "process.hpp"

#include <gtest/gtest.h>
#include <httplib.h>

namespace xtap::sim {
namespace {

TEST(Recording, AnswersEveryRequestAndTellsWhatWasAsked) {
    SimulatorProcess sim({"--record"});
    httplib::Client client(sim.url());
    const httplib::Headers bearer{{"Authorization", "Bearer very-secret"}};
    EXPECT_EQ(client.Get("/2/tweets/firehose/stream?partition=1", bearer)->body, R"({"data":{}})");
    EXPECT_EQ(client.Put("/2/no/such%2fpath", bearer, R"({"a":1})", "application/json")->status, 200);
    const Json state = sim.control("GET", "/requests?min=2");
    ASSERT_EQ(state["list"].size(), 2u);
    EXPECT_EQ(state["list"][0]["path"], "/2/tweets/firehose/stream");
    EXPECT_EQ(state["list"][0]["query"], "partition=1");
    EXPECT_EQ(state["list"][0]["parameters"], Json::parse(R"([["partition","1"]])"));
    EXPECT_EQ(state["list"][0]["body_kind"], "none");
    EXPECT_EQ(state["list"][1]["method"], "PUT");
    EXPECT_EQ(state["list"][1]["target"], "/2/no/such%2fpath");
    EXPECT_EQ(state["list"][1]["body"], R"({"a":1})");
    EXPECT_EQ(state["list"][1]["body_kind"], "json");
    EXPECT_EQ(state["list"][1]["authorization"]["kind"], "Bearer");
    EXPECT_EQ(state.dump().find("very-secret"), std::string::npos);
}

TEST(Recording, IsSwitchedByTheControlEndpoint) {
    SimulatorProcess sim;
    httplib::Client client(sim.url());
    EXPECT_EQ(client.Get("/2/nothing")->status, 404);
    EXPECT_EQ(sim.control("POST", "/record", {{"on", true}})["recording"], true);
    EXPECT_EQ(client.Get("/2/nothing")->status, 200);
    sim.control("POST", "/record", {{"on", false}});
    EXPECT_EQ(client.Get("/2/nothing")->status, 404);
    const Json list = sim.control("GET", "/requests?after=1")["list"];
    ASSERT_EQ(list.size(), 2u);
    EXPECT_EQ(list[0]["status"], 200);
    EXPECT_EQ(list[1]["status"], 404);
    sim.control("DELETE", "/requests");
    EXPECT_EQ(sim.control("GET", "/requests")["requests"], 0);
}

TEST(Recording, TellsFormsAndPartsButNoSecrets) {
    SimulatorProcess sim({"--record"});
    httplib::Client client(sim.url());
    client.Post("/2/oauth2/token", {{"Authorization", "Basic " + base64_encode("me%20x:hidden")}},
                "grant_type=refresh_token&refresh_token=hidden&scope=a+b",
                "application/x-www-form-urlencoded");
    const std::string bytes("\0\r\n--x\xff", 7);
    client.Post("/2/media/upload",
                httplib::MultipartFormDataItems{{"media", bytes, "p.png", "image/png"},
                                                {"media_category", "tweet_image", "", ""}});
    const Json list = sim.control("GET", "/requests?min=2")["list"];
    EXPECT_EQ(list[0]["form"],
              Json::parse(R"({"grant_type":"refresh_token","refresh_token":"***","scope":"a b"})"));
    EXPECT_EQ(list[0]["authorization"], Json::parse(R"({"kind":"Basic","user":"me x"})"));
    ASSERT_EQ(list[1]["parts"].size(), 2u);
    EXPECT_EQ(list[1]["parts"][0]["filename"], "p.png");
    EXPECT_EQ(list[1]["parts"][0]["content_type"], "image/png");
    EXPECT_EQ(list[1]["parts"][0]["size"], bytes.size());
    EXPECT_EQ(list[1]["parts"][0]["sha256"],
              "f4812b79e8741dabb63d07ca9c3767ca0fa1a2f0f70d98c455fdedf0b219470a");
    EXPECT_EQ(list[1]["parts"][1]["text"], "tweet_image");
    EXPECT_EQ(list.dump().find("hidden"), std::string::npos);
}

TEST(Encodings, GoThereAndBack) {
    EXPECT_EQ(percent_encode("a b+c/ü~"), "a%20b%2Bc%2F%C3%BC~");
    EXPECT_EQ(percent_decode("a%20b+%zz%4"), "a b+%zz%4");
    EXPECT_EQ(base64_encode("any carnal pleas"), "YW55IGNhcm5hbCBwbGVhcw==");
    EXPECT_EQ(base64_decode("YW55IGNhcm5hbCBwbGVhcw"), "any carnal pleas");
    EXPECT_EQ(base64url_encode("\xff\xef\xbe"), "_---");
    EXPECT_EQ(base64_decode("a*b"), std::nullopt);
}

} // namespace
} // namespace xtap::sim
