// The token goes to the server that was named and nowhere else; a changed token file is read again; the
// connect budget.
#include "faults.hpp"
#include "scripted_server.hpp"
#include "small_server.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <mutex>
#include <unistd.h>

namespace xtap::test {
namespace {

const std::string kToken = "AAAAtokenThatNobodyMaySee0123456789AAAA";

class Credentials : public EveryMode {};

// Everything that a stream says, in one text.
struct Overheard {
    std::mutex mutex;
    std::string text;
    void add(std::string_view more) {
        const std::lock_guard lock(mutex);
        text.append(more).append("\n");
    }
    static void log(std::int32_t, xtap_text line, void *self) {
        static_cast<Overheard *>(self)->add({line.data, line.size});
    }
    void add(Tap &tap, const Told &told) {
        for (const Seen &seen : told.all)
            if (seen.is_notice()) add(seen.json);
        add(told.error.message);
        add(tap.stats().dump());
        add(tap.client_stats().dump());
    }
};

class TokenFile {
public:
    explicit TokenFile(const std::string &text) {
        path_ = testing::TempDir() + "xtap-token-XXXXXX";
        ::close(mkstemp(path_.data()));
        write(text);
    }
    ~TokenFile() { ::unlink(path_.c_str()); }
    void write(const std::string &text) { std::ofstream(path_, std::ios::trunc) << text; }
    const std::string &path() const { return path_; }

private:
    std::string path_;
};

TEST_P(Credentials, AppearInNothingThatIsSaid) {
    for (const char *kind :
         {"http_401", "http_503", "reset", "redirect", "garbage_response", "too_many_connections"}) {
        SCOPED_TRACE(kind);
        Simulator simulator;
        simulator.fault(fault(kind, {{"times", 2}}));
        Tap tap(simulator.url(), GetParam(), {{"bearer_token", kToken}, {"max_reconnects", "1"}});
        Overheard heard;
        ASSERT_EQ(xtap_client_on_log(tap.client(), Overheard::log, &heard), XTAP_OK);
        const Told told = listen(tap, until_over());
        heard.add(tap, told);
        EXPECT_EQ(heard.text.find(kToken), std::string::npos) << heard.text;
        EXPECT_NE(heard.text.find("connecting"), std::string::npos) << "the log is on: " << heard.text;
        xtap_client_on_log(tap.client(), nullptr, nullptr);
    }
}

TEST_P(Credentials, ThatAServerRepeatsAppearInNothingThatIsSaid) {
    const std::string line = R"({"errors":[{"title":")" + kToken +
                             R"(","disconnect_type":"ServerShutdown",)" +
                             R"("detail":"Authorization: Bearer )" + kToken + "\"}]}\r\n";
    for (const HttpAnswer &answer :
         {HttpAnswer{.status = 401,
         .body = R"({"type":")" + kToken + R"(","title":"No )" + kToken + R"(","detail":"a"})"},
          HttpAnswer{.status = 503, .body = "Bearer " + kToken, .headers = {{"x-request-id", kToken}}},
          HttpAnswer{.status = 302, .body = {}, .headers = {{"Location", "http://a/?token=" + kToken}}},
          HttpAnswer{.headers = {{"Content-Encoding", kToken}}}, HttpAnswer{.body = line, .close = true}}) {
        ScriptedServer server;
        server.answer("/2/tweets/firehose/stream/lang/ja", {answer});
        Tap tap(server.url(), GetParam(), {{"bearer_token", kToken}, {"max_reconnects", "1"}});
        Overheard heard;
        ASSERT_EQ(xtap_client_on_log(tap.client(), Overheard::log, &heard), XTAP_OK);
        const Told told = listen(tap, until_over());
        EXPECT_GE(told.status, 200) << told.error.text();
        heard.add(tap, told);
        for (const char *text : {told.error.problem_type, told.error.problem_title, told.error.request_id})
            heard.add(text);
        EXPECT_EQ(heard.text.find(kToken), std::string::npos) << heard.text;
        EXPECT_NE(heard.text.find("***"), std::string::npos) << "it was repeated: " << heard.text;
        xtap_client_on_log(tap.client(), nullptr, nullptr);
    }
}

