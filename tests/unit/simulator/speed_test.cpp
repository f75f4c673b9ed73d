// Time that runs faster: the simulator's by --speed, and that of a program that is given the same clock.
#include "moment.hpp"
#include "process.hpp"
#include "raw_client.hpp"

#include <array>
#include <cstdio>
#include <gtest/gtest.h>
#include <memory>
#include <sstream>

namespace xtap::sim {
namespace {

// What clock_child prints when its clock is the simulator's.
std::string child_under(const SimulatorProcess &sim) {
    std::string command = "env";
    for (const std::string &variable : sim.clock_environment())
        command.append(" '").append(variable).append("'");
    command.append(" " XTAP_CLOCK_CHILD);
    const std::unique_ptr<FILE, int (*)(FILE *)> pipe(popen(command.c_str(), "r"), pclose);
    std::string output;
    std::array<char, 4096> room{};
    while (pipe && std::fgets(room.data(), room.size(), pipe.get()))
        output.append(room.data());
    return output;
}

std::string variable(const SimulatorProcess &sim, const std::string &name) {
    for (const std::string &held : sim.clock_environment())
        if (held.starts_with(name + "=")) return held.substr(name.size() + 1);
    return "";
}

// The simulator's time in microseconds when the wall says `wall`.
double fast(const SimulatorProcess &sim, Micros wall) {
    const double since = std::stod(variable(sim, "XTAP_SIM_SPEED_SINCE")) / 1000;
    return since + (static_cast<double>(wall) - since) * std::stod(variable(sim, "XTAP_SIM_SPEED"));
}

TEST(Speed, GivesNoClockToOthersWithoutTheFlag) {
    EXPECT_TRUE(SimulatorProcess().clock_environment().empty());
}

TEST(Speed, MakesEventsComeFasterByTheWall) {
    SimulatorProcess sim({"--rate", "2", "--speed", "1000", "--keep-alive-ms", "86400000"});
    RawClient client(sim.port());
    client.get("/2/tweets/sample/stream");
    ASSERT_TRUE(client.read_until(" No. 1000\"")); // more than 8 minutes
    const Json state = sim.state_when("min_events=1000");
    EXPECT_TRUE(state["reached"].get<bool>());
}

TEST(Speed, GivesAChildTheClockOfTheSimulator) {
    SimulatorProcess sim({"--speed", "1000"});
    const double before = fast(sim, wall_clock());
    RawClient stream(sim.port());
    stream.get("/2/tweets/sample/stream");
    ASSERT_TRUE(stream.read_until(" No. 1\""));
    RawClient asks(sim.port());
    asks.get("/2/connections", "Connection: close\r\n");
    asks.read_to_end();
    const double middle = fast(sim, wall_clock());
    std::istringstream words(child_under(sim));
    const double after = fast(sim, wall_clock());
    constexpr double kMs = 1000, kOneSecond = 1'000'000; // what the texts are rounded to
    const auto connected =
        parse_rfc3339(Json::parse(asks.wire_body())["data"][0]["connected_at"].get<std::string>());
    ASSERT_TRUE(connected);
    EXPECT_GE(static_cast<double>(*connected), before - kMs);
    EXPECT_LE(static_cast<double>(*connected), middle);
    std::string name;
    std::array<double, 3> clocks{};
    words >> name >> clocks[0] >> clocks[1] >> clocks[2];
    ASSERT_EQ(name, "clocks");
    for (const double clock : clocks) {
        EXPECT_GE(clock * 1000, middle - kOneSecond);
        EXPECT_LE(clock * 1000, after);
    }
}

TEST(Speed, ShortensEveryWaitOfAChildButNeverBelowItsOwnClock) {
    const SimulatorProcess sim({"--speed", "1000"});
    std::istringstream lines(child_under(sim));
    std::string line;
    std::getline(lines, line); // the clocks
    int waits = 0;
    while (std::getline(lines, line)) {
        std::istringstream words(line);
        std::string name;
        double simulated = 0, real = 0;
        words >> name >> simulated >> real;
        EXPECT_GE(simulated, 20'000 - 1) << line; // whole ms
        EXPECT_LT(real, 20'000) << line;
        EXPECT_LT(real, simulated) << line;
        ++waits;
    }
    EXPECT_EQ(waits, 14);
}

TEST(Speed, SlowsTimeTooAndRefusesNonsense) {
    SimulatorProcess sim({"--speed", "0.5"});
    EXPECT_EQ(variable(sim, "XTAP_SIM_SPEED"), "0.5");
    EXPECT_LT(fast(sim, wall_clock()), static_cast<double>(wall_clock()));
    EXPECT_THROW(SimulatorProcess({"--speed", "0"}), std::runtime_error);
}

} // namespace
} // namespace xtap::sim
