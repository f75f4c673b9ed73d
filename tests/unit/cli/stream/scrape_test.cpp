// What the server of figures answers to what; and that nobody who asks it can hold it up.
#include "cli/stream/scrape.hpp"

#include "cli/base/complaint.hpp"
#include "cli/stream/metrics_server.hpp"

#include <array>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

namespace xtap::cli {
namespace {

std::string page() { return "figures 1\n"; }

std::string answered(const std::string &first_line) {
    return scrape_answer(first_line + "\r\nHost: x\r\n\r\n", page);
}

TEST(Scrape, GetsThePage) {
    const std::string answer = answered("GET /metrics HTTP/1.1");
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n")) << answer;
    EXPECT_NE(answer.find("Content-Type: text/plain; version=0.0.4"), std::string::npos);
    EXPECT_NE(answer.find("Content-Length: 10\r\n"), std::string::npos);
    EXPECT_TRUE(answer.ends_with("\r\n\r\nfigures 1\n"));
    EXPECT_EQ(answered("GET /metrics?x=1 HTTP/1.0"), answer);
}

TEST(Scrape, GetsTheHeadAlone) {
    const std::string answer = answered("HEAD /metrics HTTP/1.1");
    EXPECT_NE(answer.find("Content-Length: 10\r\n"), std::string::npos);
    EXPECT_TRUE(answer.ends_with("\r\n\r\n"));
}

TEST(Scrape, IsToldWhatIsWrong) {
    EXPECT_TRUE(answered("GET / HTTP/1.1").starts_with("HTTP/1.1 404 "));
    EXPECT_TRUE(answered("GET /metrics/ HTTP/1.1").starts_with("HTTP/1.1 404 "));
    EXPECT_TRUE(answered("POST /metrics HTTP/1.1").starts_with("HTTP/1.1 405 "));
    EXPECT_TRUE(answered("GET /metrics").starts_with("HTTP/1.1 400 "));
    EXPECT_TRUE(answered("").starts_with("HTTP/1.1 400 "));
    EXPECT_TRUE(answered(std::string(1000, '\0')).starts_with("HTTP/1.1 400 "));
}

TEST(Scrape, SurvivesFiguresThatCannotBeTold) {
    const auto failing = []() -> std::string { throw std::runtime_error("no"); };
    EXPECT_TRUE(scrape_answer("GET /metrics HTTP/1.1\r\n\r\n", failing).starts_with("HTTP/1.1 500 "));
}

class Scraper {
public:
    explicit Scraper(const MetricsServer &server) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in where = {};
        where.sin_family = AF_INET;
        where.sin_port = htons(server.port());
        where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        EXPECT_EQ(::connect(fd_, reinterpret_cast<const sockaddr *>(&where), sizeof where), 0);
    }
    ~Scraper() { ::close(fd_); }
    Scraper(const Scraper &) = delete;
    Scraper &operator=(const Scraper &) = delete;
    void ask(const std::string &text) const {
        EXPECT_EQ(::send(fd_, text.data(), text.size(), MSG_NOSIGNAL), static_cast<ssize_t>(text.size()));
    }
    std::string read_to_end() const {
        std::string text;
        std::array<char, 4096> piece;
        for (ssize_t count; (count = ::read(fd_, piece.data(), piece.size())) > 0;)
            text.append(piece.data(), static_cast<std::size_t>(count));
        return text;
    }

private:
    int fd_;
};

constexpr char kAsked[] = "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n";

TEST(MetricsServerTest, AnswersWhileOthersSayNothing) {
    MetricsServer server(0, page);
    std::vector<std::unique_ptr<Scraper>> silent;
    for (int count = 0; count < 20; ++count) {
        silent.push_back(std::make_unique<Scraper>(server));
        silent.back()->ask("GET /met");
    }
    const Scraper scraper(server);
    scraper.ask(kAsked);
    EXPECT_TRUE(scraper.read_to_end().ends_with("figures 1\n"));
}

TEST(MetricsServerTest, SendsALargePageWholeAndTurnsAwayARequestThatNeverEnds) {
    const std::string large(8 << 20, 'x');
    MetricsServer server(0, [&] { return large; });
    const Scraper endless(server);
    endless.ask(std::string(kLongestScrape, 'a'));
    endless.ask("a");
    EXPECT_EQ(endless.read_to_end(), "");
    const Scraper scraper(server);
    scraper.ask(kAsked);
    EXPECT_TRUE(scraper.read_to_end().ends_with(large));
}

TEST(MetricsServerTest, EndsWithoutWaitingForItsVisitors) {
    auto server = std::make_unique<MetricsServer>(0, page);
    const Scraper silent(*server);
    silent.ask("GET");
    server.reset();
    EXPECT_EQ(silent.read_to_end(), "");
}

TEST(MetricsServerTest, NamesThePortThatIsTaken) {
    const MetricsServer first(0, page);
    try {
        const MetricsServer second(first.port(), page);
        FAIL() << "two servers at one port";
    } catch (const Complaint &complaint) {
        EXPECT_NE(complaint.message.find("port " + std::to_string(first.port())), std::string::npos);
    }
}

} // namespace
} // namespace xtap::cli