TEST(CredentialsOfAConfig, ReadBackAsStars) {
    xtap_config *config = nullptr;
    ASSERT_EQ(xtap_config_create(&config, nullptr), XTAP_OK);
    Error error;
    ASSERT_EQ(xtap_config_set(config, "bearer_token", kToken.c_str(), &error), XTAP_OK);
    ASSERT_EQ(xtap_config_set(config, "proxy", "http://someone:verysecret@127.0.0.1:1", &error), XTAP_OK);
    char value[256];
    std::size_t size = 0;
    ASSERT_EQ(xtap_config_get(config, "bearer_token", value, sizeof value, &size, &error), XTAP_OK);
    EXPECT_EQ(std::string(value, size), "***");
    ASSERT_EQ(xtap_config_get(config, "proxy", value, sizeof value, &size, &error), XTAP_OK);
    EXPECT_EQ(std::string(value, size).find("verysecret"), std::string::npos) << value;
    EXPECT_EQ(xtap_config_set(config, "bearer_token", (kToken + "\n").c_str(), &error), XTAP_E_VALUE);
    EXPECT_EQ(std::string(error.message).find(kToken), std::string::npos) << error.message;
    EXPECT_EQ(xtap_config_set(config, "proxy", "http://someone:verysecret@127.0.0.1:1:2", &error),
              XTAP_E_VALUE);
    EXPECT_EQ(std::string(error.message).find("verysecret"), std::string::npos) << error.message;
    xtap_config_destroy(config);
}

