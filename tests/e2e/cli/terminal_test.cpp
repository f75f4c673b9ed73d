// What somebody sees who runs `xtap stream` on a terminal.
#include "cli/calls.hpp"
#include "json/value.hpp"

#include <algorithm>
#include <csignal>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sstream>
#include <stdexcept>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace xtap::e2e {
namespace {

constexpr std::size_t kFarTooMuch = 200'000; // a program that only refreshes its status line

// Where events go that nobody looks at: a pipe without a reader would fill up and hold the program.
class Nowhere {
public:
    ~Nowhere() { ::close(fd_); }
    int fd() const { return fd_; }

private:
    int fd_ = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
};

// Both ends of a pseudo terminal of 60 columns.
class Terminal {
public:
    Terminal() : screen_(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)) {
        if (screen_ < 0 || ::grantpt(screen_) != 0 || ::unlockpt(screen_) != 0)
            throw std::runtime_error("no pty");
        program_side_ = ::open(::ptsname(screen_), O_RDWR | O_NOCTTY | O_CLOEXEC);
        const winsize size = {25, 60, 0, 0};
        ::ioctl(program_side_, TIOCSWINSZ, &size);
    }
    ~Terminal() {
        ::close(program_side_);
        ::close(screen_);
    }
    int program_side() const { return program_side_; }

    // Everything shown until this side's programs have ended.
    std::string shown() {
        ::close(program_side_);
        program_side_ = -1;
        std::string text;
        char block[4096];
        while (true) {
            pollfd watched = {screen_, POLLIN, 0};
            if (::poll(&watched, 1, 120'000) <= 0) throw std::runtime_error("nothing shown for two minutes");
            const ssize_t count = ::read(screen_, block, sizeof block);
            if (count <= 0) return text; // a terminal without a program ends with EIO
            text.append(block, static_cast<std::size_t>(count));
            if (text.size() > kFarTooMuch) throw std::runtime_error("the program does not end");
        }
    }

private:
    int screen_;
    int program_side_ = -1;
};

// The screen after it: a line is what came after the last "go to its start and clear it".
std::vector<std::string> lines_left(const std::string &shown) {
    std::vector<std::string> lines;
    std::istringstream all(shown);
    for (std::string line; std::getline(all, line);) {
        const std::size_t cleared = line.rfind("\r\x1b[K");
        if (cleared != std::string::npos) line.erase(0, cleared + 4);
        if (!line.empty() && line.back() == '\r') line.pop_back();
        lines.push_back(line);
    }
    return lines;
}

TEST(CliTerminal, ShowsAStatusLineThatNeverMixesWithNoticesAndLeavesASummary) {
    Simulator simulator({"--rate", "500", "--from", "1"});
    Terminal terminal;
    Call call = xtap_stream(simulator, kOperation, {"partition=1", "--max-events", "1000"});
    const Nowhere nowhere;
    call.out_fd = nowhere.fd();
    call.err_fd = terminal.program_side();
    Process process(call);
    const std::string shown = terminal.shown();
    const Ended ended = process.wait();
    EXPECT_EQ(ended.exit_status, 0) << shown;
    EXPECT_NE(shown.find("\r\x1b[Kstreaming | "), std::string::npos) << shown;
    EXPECT_NE(shown.find(" events/s | "), std::string::npos) << shown;
    EXPECT_NE(shown.find(" MB/s | lag "), std::string::npos) << shown;
    const std::vector<std::string> lines = lines_left(shown);
    ASSERT_GE(lines.size(), 3u) << shown;
    for (std::size_t index = 0; index + 1 < lines.size(); ++index) {
        EXPECT_EQ(lines[index].substr(0, 2), "20") << "no notice: " << lines[index];
    }
    EXPECT_EQ(lines.back().substr(0, 6), "xtap: ") << lines.back();
    EXPECT_NE(lines.back().find(" events, "), std::string::npos) << lines.back();
}

TEST(CliTerminal, KeepsTheStatusLineWithinItsWidth) {
    Simulator simulator({"--rate", "500", "--from", "1"});
    Terminal terminal;
    Call call =
        xtap_stream(simulator, kOperation, {"partition=1", "--max-events", "400", "--notices", "off"});
    const Nowhere nowhere;
    call.out_fd = nowhere.fd();
    call.err_fd = terminal.program_side();
    Process process(call);
    const std::string shown = terminal.shown();
    EXPECT_EQ(process.wait().exit_status, 0);
    std::size_t status_lines = 0;
    for (std::size_t at = shown.find("\x1b[K"); at != std::string::npos;
         at = shown.find("\x1b[K", at + 1), ++status_lines) {
        const std::size_t end = std::min(shown.find_first_of("\r\n", at), shown.size());
        const bool is_summary = shown.compare(at + 3, 6, "xtap: ") == 0;
        if (is_summary) continue;
        EXPECT_LE(end - at - 3, 59u) << shown.substr(at + 3, end - at - 3);
    }
    EXPECT_GE(status_lines, 2u) << shown;
}

TEST(CliTerminal, SharedByEventsAndStatusLineShowsEveryEventOnALineOfItsOwn) {
    Simulator simulator({"--rate", "200", "--from", "1"});
    Terminal terminal;
    Call call =
        xtap_stream(simulator, kOperation, {"partition=1", "--max-events", "100", "--select", "/data/id"});
    call.out_fd = call.err_fd = terminal.program_side();
    Process process(call);
    const std::string shown = terminal.shown();
    EXPECT_EQ(process.wait().exit_status, 0);
    std::size_t events = 0;
    for (const std::string &line : lines_left(shown)) {
        if (!line.starts_with("[")) continue;
        EXPECT_TRUE(Json::accept(line)) << line;
        ++events;
    }
    EXPECT_EQ(events, 100u) << shown;
}

TEST(CliTerminal, GetsNoControlCharacterFromAServer) {
    Simulator simulator;
    simulator.fault(Json::parse(R"([{"kind":"garbage_line","times":1,
        "line":"{\"errors\":[{\"title\":\"\\u001b[2J\\u0007\",\"detail\":\"\\u001b]0;owned\\u0007\"}]}"}])"));
    Process process(xtap_stream(simulator, kOperation, {"partition=1", "--option", "max_reconnects=0"}));
    process.read_err_until([](std::string_view text) { return text.find("owned") != text.npos; });
    process.send(SIGTERM);
    const Ended ended = process.wait();
    EXPECT_EQ(ended.err.find('\x1b'), std::string::npos) << ended.err;
    EXPECT_EQ(ended.err.find('\a'), std::string::npos) << ended.err;
}

} // namespace
} // namespace xtap::e2e
