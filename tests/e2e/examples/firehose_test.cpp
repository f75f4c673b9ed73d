// firehose_ja: columns of every post of a stretch of time, and Ctrl-C.
#include "examples/programs.hpp"

#include <csignal>
#include <gtest/gtest.h>

namespace xtap::e2e {
namespace {

const std::vector<std::string> kWorld = {
    "--base-time", "2026-07-20T12:00:00Z", "--rate", "100", "--seed", "7"};

// Replays reach a day back, unless told.
std::vector<std::string> with_all_its_past() {
    std::vector<std::string> words = kWorld;
    words.insert(words.end(), {"--history-ms", "99999999999"});
    return words;
}

// What the program has to print for events 1 to `count`, from the simulator's own account of them.
std::string columns(unsigned count, unsigned partition) {
    std::vector<std::string> words = kWorld;
    words.insert(words.end(), {"--print", "streamPostsFirehoseJa", "--partition", std::to_string(partition),
                               "--count", std::to_string(count)});
    std::string all;
    for (const std::string &line : lines_of(sim::simulator_output(words))) {
        const Json post = Json::parse(line)["data"];
        std::string text = post["text"].text();
        for (char &c : text)
            if (static_cast<unsigned char>(c) < ' ') c = ' ';
        all +=
            post["id"].get<std::string>() + "\t" + post["created_at"].get<std::string>() + "\t" + text + "\n";
    }
    return all;
}

TEST(FirehoseJa, PrintsEveryPostOfAStretchOfTimeAndEnds) {
    sim::SimulatorProcess simulator(with_all_its_past());
    for (unsigned partition : {1u, 2u}) {
        const Ended ended = run(example(
            "firehose_ja", {std::to_string(partition), "2026-07-20T12:00:00Z", "2026-07-20T12:00:05Z"},
            simulator.url(), kApp));
        EXPECT_EQ(ended.exit_status, 0) << ended.err;
        EXPECT_EQ(ended.out, columns(499, partition));
        EXPECT_NE(ended.err.find("\"notice\":\"connected\""), std::string::npos) << ended.err;
    }
}

TEST(FirehoseJa, MakesRoomForAPostLargerThanItsMemory) {
    sim::SimulatorProcess simulator(with_all_its_past());
    const std::string text(3 << 20, 'x');
    simulator.fault({{"kind", "garbage_line"},
                     {"line", R"({"data":{"id":"7","created_at":"now","text":")" + text + R"("}})"},
                     {"after_events", 1}});
    const Ended ended = run(
        example("firehose_ja", {"1", "2026-07-20T12:00:00Z", "2026-07-20T12:00:01Z"}, simulator.url(), kApp));
    EXPECT_EQ(ended.exit_status, 0) << ended.err;
    const std::vector<std::string> lines = lines_of(ended.out);
    ASSERT_EQ(lines.size(), 100u);
    EXPECT_TRUE(lines[1] == "7\tnow\t" + text) << lines[1].size();
}

TEST(FirehoseJa, EndsInGoodOrderOnASignal) {
    for (const int signal : {SIGINT, SIGTERM}) {
        sim::SimulatorProcess simulator({"--from", "1", "--rate", "1000"});
        Process program(example("firehose_ja", {"1"}, simulator.url(), kApp));
        program.read_out_until([](std::string_view out) { return out.find(" No. 50\n") != out.npos; });
        program.send(signal);
        const Ended ended = program.wait();
        EXPECT_EQ(ended.exit_status, 0) << ended.err;
        const std::vector<std::string> lines = lines_of(ended.out);
        ASSERT_GE(lines.size(), 50u);
        EXPECT_EQ(ended.out.back(), '\n') << "the last line is whole";
        for (std::size_t i = 0; i < lines.size(); ++i)
            EXPECT_TRUE(lines[i].ends_with(" No. " + std::to_string(i + 1))) << lines[i];
    }
}

} // namespace
} // namespace xtap::e2e
