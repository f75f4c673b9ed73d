// `xtap stream --checkpoint`: what was printed and what the file says belong together, however a run ends.
#include "cli/calls.hpp"
#include "json/value.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <ctime>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <random>
#include <set>
#include <sstream>
#include <sys/stat.h>
#include <unistd.h>

namespace xtap::e2e {
namespace {

std::string time_as_text(std::time_t seconds_ago = 0) {
    const std::time_t now = std::time(nullptr) - seconds_ago;
    std::tm parts = {};
    ::gmtime_r(&now, &parts);
    char text[32];
    return {text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

// Its past begins with the test, so that a repair that reaches back a minute brings little.
class LiveSimulator : public sim::SimulatorProcess {
public:
    explicit LiveSimulator(const std::string &rate)
        : sim::SimulatorProcess({"--rate", rate, "--base-time", time_as_text(), "--seed", "7"}) {}
};

class CliCheckpoint : public testing::Test {
protected:
    CliCheckpoint() {
        char folder[] = "/tmp/xtap-e2e-checkpoint-XXXXXX";
        EXPECT_NE(::mkdtemp(folder), nullptr);
        folder_ = folder;
        file_ = folder_ + "/checkpoint";
    }
    ~CliCheckpoint() override { std::filesystem::remove_all(folder_); }

    Call call(const sim::SimulatorProcess &simulator, const std::vector<std::string> &more = {}) const {
        std::vector<std::string> words = {"stream",      kOperation,     "--base-url", simulator.url(),
                                          "partition=1", "--checkpoint", file_};
        words.insert(words.end(), more.begin(), more.end());
        return xtap(std::move(words));
    }
    std::string text() const {
        std::ifstream in(file_);
        std::ostringstream all;
        all << in.rdbuf();
        return all.str();
    }
    void write(const std::string &text) const { std::ofstream(file_) << text; }

    std::string folder_, file_;
};

// The numbers of the whole events; what a process that was killed left unfinished is none.
struct Printed {
    std::multiset<std::uint64_t> numbers;
    std::size_t torn = 0;

    void add(const std::string &out) {
        std::istringstream lines(out);
        for (std::string line; std::getline(lines, line);) {
            const auto event = Json::parse_or_null(line);
            if (!event.is_object()) {
                ++torn;
                continue;
            }
            const std::string text = event["data"]["text"].text();
            numbers.insert(std::stoull(text.substr(text.rfind(' ') + 1)));
        }
    }
    std::set<std::uint64_t> distinct() const { return {numbers.begin(), numbers.end()}; }
    void expect_nothing_lost() const {
        const std::set<std::uint64_t> all = distinct();
        ASSERT_FALSE(all.empty());
        EXPECT_EQ(all.size(), *all.rbegin() - *all.begin() + 1) << "some of them are missing";
    }
};

auto lines(std::size_t count) {
    return [count](std::string_view text) {
        return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) >= count;
    };
}

TEST_F(CliCheckpoint, LosesNothingWhenTheCommandIsKilledTwentyTimes) {
    LiveSimulator simulator("1000");
    std::minstd_rand random(20);
    Printed printed;
    for (int killed = 0; killed < 20; ++killed) {
        Process process(call(simulator));
        if (random() % 4 == 0)
            process.read_err_until(lines(1 + random() % 4)); // while it begins
        else
            process.read_out_until(lines(1 + random() % 2000));
        process.send(SIGKILL);
        const Ended ended = process.wait();
        EXPECT_EQ(ended.signal, SIGKILL);
        printed.add(ended.out.substr(0, ended.out.rfind('\n') + 1));
    }
    const Ended last = run(call(simulator, {"--duration", "2"}));
    EXPECT_EQ(last.exit_status, 0) << last.err;
    printed.add(last.out);
    printed.expect_nothing_lost();
    EXPECT_EQ(printed.torn, 0u);
    EXPECT_TRUE(std::filesystem::exists(file_));
    for (const auto &entry : std::filesystem::directory_iterator(folder_))
        EXPECT_TRUE(entry.path() == file_ || entry.path() == file_ + ".lock") << entry.path() << " piled up";
}

TEST_F(CliCheckpoint, PrintsNothingTwiceAfterAnOrderlyEnd) {
    LiveSimulator simulator("500");
    Printed printed;
    for (const std::vector<std::string> &ending : std::vector<std::vector<std::string>>{
             {"--max-events", "300"}, {"--duration", "1"}, {"--max-events", "1"}, {"--max-events", "700"}}) {
        const Ended ended = run(call(simulator, ending));
        EXPECT_EQ(ended.exit_status, 0) << ended.err;
        printed.add(ended.out);
    }
    Process signalled(call(simulator));
    signalled.read_out_until(lines(50));
    signalled.send(SIGTERM);
    printed.add(signalled.wait().out);
    printed.add(run(call(simulator, {"--max-events", "500"})).out);
    EXPECT_EQ(printed.distinct().size(), printed.numbers.size()) << "some came twice";
    EXPECT_EQ(printed.torn, 0u);
    // The last run ended while older events were still coming: which ones it brought is not known.
    EXPECT_GT(printed.numbers.size(), 1500u);
}

TEST_F(CliCheckpoint, SaysWhetherItGoesOnOrBeginsAndKeepsTheFileToItsOwner) {
    LiveSimulator simulator("200");
    const Ended first = run(call(simulator, {"--max-events", "5"}));
    EXPECT_NE(first.err.find("no checkpoint in '" + file_ + "' yet: beginning from now"), std::string::npos)
        << first.err;
    struct stat facts = {};
    ASSERT_EQ(::stat(file_.c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 0777, 0600u);
    EXPECT_TRUE(text().starts_with("xtap-checkpoint.")) << text();
    const Ended second = run(call(simulator, {"--max-events", "5"}));
    EXPECT_NE(second.err.find("going on from the checkpoint in '" + file_ + "'"), std::string::npos)
        << second.err;
    const Ended as_json = run(call(simulator, {"--max-events", "5", "--notices", "json"}));
    const auto line = Json::parse_or_null(as_json.err.substr(0, as_json.err.find('\n')));
    EXPECT_EQ(line.value("notice", ""), "beginning") << as_json.err;
    EXPECT_TRUE(line.value("resumed", false));
}

TEST_F(CliCheckpoint, ThatCannotBeUsedIsRefusedBeforeAnyConnectionAndLeftAsItIs) {
    LiveSimulator simulator("200");
    ASSERT_EQ(run(call(simulator, {"--max-events", "50"})).exit_status, 0);
    const std::string whole = text();
    std::string altered = whole;
    altered[whole.size() / 2] = altered[whole.size() / 2] == 'A' ? 'B' : 'A';
    std::string newer = whole;
    newer.replace(newer.find('.') + 1, 1, "9");
    const auto connections = simulator.state()["connections"];
    for (const std::string &wrong :
         {std::string(), std::string("\n"), std::string("not a checkpoint"), altered, newer,
          whole.substr(0, whole.size() / 2), whole.substr(0, whole.size() - 2)}) {
        write(wrong);
        const Ended ended = run(call(simulator, {"--max-events", "1"}));
        EXPECT_EQ(ended.exit_status, 2) << ended.err;
        EXPECT_EQ(errors_in(ended.err), 1u) << ended.err;
        EXPECT_NE(ended.err.find("cannot go on from '" + file_ + "': "), std::string::npos) << ended.err;
        EXPECT_EQ(ended.out, "");
        EXPECT_EQ(text(), wrong);
    }
    write(whole);
    Call foreign = call(simulator);
    *std::find(foreign.words.begin(), foreign.words.end(), kOperation) = "streamPostsFirehoseKo";
    Call partition = call(simulator);
    *std::find(partition.words.begin(), partition.words.end(), "partition=1") = "partition=1,2";
    for (const Call &other : {foreign, partition, call(simulator, {"--option", "continuity=off"})}) {
        const Ended ended = run(other);
        EXPECT_EQ(ended.exit_status, 2) << ended.err;
        EXPECT_EQ(errors_in(ended.err), 1u) << ended.err;
        EXPECT_EQ(text(), whole);
    }
    EXPECT_EQ(simulator.state()["connections"], connections) << "something connected";
}

TEST_F(CliCheckpoint, WhereNoneCanBeWrittenIsRefusedBeforeAnyConnection) {
    LiveSimulator simulator("200");
    file_ = folder_;
    EXPECT_EQ(run(call(simulator)).exit_status, 2);
    file_ = folder_ + "/no/such/folder";
    EXPECT_EQ(run(call(simulator)).exit_status, 1);
    EXPECT_EQ(simulator.state()["connections"], 0);
}

TEST_F(CliCheckpoint, IsNotForTwoProcessesAtOnce) {
    LiveSimulator simulator("200");
    Process first(call(simulator));
    first.read_out_until(lines(5));
    const Ended second = run(call(simulator));
    EXPECT_EQ(second.exit_status, 1);
    EXPECT_NE(second.err.find("another process uses '" + file_ + "'"), std::string::npos) << second.err;
    first.send(SIGTERM);
    EXPECT_EQ(first.wait().exit_status, 0);
}

TEST_F(CliCheckpoint, IsNotBegunByAStreamThatNeverWasAllowed) {
    sim::SimulatorProcess simulator({"--rate", "200", "--token", "another"});
    EXPECT_EQ(run(call(simulator)).exit_status, 3);
    EXPECT_FALSE(std::filesystem::exists(file_));
}

TEST_F(CliCheckpoint, CommitsNothingThatCouldNotBeWritten) {
    LiveSimulator simulator("500");
    Printed printed;
    printed.add(run(call(simulator, {"--max-events", "10"})).out);
    ASSERT_EQ(printed.numbers.size(), 10u);
    Call full = call(simulator);
    full.out_fd = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
    EXPECT_EQ(run(full).exit_status, 1);
    ::close(full.out_fd);
    const Ended after = run(call(simulator, {"--duration", "2"}));
    EXPECT_EQ(after.exit_status, 0) << after.err;
    printed.add(after.out);
    EXPECT_GT(printed.numbers.size(), 10u) << after.err;
    printed.expect_nothing_lost();
    EXPECT_EQ(printed.distinct().size(), printed.numbers.size()) << "some came twice";
}

// It said "from now" once, and what the caller had asked for before that was lost.
TEST_F(CliCheckpoint, BeginsWhereTheCallerSaidWhenNothingWasPrintedBefore) {
    sim::SimulatorProcess simulator({"--rate", "100", "--base-time", time_as_text(30), "--seed", "7"});
    const std::vector<std::string> words = {"start_time=" + time_as_text(20), "--option", "late_ms=0"};
    Call full = call(simulator, words);
    full.out_fd = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
    EXPECT_EQ(run(full).exit_status, 1);
    ::close(full.out_fd);
    ASSERT_TRUE(std::filesystem::exists(file_));
    Call again = call(simulator, words);
    again.words.insert(again.words.end(), {"--max-events", "50"});
    const Ended ended = run(again);
    Printed printed;
    printed.add(ended.out);
    ASSERT_EQ(printed.numbers.size(), 50u) << ended.err;
    EXPECT_LE(*printed.numbers.begin(), 1'200u) << "ten seconds after the first event, at 100 a second";
}

} // namespace
} // namespace xtap::e2e
