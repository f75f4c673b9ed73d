// Faults that come by themselves: random ones and those of a script.
#include "fault_script.hpp"
#include "process.hpp"
#include "random_faults.hpp"
#include "raw_client.hpp"
#include "json/value.hpp"

#include <algorithm>
#include <atomic>
#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <mutex>
#include <set>
#include <sstream>
#include <thread>
#include <vector>

namespace xtap::sim {
namespace {

std::set<std::string> kinds(bool tls, bool only_cuts) {
    std::set<std::string> found;
    for (std::uint64_t i = 0; i < 3000; ++i) {
        const Json fault = random_fault(5, i, tls, only_cuts);
        const auto orders = parse_faults(fault);
        EXPECT_EQ(orders.size(), 1u);
        EXPECT_EQ(orders[0].now, stage_of(orders[0].plan[0].kind) == FaultStage::body) << fault;
        found.insert(fault["kind"].text());
    }
    return found;
}

TEST(RandomFaults, AreAllThatOnePostsAndOfEveryKindThatTheyPromise) {
    for (const bool tls : {false, true}) {
        const auto names = random_fault_names(tls);
        EXPECT_EQ(kinds(tls, false), std::set<std::string>(names.begin(), names.end()));
        EXPECT_EQ(kinds(tls, false).count("tls_cut"), tls ? 1u : 0u);
    }
}

TEST(RandomFaults, LeaveOutWhatEndsAClientOrTakesTheTruthAway) {
    const auto found = kinds(true, false);
    for (const char *kind :
         {"http_400", "http_401", "http_403", "http_404", "http_409", "redirect", "keep_alive_only"})
        EXPECT_EQ(found.count(kind), 0u) << kind;
    std::map<std::string, int> said;
    for (std::uint64_t i = 0; i < 3000; ++i) {
        const Json fault = random_fault(6, i, true, false);
        if (fault.contains("disconnect_type")) ++said[fault["disconnect_type"].text()];
        if (fault["kind"] == "stall" || fault["kind"] == "no_response" || fault["kind"] == "slow_drip") {
            EXPECT_GT(fault["for_ms"], 0) << "bounded";
        }
    }
    EXPECT_EQ(said.size(), 7u);
    EXPECT_EQ(said.count("InvalidRules") + said.count("ClientApplicationStateDegraded"), 0u);
}

TEST(RandomFaults, AreTheSameForTheSameSeedAndOthersForAnother) {
    int same = 0;
    for (std::uint64_t i = 0; i < 100; ++i) {
        EXPECT_EQ(random_fault(1, i, true, false), random_fault(1, i, true, false));
        same += random_fault(1, i, true, false) == random_fault(2, i, true, false) ? 1 : 0;
    }
    EXPECT_LT(same, 20);
}

TEST(RandomFaults, OnlyCutWhenToldSo) {
    EXPECT_EQ(kinds(false, true), (std::set<std::string>{"close", "eof", "reset", "half_chunk", "bad_chunk",
                                                         "gzip_corrupt", "operational_disconnect"}));
}

// Clients that connect again whatever happens, until the simulator is gone.
class Stubborn {
public:
    Stubborn(SimulatorProcess &sim, int how_many, const std::string &target) : sim_(sim) {
        for (int i = 0; i < how_many; ++i)
            threads_.emplace_back([this, port = sim.port(), target] {
                while (!enough_) {
                    RawClient client(port);
                    client.get(target);
                    keep_numbers(client.read_to_end());
                }
            });
    }
    ~Stubborn() { stop(); }

    // The numbers of all events that came whole.
    const std::set<std::uint64_t> &stop() {
        enough_ = true;
        sim_.stop();
        for (std::thread &thread : threads_)
            thread.join();
        threads_.clear();
        return numbers_;
    }

private:
    void keep_numbers(const std::string &received) {
        const std::size_t head = received.find("\r\n\r\n");
        if (head == std::string::npos) return;
        const std::string text = dechunked(std::string_view(received).substr(head + 4));
        const std::lock_guard lock(mutex_);
        for (std::size_t begin = 0, end = 0; (end = text.find("\r\n", begin)) != std::string::npos;
             begin = end + 2)
            if (const std::size_t at = text.substr(begin, end - begin).find(" No. "); at != std::string::npos)
                numbers_.insert(std::strtoull(text.c_str() + begin + at + 5, nullptr, 10));
    }

