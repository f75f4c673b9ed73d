// What counts in the connect budget: the requests that were sent to the server, and none that could not be.
#include "network.hpp"
#include "small_server.hpp"
#include "world.hpp"

#include <gmock/gmock.h>
#include <memory>

namespace xtap::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class ConnectBudget : public EveryMode {
protected:
    static constexpr int kBudget = 3;
    static constexpr std::size_t kTries = 7;

    Told tried(const std::string &url, Settings options, std::size_t tries = kTries) {
        options.emplace_back("connect_budget", std::to_string(kBudget));
        tap_ = std::make_unique<Tap>(url, GetParam(), options);
        return listen(*tap_, notices(XTAP_NOTICE_CONNECTING, tries));
    }
    int used() const { return tap_->client_stats()["budgets"][0]["used"].get<int>(); }
    void expect_unused(const std::string &url, const Settings &options = {}) {
        const Told told = tried(url, options);
        EXPECT_EQ(told.status, XTAP_OK) << told.error.text();
        EXPECT_THAT(told.course(), Not(HasSubstr("backing_off budget")));
        EXPECT_LE(used(), 1) << "only the one that is under way";
    }

    std::unique_ptr<Tap> tap_;
};

TEST_P(ConnectBudget, IsNotUsedByAPortWhereNobodyListens) {
    expect_unused("http://127.0.0.1:" + std::to_string(closed_port()));
}

TEST_P(ConnectBudget, IsNotUsedByANetworkThatDoesNotRespond) {
    const FullBacklog unresponsive;
    expect_unused(unresponsive.url(), {{"connect_timeout_ms", "20"}});
}

// Where nobody answers for names either, the timeout ends it.
TEST_P(ConnectBudget, IsNotUsedByANameThatIsUnknown) {
    expect_unused("https://nowhere.invalid", {{"connect_timeout_ms", "500"}});
}

TEST_P(ConnectBudget, IsNotUsedByAHandshakeThatIsCut) {
    SmallServer server([](int) {});
    expect_unused(server.url("https"));
}

TEST_P(ConnectBudget, IsNotUsedByAHandshakeThatIsNeverAnswered) {
    SmallServer server;
    expect_unused(server.url("https"), {{"connect_timeout_ms", "20"}});
}

TEST_P(ConnectBudget, IsNotUsedByAProxyThatRefuses) {
    for (const char *answer : {"403 Forbidden", "407 Proxy Authentication Required", "502 Bad Gateway"}) {
        SmallServer proxy([answer](int fd) {
            read_head(fd);
            write_all(fd, std::string("HTTP/1.1 ") + answer + "\r\nContent-Length: 0\r\n\r\n");
        });
        expect_unused("https://x.invalid", {{"proxy", proxy.url()}});
    }
}

TEST_P(ConnectBudget, IsNotUsedByAProxyThatDoesNotAnswer) {
    SmallServer proxy;
    expect_unused("https://x.invalid", {{"proxy", proxy.url()}, {"connect_timeout_ms", "20"}});
}

TEST_P(ConnectBudget, IsNotUsedByACertificateThatIsNotTrusted) {
    Simulator simulator({"--tls"});
    const Told told = tried(simulator.url(), {});
    EXPECT_EQ(told.status, XTAP_E_TLS);
    EXPECT_EQ(used(), 0);
}

TEST_P(ConnectBudget, IsUsedByARequestThatWasSentWhateverBecomesOfIt) {
    SmallServer server([](int fd) { read_head(fd); });
    const Told told = tried(server.url(), {}, kBudget);
    EXPECT_EQ(used(), kBudget);
    const Told then = listen(*tap_, [](const Told &so_far) {
        const Seen &last = so_far.all.back();
        return last.kind == XTAP_NOTICE_BACKING_OFF && last.facts()["rule"] == "budget";
    });
    EXPECT_EQ(then.status, XTAP_OK) << then.error.text();
    EXPECT_TRUE(then.notices(XTAP_NOTICE_CONNECTING).empty()) << then.course();
}

TEST_P(ConnectBudget, IsGivenBackByAStreamThatIsClosedWhileItConnects) {
    const FullBacklog unresponsive;
    Tap first(unresponsive.url(), GetParam(), {{"connect_budget", "3"}});
    for (int again = 0; again < 5; ++again) {
        xtap_stream *stream = nullptr;
        ASSERT_EQ(xtap_stream_open(first.request(), &stream, &first.error), XTAP_OK) << first.error.text();
        Batch batch;
        ASSERT_EQ(xtap_stream_read(stream, batch.get(), XTAP_FOREVER, &first.error), XTAP_OK);
        EXPECT_EQ(batch->records[0].kind, unsigned{XTAP_NOTICE_CONNECTING}) << again;
        xtap_stream_close(stream);
    }
}

INSTANTIATE_TEST_SUITE_P(, ConnectBudget, testing::ValuesIn(kEveryMode), mode_name);

// ---- an outage of many partitions ----

TEST(ConnectBudgetOfManyPartitions, IsThereWhenTheNetworkComesBack) {
    std::vector<std::uint32_t> numbers;
    for (std::uint32_t number = 1; number <= 20; ++number)
        numbers.push_back(number);
    Simulator simulator({"--rate", "10"});
    Network network(simulator.port());
    Tap tap(network.url(), {false, true}, {{"connect_timeout_ms", "300"}, {"connect_budget", "-1"}},
            "streamPostsFirehose", {{"partition", "1-20"}});
    ASSERT_EQ(listen(tap, events_of_each(numbers, 1)).status, XTAP_OK);
    network.stop();
    // Twice as many as the operation's budget of 50.
    const Told without = listen(tap, notices(XTAP_NOTICE_CONNECTING, 100));
    ASSERT_EQ(without.status, XTAP_OK) << without.error.text();
    EXPECT_THAT(without.course(), Not(HasSubstr("backing_off budget")));
    network.go_on();
    const Told told = listen(tap, events_of_each(numbers, 1));
    EXPECT_EQ(told.status, XTAP_OK) << told.error.text();
    EXPECT_THAT(told.course(), Not(HasSubstr("backing_off budget")));
}

} // namespace
} // namespace xtap::test
