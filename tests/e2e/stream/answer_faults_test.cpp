// What a user sees when there is no stream: refusals, redirects, silence and answers that are no HTTP.
#include "faults.hpp"

#include <algorithm>
#include <fstream>
#include <unistd.h>

namespace xtap::test {
namespace {

class AnswerFault : public EveryMode {};

struct Refusal {
    const char *kind;
    Json fields;
    xtap_status status;
    int http_status;
};

TEST_P(AnswerFault, ARefusalBeforeTheFirstAnswerEndsTheStreamInTheServersOwnWords) {
    for (const Refusal &refusal :
         {Refusal{"http_400", {}, XTAP_E_HTTP, 400},
          {"http_401", {}, XTAP_E_UNAUTHORIZED, 401},
          {"http_403", {}, XTAP_E_FORBIDDEN, 403},
          {"http_404", {}, XTAP_E_NOT_FOUND, 404},
          {"http_409", {}, XTAP_E_CONFLICT, 409},
          {"http_status", {{"status", 410}}, XTAP_E_HTTP, 410},
          {"connection_issue", {{"connection_issue", "RulesInvalidIssue"}}, XTAP_E_CONFLICT, 409}}) {
        SCOPED_TRACE(refusal.kind);
        Simulator simulator;
        simulator.fault(fault(refusal.kind, refusal.fields.is_null() ? Json::object() : refusal.fields));
        Tap tap(simulator.url(), GetParam());
        const Told told = listen(tap, until_over());
        EXPECT_EQ(told.status, refusal.status) << told.error.text();
        EXPECT_EQ(told.error.status, refusal.status);
        EXPECT_EQ(told.error.http_status, refusal.http_status);
        EXPECT_EQ(told.error.retriable, 0u);
        EXPECT_EQ(std::string(told.error.message).find(std::string(Tap::kOperation) + ": HTTP "), 0u)
            << told.error.message;
        EXPECT_STRNE(told.error.problem_title, "");
        EXPECT_STRNE(told.error.request_id, "") << "x-transaction-id is what X's support asks for";
        EXPECT_EQ(told.course(),
                  std::string("connecting, disconnected http ") + xtap_status_name(refusal.status));
        const Json facts = told.notices(XTAP_NOTICE_DISCONNECTED)[0].facts();
        EXPECT_EQ(facts["http_status"], refusal.http_status);
        EXPECT_EQ(facts["open_ms"], 0);
        EXPECT_EQ(facts["problem"]["title"], told.error.problem_title);
        EXPECT_EQ(tap.consume([](const Seen &) { return XTAP_CONTINUE; }), refusal.status) << "told again";
        EXPECT_STREQ(tap.error.message, told.error.message);
        EXPECT_EQ(simulator.state()["connections"], 1);
    }
}

TEST_P(AnswerFault, AServersTroubleIsWaitedOutWithDoublingDelays) {
    for (const auto &[kind, fields] :
         {std::pair{"http_500", Json::object()},
          {"http_503", Json::object()},
          {"http_status", {{"status", 504}}},
          {"html_error", Json::object()},
          {"connection_issue", {{"connection_issue", "ProvisioningSubscription"}}}}) {
        SCOPED_TRACE(kind);
        Simulator simulator;
        Json how = fault(kind, fields);
        how["times"] = 3;
        simulator.fault(how);
        Tap tap(simulator.url(), GetParam(),
                {{"backoff_http_start_ms", "20"}, {"backoff_http_max_ms", "50"}});
        const Told told = listen(tap, events(5));
        ASSERT_EQ(told.status, XTAP_OK) << told.error.text();
        EXPECT_EQ(told.lines(), truth(5));
        std::vector<std::int64_t> delays;
        for (const Seen &seen : told.notices(XTAP_NOTICE_BACKING_OFF)) {
            EXPECT_EQ(seen.facts()["rule"], "http");
            delays.push_back(seen.facts()["delay_ms"].get<std::int64_t>());
        }
        ASSERT_EQ(delays.size(), 3u) << told.course();
        // Up to a tenth is added so that many do not come back at once.
        EXPECT_TRUE(delays[0] >= 20 && delays[0] <= 22) << delays[0];
        EXPECT_TRUE(delays[1] >= 40 && delays[1] <= 44) << delays[1];
        EXPECT_TRUE(delays[2] >= 50 && delays[2] <= 55) << delays[2];
    }
}

TEST_P(AnswerFault, APageOfHtmlIsSummarisedAndNotDelivered) {
    Simulator simulator;
    simulator.fault(fault("html_error", {{"status", 502}}));
    Tap tap(simulator.url(), GetParam(), {{"max_reconnects", "0"}});
    const Told told = listen(tap, until_over());
    EXPECT_EQ(told.status, XTAP_E_SERVER) << told.error.text();
    EXPECT_EQ(told.error.retriable, 1u);
    EXPECT_EQ(std::string(told.error.message).find('<'), std::string::npos) << told.error.message;
    EXPECT_EQ(told.event_count(), 0u);
}

TEST_P(AnswerFault, TooManyConnectionsIsWaitedOutByItsOwnRule) {
    Simulator simulator;
    simulator.fault(fault("too_many_connections"));
    Tap tap(simulator.url(), GetParam());
    const Told told = listen(tap, events(2));
    EXPECT_EQ(told.course(),
              "connecting, disconnected http XTAP_E_CONNECTION_LIMIT, backing_off connection_limit, "
              "connecting, connected, 2 events");
    EXPECT_EQ(told.notices(XTAP_NOTICE_DISCONNECTED)[0].facts()["problem"]["connection_issue"],
              "TooManyConnections");
}

TEST_P(AnswerFault, ARateLimitIsWaitedOutUntilItsReset) {
    Simulator simulator;
    simulator.fault(fault("rate_limit", {{"seconds", 600}}));
    Tap tap(simulator.url(), GetParam());
    const Told told = listen(tap, notices(XTAP_NOTICE_BACKING_OFF));
    EXPECT_EQ(told.course(),
              "connecting, disconnected http XTAP_E_RATE_LIMITED, rate_limited, backing_off rate_limit");
    const Json backing_off = told.notices(XTAP_NOTICE_BACKING_OFF)[0].facts();
    EXPECT_GE(backing_off["delay_ms"], 598'000); // the server counts in whole seconds
    EXPECT_LE(backing_off["delay_ms"], 661'000);
    EXPECT_EQ(backing_off["until_ms"].get<std::int64_t>(),
              backing_off["at_ms"].get<std::int64_t>() + backing_off["delay_ms"].get<std::int64_t>());
    const Json limited = told.notices(XTAP_NOTICE_RATE_LIMITED)[0].facts();
    EXPECT_GE(limited["retry_after_ms"], 598'000);
    EXPECT_GT(limited["reset_ms"], backing_off["at_ms"]);
    EXPECT_EQ(tap.stats()["state"], "backing_off");
}

TEST_P(AnswerFault, AResetThatIsFarOffIsAClocksMistakeAndNotBelieved) {
    Simulator simulator;
    simulator.fault(fault("rate_limit", {{"seconds", 360'000}}));
    Tap tap(simulator.url(), GetParam());
    const Told told = listen(tap, events(1));
    ASSERT_EQ(told.status, XTAP_OK) << told.error.text();
    EXPECT_LE(told.notices(XTAP_NOTICE_BACKING_OFF)[0].facts()["delay_ms"], 11);
}

TEST_P(AnswerFault, ARateLimitWithoutAResetDoubles) {
    Simulator simulator({"--rate-limit", "900/86400"}); // the reset it names is too far off to be believed
    simulator.fault(fault("http_429", {{"times", 3}}));
    Tap tap(simulator.url(), GetParam(), {{"backoff_rate_limit_start_ms", "10"}});
    const Told told = listen(tap, events(1));
    ASSERT_EQ(told.status, XTAP_OK) << told.error.text();
    std::vector<std::int64_t> delays;
    for (const Seen &seen : told.notices(XTAP_NOTICE_BACKING_OFF))
        delays.push_back(seen.facts()["delay_ms"].get<std::int64_t>());
    EXPECT_EQ(delays.size(), 3u) << told.course();
    EXPECT_TRUE(delays[0] == 10 || delays[0] == 11);
    EXPECT_GE(delays.back(), 40);
}

TEST_P(AnswerFault, ARedirectIsAnErrorAndNeverFollowed) {
    Simulator other;
    for (const int status : {301, 302, 307, 308}) {
        Simulator simulator;
        simulator.fault(
            fault("redirect", {{"location", other.url() + "/2/tweets/sample/stream"}, {"status", status}}));
        Tap tap(simulator.url(), GetParam());
        const Told told = listen(tap, until_over());
        EXPECT_EQ(told.status, XTAP_E_HTTP) << told.error.text();
        EXPECT_EQ(told.error.http_status, status);
        EXPECT_NE(std::string(told.error.message).find(other.url()), std::string::npos) << told.error.message;
    }
    EXPECT_EQ(other.state()["connections"], 0);
}

TEST_P(AnswerFault, AnAnswerThatNeverComesIsAStall) {
    Simulator simulator;
    simulator.fault(fault("no_response"));
    Tap tap(simulator.url(), GetParam(), {{"stall_timeout_ms", "100"}, {"connect_timeout_ms", "300"}});
    const Told told = listen(tap, events(1));
    ASSERT_EQ(told.status, XTAP_OK) << told.error.text();
    // On a busy machine the second answer may come too late as well.
    EXPECT_TRUE(told.course().starts_with("connecting, disconnected stalled XTAP_E_STALLED, connecting, "))
        << told.course();
    EXPECT_TRUE(told.course().ends_with("connecting, connected, 1 event")) << told.course();
}

TEST_P(AnswerFault, AHeadThatComesByteForByteIsAHead) {
    Simulator simulator;
    simulator.fault(fault("slow_headers", {{"bytes", 10}, {"interval_ms", 2}}));
    Tap tap(simulator.url(), GetParam());
    const Told told = listen(tap, events(3));
    EXPECT_EQ(told.course(), "connecting, connected, 3 events");
    EXPECT_EQ(told.lines(), truth(3));
}

TEST_P(AnswerFault, AnAnswerThatIsNoHttpIsTriedAgain) {
    Simulator simulator;
    simulator.fault(fault("garbage_response"));
    Tap tap(simulator.url(), GetParam());
    EXPECT_EQ(listen(tap, events(1)).course(),
              "connecting, disconnected protocol XTAP_E_PROTOCOL, backing_off http, connecting, "
              "connected, 1 event");
}

TEST_P(AnswerFault, AnAnswerThatIsNoHttpTwiceEndsTheStream) {
    Simulator simulator;
    simulator.fault(fault("garbage_response", {{"times", 2}}));
    Tap tap(simulator.url(), GetParam());
    const Told told = listen(tap, until_over());
    EXPECT_EQ(told.status, XTAP_E_PROTOCOL) << told.error.text();
    EXPECT_EQ(told.event_count(), 0u);
    for (const char c : std::string(told.error.message))
        EXPECT_TRUE(c >= ' ' && c <= '~') << told.error.message;
}

TEST_P(AnswerFault, AConnectionThatIsRefusedIsTriedAgain) {
    Simulator simulator;
    simulator.fault(fault("refuse", {{"times", 3}}));
    Tap tap(simulator.url(), GetParam());
    const Told told = listen(tap, events(1));
    EXPECT_EQ(told.course(),
              "connecting, disconnected network XTAP_E_NETWORK, connecting, "
              "disconnected network XTAP_E_NETWORK, backing_off network, connecting, "
              "disconnected network XTAP_E_NETWORK, backing_off network, connecting, connected, 1 event");
}

TEST_P(AnswerFault, ATlsHandshakeThatIsCutIsTriedAgain) {
    Simulator simulator({"--tls"});
    simulator.fault(fault("tls_cut", {{"handshake", true}}));
    Tap tap(simulator.url(), GetParam(), {{"ca_file", simulator.certificate()}});
    const Told told = listen(tap, events(1));
    ASSERT_EQ(told.status, XTAP_OK) << told.error.text();
    EXPECT_TRUE(told.course().starts_with("connecting, disconnected network ")) << told.course();
    EXPECT_TRUE(told.course().ends_with(", connecting, connected, 1 event")) << told.course();
}

long resident_kib() {
    std::ifstream in("/proc/self/statm");
    long total = 0, resident = 0;
    in >> total >> resident;
    return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

TEST_P(AnswerFault, AGzipBombEndsItsConnectionAndTakesNoMemory) {
    Simulator simulator;
    simulator.fault(fault("gzip_bomb", {{"size", 1u << 30}}));
    Tap tap(simulator.url(), GetParam(), {{"max_event_bytes", "1MiB"}});
    const long before = resident_kib();
    const Told told = listen(tap, events(1));
    ASSERT_EQ(told.status, XTAP_OK) << told.error.text();
    const std::string course = told.course();
    EXPECT_TRUE(
        course.starts_with("connecting, connected, oversized, disconnected protocol XTAP_E_TOO_LARGE"))
        << course;
    EXPECT_TRUE(course.ends_with("connecting, connected, 1 event")) << course;
    EXPECT_LT(resident_kib() - before, 64 * 1024 * kSlowdown);
}

INSTANTIATE_TEST_SUITE_P(, AnswerFault, testing::ValuesIn(kEveryMode), mode_name);

} // namespace
} // namespace xtap::test