TEST_P(Credentials, OfAProxyAppearInNothingThatIsSaid) {
    SmallServer proxy([](int fd) {
        read_head(fd);
        write_all(
            fd,
            "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    });
    for (const std::string &url : {proxy.url(), "http://127.0.0.1:" + std::to_string(closed_port())}) {
        const std::string with_secret = "http://someone:verysecret@" + url.substr(7);
        for (const char *base : {"http://127.0.0.1:9", "https://127.0.0.1:9"}) {
            Tap tap(base, GetParam(),
                    {{"proxy", with_secret}, {"max_reconnects", "1"}, {"bearer_token", kToken}});
            Overheard heard;
            xtap_client_on_log(tap.client(), Overheard::log, &heard);
            const Told told = listen(tap, until_over());
            EXPECT_GE(told.status, 200) << told.error.text();
            heard.add(tap, told);
            EXPECT_EQ(heard.text.find("verysecret"), std::string::npos) << heard.text;
            EXPECT_EQ(heard.text.find(kToken), std::string::npos) << heard.text;
            xtap_client_on_log(tap.client(), nullptr, nullptr);
        }
    }
}

TEST_P(Credentials, OfAFileAreReadAgainWhenTheyAreRefused) {
    Simulator simulator({"--token", kToken});
    TokenFile file("AAAAoldTokenAAAA\n");
    Tap tap(simulator.url(), GetParam(), {{"bearer_token", "(none)"}, {"bearer_token_file", file.path()}});
    Overheard heard;
    xtap_client_on_log(tap.client(), Overheard::log, &heard);
    file.write("\t " + kToken + " \r\nA second line is none of it.\n");
    const Told told = listen(tap, events(3));
    EXPECT_EQ(told.course(),
              "connecting, disconnected http XTAP_E_UNAUTHORIZED, connecting, connected, 3 events")
        << told.error.text();
    EXPECT_EQ(simulator.state()["connections"], 2) << "one retry, at once";
    heard.add(tap, told);
    EXPECT_EQ(heard.text.find(kToken), std::string::npos);
    EXPECT_EQ(heard.text.find("oldToken"), std::string::npos);
    xtap_client_on_log(tap.client(), nullptr, nullptr);
}

TEST_P(Credentials, ThatWereReplacedAreMaskedInTheAnswerThatRefusedThem) {
    ScriptedServer server;
    server.answer("/2/tweets/firehose/stream/lang/ja",
                  {{.status = 401, .body = R"({"title":"AAAAoldTokenAAAA is no token"})"}});
    TokenFile file("AAAAoldTokenAAAA\n");
    Tap tap(server.url(), GetParam(), {{"bearer_token", "(none)"}, {"bearer_token_file", file.path()}});
    file.write(kToken);
    const std::vector<Seen> refusals = listen(tap, until_over()).notices(XTAP_NOTICE_DISCONNECTED);
    ASSERT_EQ(refusals.size(), 2u);
    for (const Seen &seen : refusals)
        EXPECT_EQ(seen.facts()["problem"]["title"], "*** is no token");
}

TEST_P(Credentials, ThatStayRefusedEndTheStream) {
    Simulator simulator({"--token", kToken});
    TokenFile file("AAAAoldTokenAAAA\n");
    Tap tap(simulator.url(), GetParam(), {{"bearer_token", "(none)"}, {"bearer_token_file", file.path()}});
    Told told = listen(tap, until_over());
    EXPECT_EQ(told.status, XTAP_E_UNAUTHORIZED) << told.error.text();
    EXPECT_EQ(simulator.state()["connections"], 1) << "the file holds what was refused";
    Tap another(simulator.url(), GetParam(),
                {{"bearer_token", "(none)"}, {"bearer_token_file", file.path()}});
    file.write("AAAAanotherWrongTokenAAAA\n");
    told = listen(another, until_over());
    EXPECT_EQ(told.status, XTAP_E_UNAUTHORIZED) << told.error.text();
    EXPECT_EQ(simulator.state()["connections"], 3) << "one retry, and no more";
}

// ---- where it goes ----

class Variable {
public:
    Variable(const char *name, const std::string &value) : name_(name) { ::setenv(name, value.c_str(), 1); }
    ~Variable() { ::unsetenv(name_); }
    Variable(const Variable &) = delete;
    Variable &operator=(const Variable &) = delete;

private:
    const char *name_;
};

TEST_P(Credentials, GoPastTheEnvironmentsProxiesToLoopback) {
    SmallServer proxy;
    const Variable http("http_proxy", proxy.url()), https("https_proxy", proxy.url()),
        all("all_proxy", proxy.url()), capital("HTTPS_PROXY", proxy.url());
    Simulator plain, tls({"--tls"});
    Tap to_plain(plain.url(), GetParam());
    EXPECT_EQ(listen(to_plain, events(3)).lines(), truth(3));
    Tap to_tls(tls.url(), GetParam(), {{"ca_file", tls.certificate()}});
    EXPECT_EQ(listen(to_tls, events(3)).lines(), truth(3));
    EXPECT_EQ(proxy.accepted(), 0);
}

TEST_P(Credentials, AreNotSentToAServerThatIsNotTheOneNamed) {
    Simulator simulator, other;
    simulator.fault(fault("redirect", {{"location", other.url() + "/2/tweets/sample/stream"}}));
    Tap tap(simulator.url(), GetParam());
    EXPECT_EQ(listen(tap, until_over()).status, XTAP_E_HTTP);
    EXPECT_EQ(other.state()["connections"], 0);
}

TEST_P(Credentials, GoWithTheNameAndVersionOfTheLibrary) {
    Simulator simulator;
    Tap tap(simulator.url(), GetParam());
    EXPECT_EQ(listen(tap, events(1)).status, XTAP_OK);
    const Json headers = simulator.state()["list"][0]["headers"];
    EXPECT_EQ(headers["user-agent"], std::string("libxtap/") + xtap_version());
    EXPECT_EQ(headers["authorization"], "Bearer ***");
    Tap named(simulator.url(), GetParam(), {{"user_agent", "Mine/1.0 (a bird)"}});
    EXPECT_EQ(listen(named, events(1)).status, XTAP_OK);
    EXPECT_EQ(simulator.state()["list"][1]["headers"]["user-agent"], "Mine/1.0 (a bird)");
}

// ---- the connect budget ----

TEST_P(Credentials, OpenNoMoreConnectionsThanTheBudgetAllows) {
    Simulator simulator;
    simulator.fault(fault("reset", {{"after_events", 1}, {"times", 0}}));
    Tap tap(simulator.url(), GetParam(),
            {{"connect_budget", "4"}, {"backoff_network_step_ms", "1"}, {"backoff_network_max_ms", "2"}});
    const Told told = listen(tap, [](const Told &so_far) {
        return so_far.all.back().kind == XTAP_NOTICE_BACKING_OFF &&
               so_far.all.back().facts()["rule"] == "budget";
    });
    ASSERT_EQ(told.status, XTAP_OK) << told.error.text();
    EXPECT_EQ(simulator.state()["connections"], 4);
    EXPECT_EQ(told.notices(XTAP_NOTICE_CONNECTING).size(), 4u);
    EXPECT_GT(told.all.back().facts()["delay_ms"], 15 * 60'000 - 60'000)
        << "until the first leaves the window";
    const Json budget = tap.client_stats()["budgets"][0];
    EXPECT_EQ(budget["used"], 4);
    EXPECT_EQ(budget["limit"], 4);

    // All streams of the client share it: another one waits from the start.
    xtap_stream *second = nullptr;
    ASSERT_EQ(xtap_stream_open(tap.request(), &second, &tap.error), XTAP_OK) << tap.error.text();
    Batch batch;
    ASSERT_EQ(xtap_stream_read(second, batch.get(), XTAP_FOREVER, &tap.error), XTAP_OK);
    EXPECT_EQ(seen_of(*batch, batch->records[0], 0).facts()["rule"], "budget");
    xtap_stream_close(second);
    EXPECT_EQ(simulator.state()["connections"], 4);
}

INSTANTIATE_TEST_SUITE_P(, Credentials, testing::ValuesIn(kEveryMode), mode_name);

} // namespace
} // namespace xtap::test
