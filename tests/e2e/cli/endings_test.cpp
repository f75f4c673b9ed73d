// The ways `xtap stream` ends when somebody wants it to end, and what it leaves behind.
#include "cli/calls.hpp"
#include "json/value.hpp"

#include <algorithm>
#include <csignal>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <sstream>
#include <sys/socket.h>
#include <unistd.h>

namespace xtap::e2e {
namespace {

std::size_t lines_in(std::string_view text) {
    return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

auto lines(std::size_t count) {
    return [count](std::string_view text) { return lines_in(text) >= count; };
}

auto words(std::string wanted) {
    return [wanted = std::move(wanted)](std::string_view text) { return text.find(wanted) != text.npos; };
}

// Whole lines, and the first ones the simulator has.
void expect_beginning_of_the_stream(const std::string &out) {
    ASSERT_FALSE(out.empty());
    EXPECT_EQ(out.back(), '\n');
    const Ended printed = run(printing(kOperation, lines_in(out)));
    EXPECT_TRUE(printed.out == out) << "the events are not the first " << lines_in(out) << " of the stream";
}

TEST(CliEnding, ComesAfterExactlyTheEventsAskedFor) {
    Simulator simulator({"--rate", "0"});
    for (const std::size_t count : {1u, 2u, 777u}) {
        const Ended ended =
            run(xtap_stream(simulator, kOperation, {"partition=1", "--max-events", std::to_string(count)}));
        EXPECT_EQ(ended.exit_status, 0) << ended.err;
        EXPECT_EQ(lines_in(ended.out), count);
        expect_beginning_of_the_stream(ended.out);
    }
}

TEST(CliEnding, ComesWhenTheDurationIsOver) {
    Simulator simulator({"--rate", "200", "--from", "1"});
    const Ended ended = run(xtap_stream(simulator, kOperation, {"partition=1", "--duration", "2"}));
    EXPECT_EQ(ended.exit_status, 0) << ended.err;
    EXPECT_EQ(errors_in(ended.err), 0u);
    EXPECT_TRUE(ended.out.empty() || ended.out.back() == '\n');
}

TEST(CliEnding, IsAFailureWithTheLastReasonWhenTheDurationPassesWithoutAConnection) {
    Simulator simulator;
    simulator.fault(Json::parse(R"([{"kind":"http_503","times":0}])"));
    const Ended ended = run(xtap_stream(simulator, kOperation, {"partition=1", "--duration", "2"}));
    EXPECT_EQ(ended.exit_status, 1);
    EXPECT_EQ(errors_in(ended.err), 1u) << ended.err;
    EXPECT_NE(ended.err.find("no connection was made within 2.0 s; the last attempt: "), std::string::npos)
        << ended.err;
    EXPECT_NE(ended.err.find("503"), std::string::npos) << ended.err;
}

class CliSignal : public testing::TestWithParam<int> {};

TEST_P(CliSignal, EndsAStreamWithWholeLinesAndExitStatusZero) {
    Simulator simulator({"--rate", "0"});
    Process process(xtap_stream(simulator, kOperation, {"partition=1"}));
    process.read_out_until(lines(100));
    process.send(GetParam());
    const Ended ended = process.wait();
    EXPECT_EQ(ended.exit_status, 0) << ended.err;
    EXPECT_EQ(errors_in(ended.err), 0u) << ended.err;
    expect_beginning_of_the_stream(ended.out);
}

TEST_P(CliSignal, EndsAStreamThatIsSilent) {
    Simulator simulator;
    simulator.fault(Json::parse(R"([{"kind":"keep_alive_only","times":0}])"));
    Process process(xtap_stream(simulator, kOperation, {"partition=1"}));
    process.read_err_until(words("connected in"));
    process.send(GetParam());
    EXPECT_EQ(process.wait().exit_status, 0);
}

TEST_P(CliSignal, EndsAStreamThatWaitsForItsNextAttempt) {
    Simulator simulator;
    simulator.fault(Json::parse(R"([{"kind":"http_503","times":0}])"));
    Process process(
        xtap_stream(simulator, kOperation, {"partition=1", "--option", "backoff_http_start_ms=300000"}));
    process.read_err_until(words("next connection in"));
    process.send(GetParam());
    EXPECT_EQ(process.wait().exit_status, 0);
}

INSTANTIATE_TEST_SUITE_P(Cli, CliSignal, testing::Values(SIGINT, SIGTERM),
                         [](const auto &tested) { return tested.param == SIGINT ? "SigInt" : "SigTerm"; });

// Returns when nothing more fits into the pipe, that is, when the writer waits or is about to.
void wait_until_full(int write_end) {
    pollfd room = {write_end, POLLOUT, 0};
    while (::poll(&room, 1, 0) > 0)
        ::sched_yield();
}

TEST(CliSignals, ThatComeTwiceEndEvenAWriteThatNobodyReads) {
    Simulator simulator({"--rate", "0"});
    int ends[2];
    ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    Call call = xtap_stream(simulator, kOperation, {"partition=1"});
    call.out_fd = ends[1];
    Process process(call);
    process.read_err_until(words("connected in"));
    wait_until_full(ends[1]);
    process.send(SIGINT);
    process.send(SIGTERM); // another one: two of a kind would be merged while they wait
    const Ended ended = process.wait();
    EXPECT_EQ(ended.exit_status, 0) << ended.err;
    EXPECT_NE(ended.err.find("cancelled by a second signal"), std::string::npos) << ended.err;
    ::close(ends[0]);
    ::close(ends[1]);
}

TEST(CliReader, ThatHasEnoughEndsABusyStreamQuietly) {
    Simulator simulator({"--rate", "0"});
    Process process(xtap_stream(simulator, kOperation, {"partition=1"}));
    process.read_out_until(lines(1));
    process.close_out();
    const Ended ended = process.wait();
    EXPECT_EQ(ended.exit_status, 0) << ended.err;
    EXPECT_EQ(ended.signal, 0);
    EXPECT_EQ(errors_in(ended.err), 0u) << ended.err;
}

TEST(CliReader, ThatLeavesEndsASilentStreamToo) {
    Simulator simulator;
    simulator.fault(Json::parse(R"([{"kind":"keep_alive_only","times":0}])"));
    Process process(xtap_stream(simulator, kOperation, {"partition=1"}));
    process.read_err_until(words("connected in"));
    process.close_out();
    const Ended ended = process.wait();
    EXPECT_EQ(ended.exit_status, 0) << ended.err;
    EXPECT_EQ(errors_in(ended.err), 0u) << ended.err;
}

TEST(CliOutput, ThatCannotBeWrittenIsOneErrorThatSaysWhy) {
    Simulator simulator({"--rate", "0"});
    Call full = xtap_stream(simulator, kOperation, {"partition=1"});
    full.out_fd = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
    const Ended on_full_disk = run(full);
    ::close(full.out_fd);
    EXPECT_EQ(on_full_disk.exit_status, 1);
    EXPECT_EQ(errors_in(on_full_disk.err), 1u) << on_full_disk.err;
    EXPECT_NE(on_full_disk.err.find("No space left on device"), std::string::npos) << on_full_disk.err;

    Call closed = xtap_stream(simulator, kOperation, {"partition=1"});
    closed.close_out = true;
    const Ended without_stdout = run(closed);
    EXPECT_EQ(without_stdout.exit_status, 1);
    EXPECT_EQ(errors_in(without_stdout.err), 1u) << without_stdout.err;
}

TEST(CliSelect, PrintsAnArrayOfTheValuesForEveryEvent) {
    Simulator simulator({"--rate", "0"});
    const Ended selected = run(xtap_stream(simulator, kOperation,
                                           {"partition=1", "--max-events", "500", "--select", "/data/id",
                                            "/data/text", "/data/none", "/data/entities"}));
    const Ended printed = run(printing(kOperation, 500));
    EXPECT_EQ(selected.exit_status, 0) << selected.err;
    std::istringstream arrays(selected.out);
    std::istringstream events(printed.out);
    std::string array;
    std::string event;
    std::size_t count = 0;
    for (; std::getline(arrays, array) && std::getline(events, event); ++count) {
        const auto data = Json::parse(event).at("data");
        const auto value = [&](const char *key) { return data.contains(key) ? data.at(key) : Json(); };
        EXPECT_EQ(Json::parse(array), Json::array({value("id"), value("text"), nullptr, value("entities")}));
    }
    EXPECT_EQ(count, 500u);
}

TEST(CliSelect, IsTheSameWithTheIndexOffWithTheJsonAndWithoutReadAhead) {
    Simulator simulator({"--rate", "0"});
    const std::vector<std::string> words = {"partition=1", "--max-events", "200",
                                            "--select",    "/data/id",     "/data/text"};
    const Ended usual = run(xtap_stream(simulator, kOperation, words));
    EXPECT_EQ(usual.exit_status, 0) << usual.err;
    EXPECT_EQ(lines_in(usual.out), 200u);
    for (const char *option : {"index=off", "deliver_json=on", "read_ahead_bytes=0"}) {
        std::vector<std::string> more = words;
        more.insert(more.end(), {"--option", "continuity=off", "--option", option});
        EXPECT_TRUE(run(xtap_stream(simulator, kOperation, more)).out == usual.out) << option;
    }
}

TEST(CliSelect, OfTheWholeDocumentIsTheEventItself) {
    Simulator simulator({"--rate", "0"});
    const Ended ended =
        run(xtap_stream(simulator, kOperation, {"partition=1", "--max-events", "1", "--select", ""}));
    const Ended printed = run(printing(kOperation, 1));
    EXPECT_EQ(ended.out, "[" + printed.out.substr(0, printed.out.size() - 1) + "]\n") << ended.err;
}

TEST(CliNotices, AreLinesOfJsonOrNothingAsAskedFor) {
    Simulator simulator({"--rate", "0"});
    const Ended json =
        run(xtap_stream(simulator, kOperation, {"partition=1", "--max-events", "3", "--notices", "json"}));
    std::istringstream notices(json.err);
    std::size_t count = 0;
    for (std::string notice; std::getline(notices, notice); ++count) {
        EXPECT_EQ(Json::parse(notice).at("operation"), kOperation);
    }
    EXPECT_GE(count, 2u);
    const Ended off =
        run(xtap_stream(simulator, kOperation, {"partition=1", "--max-events", "3", "--notices", "off"}));
    EXPECT_EQ(off.err, "");
    EXPECT_EQ(off.out, json.out);
}

TEST(CliEnvironment, SetsOptionsAndTheCommandLineGoesBeforeIt) {
    Simulator simulator({"--rate", "0"});
    Call call = xtap({"stream", kOperation, "partition=1", "--max-events", "3"});
    call.environment["XTAP_BASE_URL"] = simulator.url();
    EXPECT_EQ(run(call).exit_status, 0);
    Call overridden = xtap_stream(simulator, kOperation, {"partition=1", "--max-events", "3"});
    overridden.environment["XTAP_BASE_URL"] = "http://127.0.0.1:1";
    EXPECT_EQ(run(overridden).exit_status, 0);
}

TEST(CliEnvironment, WithAProxyDoesNotHandItThePlainHttpOfLoopback) {
    Simulator simulator({"--rate", "0"});
    // A proxy that would be seen: it listens, takes connections and never answers.
    const int proxy = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    ASSERT_EQ(::listen(proxy, 8), 0);
    sockaddr_in address = {};
    socklen_t size = sizeof address;
    ASSERT_EQ(::getsockname(proxy, reinterpret_cast<sockaddr *>(&address), &size), 0);
    const std::string url = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
    Call call = xtap_stream(simulator, kOperation, {"partition=1", "--max-events", "3"});
    for (const char *name :
         {"http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"}) {
        call.environment[name] = url;
    }
    const Ended ended = run(call);
    EXPECT_EQ(ended.exit_status, 0) << ended.err;
    EXPECT_EQ(lines_in(ended.out), 3u);
    EXPECT_EQ(::accept(proxy, nullptr, nullptr), -1) << "somebody connected to the proxy";
    ::close(proxy);
}

TEST(CliTls, StreamsFromAServerWhoseCertificateIsNamed) {
    Simulator simulator({"--rate", "0", "--tls"});
    const Ended ended = run(xtap_stream(
        simulator, kOperation,
        {"partition=1", "--max-events", "100", "--option", "ca_file=" + simulator.certificate()}));
    EXPECT_EQ(ended.exit_status, 0) << ended.err;
    expect_beginning_of_the_stream(ended.out);
}

} // namespace
} // namespace xtap::e2e
