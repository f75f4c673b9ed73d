// `xtap stream --metrics`: to a file, and to whoever asks on this machine.
#include "cli/calls.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace xtap::e2e {
namespace {

constexpr char kServed[] = "xtap: metrics at http://127.0.0.1:";

// A connection to the server of figures; answers are read to their end.
class Scraper {
public:
    explicit Scraper(const std::string &port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in where = {};
        where.sin_family = AF_INET;
        where.sin_port = htons(static_cast<std::uint16_t>(std::stoi(port)));
        where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        EXPECT_EQ(::connect(fd_, reinterpret_cast<const sockaddr *>(&where), sizeof where), 0);
    }
    ~Scraper() { ::close(fd_); }
    Scraper(const Scraper &) = delete;
    Scraper &operator=(const Scraper &) = delete;
    std::string ask(const std::string &request) const {
        EXPECT_EQ(::send(fd_, request.data(), request.size(), MSG_NOSIGNAL),
                  static_cast<ssize_t>(request.size()));
        std::string answer;
        std::array<char, 4096> piece;
        for (ssize_t count; (count = ::read(fd_, piece.data(), piece.size())) > 0;)
            answer.append(piece.data(), static_cast<std::size_t>(count));
        return answer;
    }

private:
    int fd_;
};

TEST(CliMetrics, AreServedOnLoopbackWhileSilentVisitorsHoldTheirConnections) {
    Simulator simulator({"--rate", "0"});
    Process process(xtap_stream(simulator, kOperation, {"partition=1", "--metrics", ":0"}));
    const std::string &err = process.read_err_until([](std::string_view text) {
        const std::size_t at = text.find(kServed);
        return at != text.npos && text.find("/metrics", at) != text.npos;
    });
    const std::size_t at = err.find(kServed) + sizeof kServed - 1;
    const std::string port = err.substr(at, err.find('/', at) - at);
    const Scraper silent(port);
    process.read_out_until([](std::string_view text) { return text.size() > 100'000; });
    const std::string answer = Scraper(port).ask("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n")) << answer;
    for (const char *line :
         {"xtap_stream_open{operation=\"streamPostsFirehoseJa\"} 1\n",
          "xtap_leg_open{operation=\"streamPostsFirehoseJa\",partition=\"1\",role=\"live\"} 1\n",
          "xtap_stream_gaps_total{operation=\"streamPostsFirehoseJa\"} 0\n"})
        EXPECT_NE(answer.find(line), std::string::npos) << line << "is not in:\n" << answer;
    process.send(SIGTERM);
    EXPECT_EQ(process.wait().exit_status, 0) << "a silent visitor holds nothing up";
}

TEST(CliMetrics, AreRefusedAtAPortThatIsTaken) {
    Simulator simulator({"--rate", "0"});
    const std::string url = simulator.url();
    const Ended ended =
        run(xtap_stream(simulator, kOperation, {"partition=1", "--metrics", url.substr(url.rfind(':'))}));
    EXPECT_EQ(ended.exit_status, 1);
    EXPECT_EQ(errors_in(ended.err), 1u) << ended.err;
    EXPECT_NE(ended.err.find("cannot serve metrics on port"), std::string::npos) << ended.err;
}

} // namespace
} // namespace xtap::e2e
