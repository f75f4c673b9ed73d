// xtap-sim as a whole, seen byte by byte from outside.
#include "process.hpp"
#include "raw_client.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <httplib.h>
#include <thread>

namespace xtap::sim {
namespace {

const std::vector<std::string> kFixed{"--base-time", "2026-03-01T00:00:00Z"};

std::vector<std::string> with(std::vector<std::string> more) {
    more.insert(more.end(), kFixed.begin(), kFixed.end());
    return more;
}

// The first `count` events of kJa as the wire carries them.
std::string expected(int count) {
    std::string text = simulator_output(
        with({"--print", "streamPostsFirehoseJa", "--partition", "1", "--count", std::to_string(count)}));
    std::string crlf;
    for (const char c : text)
        crlf.append(c == '\n' ? "\r\n" : std::string(1, c));
    return crlf;
}

std::string how_it_ended(SimulatorProcess &sim) {
    const Json state = sim.state_when("max_open=0");
    EXPECT_TRUE(state["reached"].get<bool>());
    return state["list"].back()["ended"].text();
}

TEST(Simulator, StreamsTheEventsItPrintsByteForByteInChunksOfAnySize) {
    const std::string events = expected(200);
    for (const char *chunk : {"0", "1", "7", "1000", "65536"}) {
        SimulatorProcess sim(with({"--count", "200", "--chunk", chunk}));
        RawClient client(sim.port());
        client.get(kJa);
        bool ended = false;
        client.read_to_end();
        EXPECT_EQ(dechunked(client.wire_body(), &ended), events) << chunk;
        EXPECT_TRUE(ended);
        EXPECT_EQ(how_it_ended(sim), "complete");
    }
}

TEST(Simulator, TellsWhatItKnowsOfAConnectionWithoutTheToken) {
    SimulatorProcess sim({"--count", "5"});
    RawClient client(sim.port());
    client.get(kJa, "User-Agent: raw/1\r\n");
    client.read_to_end();
    const Json connection = sim.state_when("max_open=0")["list"][0];
    EXPECT_EQ(connection["operation"], "streamPostsFirehoseJa");
    EXPECT_EQ(connection["partition"], 1);
    EXPECT_EQ(connection["events"], 5);
    EXPECT_EQ(connection["bytes"], client.wire_body().size());
    EXPECT_EQ(connection["headers"]["authorization"], "Bearer ***");
    EXPECT_EQ(connection["headers"]["user-agent"], "raw/1");
    EXPECT_EQ(connection.dump().find("secret"), std::string::npos);
}

TEST(Simulator, RefusesWrongTokensPathsAndParametersWithAProblem) {
    SimulatorProcess sim({"--token", "right", "--count", "1"});
    const auto status = [&](const std::string &request) {
        RawClient client(sim.port());
        client.send(request + "Connection: close\r\n\r\n");
        client.read_to_end();
        EXPECT_NE(client.head().find("x-rate-limit-reset: "), std::string::npos);
        EXPECT_NE(client.head().find("x-transaction-id: "), std::string::npos);
        if (client.head().find(" 200 ") == std::string::npos) {
            EXPECT_NE(client.head().find("application/problem+json"), std::string::npos);
            EXPECT_TRUE(Json::accept(client.wire_body()));
        }
        return client.head().substr(9, 3);
    };
    EXPECT_EQ(status("GET /2/tweets/sample/stream HTTP/1.1\r\n"), "401");
    EXPECT_EQ(status("GET /2/tweets/sample/stream HTTP/1.1\r\nAuthorization: Bearer wrong\r\n"), "401");
    EXPECT_EQ(status("GET /2/tweets/sample/stream HTTP/1.1\r\nAuthorization: Bearer right\r\n"), "200");
    EXPECT_EQ(status("GET /2/tweets/firehose/stream HTTP/1.1\r\nAuthorization: Bearer right\r\n"), "400");
    EXPECT_EQ(status("GET /2/nothing HTTP/1.1\r\nAuthorization: Bearer right\r\n"), "404");
}

TEST(Simulator, CountsConnectsPerEndpointWhenTold) {
    SimulatorProcess sim({"--connects-per-window", "2", "--count", "1"});
    std::string statuses;
    for (int i = 0; i < 3; ++i) {
        RawClient client(sim.port());
        client.get("/2/tweets/sample/stream", "Connection: close\r\n");
        client.read_to_end();
        statuses += client.head().substr(9, 3) + " ";
    }
    EXPECT_EQ(statuses, "200 200 429 ");
}

TEST(Simulator, KeepsSilentConnectionsAliveWithEmptyLines) {
    SimulatorProcess sim({"--rate", "0.001", "--keep-alive-ms", "5"});
    RawClient client(sim.port());
    client.get(kJa);
    EXPECT_TRUE(client.read_until("2\r\n\r\n\r\n2\r\n\r\n\r\n2\r\n\r\n\r\n"));
}

TEST(Simulator, EndsLinesAsTold) {
    for (const auto &[name, start, end] :
         {std::tuple("lf", "{", "}\n"), std::tuple("sse", "data: {", "}\n\n"),
          std::tuple("crlf", "{", "}\r\n")}) {
        SimulatorProcess sim({"--count", "2", "--line-end", name});
        RawClient client(sim.port());
        client.get(kJa);
        client.read_to_end();
        const std::string text = dechunked(client.wire_body());
        EXPECT_TRUE(text.starts_with(start) && text.ends_with(end)) << name;
    }
}

TEST(Simulator, SendsItsConnectionMetadataFirstOnPowerstream) {
    SimulatorProcess sim({"--count", "1"});
    RawClient client(sim.port());
    client.get("/2/powerstream?backfillMinutes=2");
    client.read_to_end();
    EXPECT_TRUE(dechunked(client.wire_body()).starts_with("{\"type\":\"connection_metadata\""));
}

TEST(Simulator, ServesManyStreamsAtOnce) {
    SimulatorProcess sim({"--rate", "200"});
    std::vector<std::unique_ptr<RawClient>> clients;
    for (int i = 0; i < 80; ++i) {
        clients.push_back(std::make_unique<RawClient>(sim.port()));
        ASSERT_TRUE(clients.back()->connected());
        clients.back()->get("/2/tweets/firehose/stream?partition=" + std::to_string(i % 20 + 1));
    }
    for (auto &client : clients)
        EXPECT_TRUE(client->read_until("No. "));
    EXPECT_TRUE(sim.state_when("min_open=80")["reached"].get<bool>());
    sim.close_all();
    for (auto &client : clients) {
        bool ended = false;
        client->read_to_end();
        dechunked(client->wire_body(), &ended);
        EXPECT_TRUE(ended);
    }
}

TEST(Simulator, EndsCleanlyWithStreamsOpen) {
    SimulatorProcess sim;
    RawClient fast(sim.port()), idle(sim.port());
    fast.get(kJa); // never read: its pump waits for room
    EXPECT_TRUE(sim.state_when("min_events=10")["reached"].get<bool>());
    EXPECT_EQ(sim.stop(), 0);
}

TEST(Simulator, ServesTlsWithACertificateThatVerifies) {
    SimulatorProcess sim({"--tls", "--count", "50"});
    ASSERT_TRUE(sim.url().starts_with("https://"));
    httplib::SSLClient client("127.0.0.1", sim.port());
    client.set_ca_cert_path(sim.certificate().c_str());
    client.enable_server_certificate_verification(true);
    const httplib::Headers headers{{"Authorization", "Bearer x"}};
    const auto whole = client.Get(kJa, headers);
    ASSERT_TRUE(whole) << httplib::to_string(whole.error());
    EXPECT_EQ(std::count(whole->body.begin(), whole->body.end(), '\n'), 50);
    sim.fault({{"kind", "tls_cut"}, {"after_events", 10}});
    EXPECT_FALSE(client.Get(kJa, headers));
    sim.fault({{"kind", "tls_cut"}, {"handshake", true}});
    EXPECT_FALSE(client.Get(kJa, headers));
    const auto again = client.Get(kJa, headers);
    EXPECT_TRUE(again);
}

TEST(Simulator, CompressesForClientsThatAskForIt) {
    SimulatorProcess sim(with({"--count", "300"}));
    httplib::Client client(sim.url());
    const auto whole = client.Get(kJa, {{"Authorization", "Bearer x"}, {"Accept-Encoding", "gzip"}});
    ASSERT_TRUE(whole);
    EXPECT_EQ(whole->get_header_value("content-encoding"), "gzip");
    EXPECT_EQ(whole->body, expected(300));
}

TEST(Simulator, RefusesToListenBeyondLoopback) {
    EXPECT_THROW(SimulatorProcess({"--host", "0.0.0.0"}), std::runtime_error);
}

} // namespace
} // namespace xtap::sim