    SimulatorProcess &sim_;
    std::atomic<bool> enough_{false};
    std::mutex mutex_; // guards the next
    std::set<std::uint64_t> numbers_;
    std::vector<std::thread> threads_;
};

std::uint64_t sum(const Json &played) {
    std::uint64_t all = 0;
    for (const auto &[kind, count] : played.items())
        all += count.get<std::uint64_t>();
    return all;
}

TEST(RandomFaults, ArePlayedInTheirNumberAndCountedByKindAndThenItIsQuiet) {
    SimulatorProcess sim({"--rate", "20", "--speed", "200", "--random-faults", "7,60,1000"});
    const Stubborn clients(sim, 4, kJa);
    Json faults;
    do
        faults = sim.control("GET", "/faults");
    while (!faults["random"]["done"].get<bool>());
    EXPECT_EQ(faults["random"]["played"], 60);
    EXPECT_EQ(sum(faults["played"]), 60u);
    EXPECT_GE(faults["played"].size(), 10u);
    EXPECT_TRUE(sim.state_when("min_events=5000")["reached"].get<bool>());
    EXPECT_EQ(sim.state()["faults"]["played"], faults["played"]);
}

TEST(RandomFaults, LeaveTheTruthToAClientThatAsksForEnoughOfThePast) {
    // No faster: five minutes of the past must be longer than a slow machine's worst pause.
    SimulatorProcess sim({"--rate", "5", "--speed", "50", "--late-ms", "30000", "--late-share", "10",
                          "--random-faults", "8,40,500"});
    Stubborn client(sim, 1, std::string(kJa) + "&backfill_minutes=5");
    while (!sim.control("GET", "/faults")["random"]["done"].get<bool>()) {
    }
    RawClient other(sim.port());
    other.get("/2/tweets/firehose/stream/lang/ja?partition=2");
    ASSERT_TRUE(other.read_until(" No. 600\""));
    sim.close_all(); // and everything of the last minutes once more
    sim.state_when("min_open=1");
    const auto &numbers = client.stop();
    ASSERT_FALSE(numbers.empty());
    const std::uint64_t sure = *numbers.rbegin() - 5 * 31; // the rest may be late
    for (std::uint64_t n = 1; n <= sure; ++n)
        ASSERT_EQ(numbers.count(n), 1u) << n << " of " << sure;
}

TEST(Faults, ThatComeWhileTheHeadIsStillOnItsWayActInTheBody) {
    SimulatorProcess sim({"--rate", "100"});
    sim.fault({{"kind", "slow_headers"}, {"bytes", 40}, {"interval_ms", 20}});
    RawClient client(sim.port());
    client.get(kJa);
    ASSERT_TRUE(client.read_until("HTTP/1.1 200"));
    EXPECT_EQ(sim.control("POST", "/faults",
                          {{"kind", "close"}, {"after_events", 3}, {"now", true}})["applied_now"],
              1);
    bool ended = false;
    client.read_to_end();
    const std::string text = dechunked(client.wire_body(), &ended);
    EXPECT_TRUE(ended);
    EXPECT_EQ(std::ranges::count(text, '\n'), 3);
}

TEST(Faults, ThatKeepAStreamBusyForEverDoNotKeepTheSimulatorFromEnding) {
    SimulatorProcess sim;
    sim.fault({{"kind", "split_characters"}});
    RawClient client(sim.port());
    client.get(kJa);
    ASSERT_TRUE(client.read_until(" No. 3\""));
    std::thread reads([&] { client.read_to_end(); });
    EXPECT_EQ(sim.stop(), 0);
    reads.join();
}

TEST(Script, SaysWhenAndWhat) {
    std::istringstream text(
        "{\"at_ms\":5,\"fault\":{\"kind\":\"eof\",\"now\":true}}\n\n"
        "{\"after_connections\":2,\"fault\":[{\"kind\":\"http_503\"},{\"kind\":\"reset\"}]}\n");
    const auto lines = read_script(text);
    ASSERT_EQ(lines.size(), 2u);
    EXPECT_EQ(lines[0].at_ms, 5u);
    EXPECT_TRUE(lines[0].orders[0].now);
    EXPECT_EQ(lines[1].after_connections, 2u);
    EXPECT_EQ(lines[1].orders.size(), 2u);
}

TEST(Script, IsRefusedWithTheNumberOfTheLineThatIsWrong) {
    for (const char *line :
         {"nonsense", "{}", R"({"at_ms":1})", R"({"fault":{"kind":"eof"}})",
          R"({"at_ms":-1,"fault":{"kind":"eof"}})",
          R"({"at_ms":1,"after_connections":1,"fault":{"kind":"eof"}})",
          R"({"at_ms":1,"fault":{"kind":"explode"}})", R"({"at_ms":1,"colour":1,"fault":{"kind":"eof"}})"}) {
        std::istringstream text("\n" + std::string(line));
        try {
            read_script(text);
            ADD_FAILURE() << line;
        } catch (const BadFault &bad) {
            EXPECT_NE(std::string(bad.what()).find("line 2"), std::string::npos) << bad.what();
        }
    }
}

TEST(Script, IsPlayedLineByLine) {
    const std::string path = testing::TempDir() + "xtap_script.jsonl";
    std::ofstream(path) << R"({"after_connections":0,"fault":{"kind":"http_503"}})"
                        << "\n"
                        << R"({"at_ms":2000,"fault":{"kind":"operational_disconnect","now":true}})"
                        << "\n";
    SimulatorProcess sim({"--rate", "10", "--speed", "100", "--script", path});
    Json faults;
    do
        faults = sim.control("GET", "/faults");
    while (faults["waiting"] == 0);
    EXPECT_EQ(faults["script_left"], 1);
    RawClient first(sim.port()), second(sim.port());
    first.get(kJa);
    first.read_to_end();
    EXPECT_EQ(first.head().substr(9, 3), "503");
    second.get(kJa);
    second.read_to_end();
    bool ended = false;
    EXPECT_NE(dechunked(second.wire_body(), &ended).find("OperationalDisconnect"), std::string::npos);
    EXPECT_TRUE(ended);
    EXPECT_EQ(sim.control("GET", "/faults")["played"],
              (Json{{"http_503", 1}, {"operational_disconnect", 1}}));
    std::remove(path.c_str());
}

} // namespace
} // namespace xtap::sim
