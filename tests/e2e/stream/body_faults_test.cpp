// What a user sees when a stream's body goes wrong: what is said, what is delivered, and when it is tried
// again.
#include "faults.hpp"

#include <algorithm>

namespace xtap::test {
namespace {

class BodyFault : public EveryMode {};

constexpr const char *kThenAgain = ", connecting, connected";

// Plays `how` on the first connection and listens until the second one is there.
Told after_fault(Simulator &simulator, Mode mode, const Json &how, const Settings &options = {}) {
    simulator.fault(how);
    Tap tap(simulator.url(), mode, options);
    Told told = listen(tap, notices(XTAP_NOTICE_CONNECTED, 2));
    EXPECT_EQ(told.status, XTAP_OK) << told.error.text();
    expect_no_hole(told.all);
    return told;
}

void expect_first_events(const Told &told, std::size_t count) { EXPECT_EQ(told.lines(), truth(count)); }

Json facts_of_first(const Told &told, std::uint32_t kind) {
    const std::vector<Seen> found = told.notices(kind);
    EXPECT_FALSE(found.empty()) << told.course();
    return found.empty() ? Json() : found.front().facts();
}

TEST(Faults, OfEveryKindTheSimulatorAnnouncesAreTested) {
    Simulator simulator;
    std::vector<std::string> announced = fault_kinds_announced(simulator), tested = fault_kinds_under_test();
    // Those for requests that do not stream are played by the tests of requests.
    for (const char *elsewhere : {"no_answer", "bad_json", "huge_body", "gzip_answer", "chunked_answer"})
        tested.emplace_back(elsewhere);
    std::ranges::sort(announced);
    std::ranges::sort(tested);
    EXPECT_EQ(tested, announced);
}

TEST_P(BodyFault, ACleanCloseIsFollowedByAConnectionAtOnce) {
    Simulator simulator;
    const Told told = after_fault(simulator, GetParam(), fault("close", {{"after_events", 10}}));
    EXPECT_EQ(told.course(),
              "connecting, connected, 10 events, disconnected clean_close XTAP_OK" + std::string(kThenAgain));
    expect_first_events(told, 10);
    const Json facts = facts_of_first(told, XTAP_NOTICE_DISCONNECTED);
    EXPECT_EQ(facts["events"], 10);
    EXPECT_EQ(facts["dropped_tail_bytes"], 0);
    EXPECT_EQ(facts["partition"], 1);
    EXPECT_EQ(facts["operation"], Tap::kOperation);
    std::size_t bytes = 0;
    for (const std::string &line : told.lines())
        bytes += line.size();
    EXPECT_EQ(facts["bytes"], bytes);
}

TEST_P(BodyFault, AnEndWithoutTheLastChunkDropsAndCountsWhatWasNotWhole) {
    Simulator simulator({"--gzip", "off", "--chunk", "100"});
    const Told told = after_fault(simulator, GetParam(), fault("eof", {{"after_bytes", 20'000}}));
    const std::size_t whole = told.event_count();
    ASSERT_GT(whole, 3u);
    expect_first_events(told, whole);
    EXPECT_EQ(told.course(), "connecting, connected, " + std::to_string(whole) +
                                 " events, disconnected network XTAP_E_NETWORK" + kThenAgain);
    EXPECT_GT(facts_of_first(told, XTAP_NOTICE_DISCONNECTED)["dropped_tail_bytes"], 0);
}

TEST_P(BodyFault, AResetLosesNothingThatHadArrivedWhole) {
    Simulator simulator;
    const Told told = after_fault(simulator, GetParam(), fault("reset", {{"after_events", 10}}));
    EXPECT_EQ(told.course(), "connecting, connected, 10 events, disconnected network XTAP_E_NETWORK" +
                                 std::string(kThenAgain));
    expect_first_events(told, 10);
}

TEST_P(BodyFault, AStallIsNoticedAndLeft) {
    Simulator simulator;
    const Told told = after_fault(simulator, GetParam(), fault("stall", {{"after_events", 10}}),
                                  {{"stall_timeout_ms", "150"}});
    // On a busy machine the next connection may stall as well.
    EXPECT_TRUE(told.course().starts_with(
        "connecting, connected, 10 events, disconnected stalled XTAP_E_STALLED, connecting"))
        << told.course();
    expect_first_events(told, 10);
}

TEST_P(BodyFault, AHalfChunkIsABrokenConnection) {
    Simulator simulator({"--gzip", "off"});
    const Told told = after_fault(simulator, GetParam(), fault("half_chunk", {{"after_events", 10}}));
    EXPECT_EQ(told.course(), "connecting, connected, 10 events, disconnected network XTAP_E_NETWORK" +
                                 std::string(kThenAgain));
    expect_first_events(told, 10);
    EXPECT_GT(facts_of_first(told, XTAP_NOTICE_DISCONNECTED)["dropped_tail_bytes"], 0);
}

TEST_P(BodyFault, ABadChunkSizeIsABrokenConnection) {
    Simulator simulator;
    const Told told = after_fault(simulator, GetParam(), fault("bad_chunk", {{"after_events", 10}}));
    EXPECT_EQ(told.event_count(), 10u);
    expect_first_events(told, 10);
    EXPECT_EQ(facts_of_first(told, XTAP_NOTICE_DISCONNECTED)["cause"], "network");
}

TEST_P(BodyFault, CharactersAndEscapesCutBetweenChunksArriveWhole) {
    for (const char *gzip : {"off", "auto"}) {
        Simulator simulator({"--gzip", gzip});
        simulator.fault(fault("split_characters"));
        Tap tap(simulator.url(), GetParam());
        const Told told = listen(tap, events(50));
        ASSERT_EQ(told.status, XTAP_OK) << told.error.text();
        expect_first_events(told, 50);
    }
}

TEST_P(BodyFault, AGarbageLineIsDeliveredAsItCame) {
    for (const char *variant : {"binary", "unclosed_string", "unclosed_object", "invalid_utf8", "text"}) {
        SCOPED_TRACE(variant);
        Simulator simulator;
        simulator.fault(fault("garbage_line", {{"after_events", 5}, {"variant", variant}}));
        Tap tap(simulator.url(), GetParam());
        const Told told = listen(tap, events(10));
        ASSERT_EQ(told.status, XTAP_OK) << told.error.text();
        EXPECT_EQ(told.course(), "connecting, connected, 10 events");
        std::vector<std::string> lines = told.lines();
        EXPECT_EQ(told.events()[5].kind, static_cast<std::uint32_t>(XTAP_EVENT_MALFORMED)) << lines[5];
        EXPECT_FALSE(lines[5].empty());
        lines.erase(lines.begin() + 5);
        EXPECT_EQ(lines, truth(9));
        EXPECT_EQ(tap.stats()["malformed"], 1);
    }
}

TEST_P(BodyFault, ALineThatIsGivenComesBackByteForByte) {
    const std::string line = "{\"data\": {\"id\": \"12\", \"text\": \"\\ud83d\"} , \"x\" : [1,2]} trailing";
    Simulator simulator;
    simulator.fault(fault("garbage_line", {{"after_events", 1}, {"line", line}}));
    Tap tap(simulator.url(), GetParam());
    const Told told = listen(tap, events(3));
    EXPECT_EQ(told.lines()[1], line);
    EXPECT_EQ(told.events()[1].kind, static_cast<std::uint32_t>(XTAP_EVENT_MALFORMED));
}

TEST_P(BodyFault, AnOversizedLineIsDroppedCountedAndReported) {
    Simulator simulator;
    simulator.fault(fault("oversized_line", {{"after_events", 5}, {"size", 300'000}}));
    Tap tap(simulator.url(), GetParam(), {{"max_event_bytes", "200KiB"}});
    const Told told = listen(tap, events(10));
    ASSERT_EQ(told.status, XTAP_OK) << told.error.text();
    EXPECT_EQ(told.course(), "connecting, connected, 5 events, oversized, 5 events");
    expect_first_events(told, 10);
    const Json facts = facts_of_first(told, XTAP_NOTICE_OVERSIZED);
    EXPECT_EQ(facts["size"], 300'000);
    EXPECT_EQ(facts["limit"], 200 * 1024);
    EXPECT_EQ(tap.stats()["oversized"], 1);
}

TEST_P(BodyFault, AnOperationalDisconnectIsReportedAndFollowedByAConnection) {
    for (const auto &[type, rule] : {std::pair{"OperationalDisconnect", ""},
                                     {"UpstreamOperationalDisconnect", ""},
                                     {"UpstreamUncleanDisconnect", ""},
                                     {"ForceDisconnect", ", backing_off connection_limit"},
                                     {"SlowReader", ", backing_off connection_limit"},
                                     {"InternalError", ", backing_off http"},
                                     {"ANewTypeOfTheirs", ", backing_off http"}}) {
        SCOPED_TRACE(type);
        Simulator simulator;
        const Told told =
            after_fault(simulator, GetParam(),
                        fault("operational_disconnect", {{"after_events", 5}, {"disconnect_type", type}}));
        const std::string course = told.course();
        EXPECT_TRUE(course.starts_with("connecting, connected, 5 events, system " + std::string(type) +
                                       ", disconnected system XTAP_E_"))
            << course;
        EXPECT_TRUE(course.ends_with(rule + std::string(kThenAgain))) << course;
        expect_first_events(told, 5);
        EXPECT_EQ(facts_of_first(told, XTAP_NOTICE_DISCONNECTED)["problem"]["disconnect_type"], type);
    }
}

TEST_P(BodyFault, RulesThatXRefusesEndTheStreamAfterFiveInARow) {
    Simulator simulator;
    simulator.fault(fault("operational_disconnect",
                          {{"after_events", 1}, {"disconnect_type", "InvalidRules"}, {"times", 0}}));
    Tap tap(simulator.url(), GetParam(), {{"backoff_http_start_ms", "1"}, {"backoff_http_max_ms", "2"}});
    const Told told = listen(tap, until_over());
    EXPECT_EQ(told.status, XTAP_E_CONFLICT) << told.error.text();
    EXPECT_EQ(told.notices(XTAP_NOTICE_CONNECTED).size(), 5u);
    EXPECT_EQ(told.event_count(), 5u);
}

TEST_P(BodyFault, ASlowDripIsAStreamLikeAnyOther) {
    Simulator simulator({"--gzip", "off"});
    simulator.fault(fault("slow_drip", {{"bytes", 100}, {"interval_ms", 5}}));
    Tap tap(simulator.url(), GetParam(), {{"stall_timeout_ms", "2000"}});
    const Told told = listen(tap, events(5));
    ASSERT_EQ(told.status, XTAP_OK) << told.error.text();
    EXPECT_EQ(told.course(), "connecting, connected, 5 events");
    expect_first_events(told, 5);
}

TEST_P(BodyFault, ATlsConnectionThatIsCutIsABrokenConnection) {
    Simulator simulator({"--tls"});
    const Told told = after_fault(simulator, GetParam(), fault("tls_cut", {{"after_events", 10}}),
                                  {{"ca_file", simulator.certificate()}});
    EXPECT_EQ(told.course(), "connecting, connected, 10 events, disconnected network XTAP_E_NETWORK" +
                                 std::string(kThenAgain));
    expect_first_events(told, 10);
}

TEST_P(BodyFault, AStreamWithKeepAlivesAloneIsQuietAndNotStalled) {
    Simulator simulator({"--keep-alive-ms", "20"});
    simulator.fault(fault("keep_alive_only", {{"after_events", 5}}));
    Tap tap(simulator.url(), GetParam(), {{"stall_timeout_ms", "1000"}});
    EXPECT_EQ(listen(tap, events(5)).status, XTAP_OK);
    // Longer than stall_timeout_ms by the simulator's own count of keep-alives, which are all that it sends.
    std::thread later([&] {
        const auto bytes = simulator.state()["list"][0]["bytes"].get<std::uint64_t>();
        for (std::uint64_t now = bytes; now < bytes + 75 * 7;) { // a chunk of CRLF takes 7 bytes
            const Json state = simulator.state_when("min_connections=2", 50);
            now = state["list"][0]["bytes"].get<std::uint64_t>();
            if (state["reached"].get<bool>() || !state["list"][0]["open"].get<bool>()) break;
        }
        xtap_stream_finish(tap.stream());
    });
    const Told told = listen(tap, until_over());
    later.join();
    EXPECT_EQ(told.status, XTAP_END) << told.error.text();
    EXPECT_EQ(told.course(), "disconnected finished XTAP_OK");
}

TEST_P(BodyFault, AnEventThatComesTwiceIsDeliveredTwiceWithTheSameKey) {
    Simulator simulator;
    simulator.fault(fault("duplicate_event", {{"after_events", 3}, {"copies", 2}}));
    Tap tap(simulator.url(), GetParam());
    const Told told = listen(tap, events(6));
    const std::vector<std::string> t = truth(4);
    EXPECT_EQ(told.lines(), (std::vector<std::string>{t[0], t[1], t[2], t[2], t[2], t[3]}));
    EXPECT_EQ(told.events()[2].id, told.events()[4].id);
    expect_no_hole(told.all);
}

TEST_P(BodyFault, GzipThatBreaksEndsTheConnectionAfterWhatCouldBeRead) {
    Simulator simulator;
    const Told told = after_fault(simulator, GetParam(), fault("gzip_corrupt", {{"after_events", 10}}));
    EXPECT_EQ(told.course(), "connecting, connected, 10 events, disconnected protocol XTAP_E_PROTOCOL, "
                             "backing_off http" +
                                 std::string(kThenAgain));
    expect_first_events(told, 10);
}

TEST_P(BodyFault, RepeatedConnectionsThatDoNotLastAreSpacedOutMoreAndMore) {
    Simulator simulator;
    simulator.fault(fault("reset", {{"after_events", 1}, {"times", 4}}));
    Tap tap(simulator.url(), GetParam());
    const Told told = listen(tap, notices(XTAP_NOTICE_CONNECTED, 5));
    std::vector<std::int64_t> delays;
    for (const Seen &seen : told.notices(XTAP_NOTICE_BACKING_OFF))
        delays.push_back(seen.facts()["delay_ms"].get<std::int64_t>());
    ASSERT_EQ(delays.size(), 3u) << told.course(); // the first reconnect is immediate
    EXPECT_TRUE(std::ranges::is_sorted(delays)) << told.course();
    EXPECT_GE(delays[2], 15);
    std::vector<std::int64_t> attempts;
    for (const Seen &seen : told.notices(XTAP_NOTICE_CONNECTING))
        attempts.push_back(seen.facts()["attempt"].get<std::int64_t>());
    EXPECT_EQ(attempts, (std::vector<std::int64_t>{1, 2, 3, 4, 5}));
}

TEST_P(BodyFault, AConnectionThatLastedMakesTheNextTroubleTheFirst) {
    Simulator simulator;
    simulator.fault(fault("reset", {{"after_events", 1}, {"times", 4}}));
    Tap tap(simulator.url(), GetParam(), {{"healthy_after_ms", "0"}});
    const Told told = listen(tap, notices(XTAP_NOTICE_CONNECTED, 5));
    EXPECT_TRUE(told.notices(XTAP_NOTICE_BACKING_OFF).empty()) << told.course();
    for (const Seen &seen : told.notices(XTAP_NOTICE_CONNECTING))
        EXPECT_EQ(seen.facts()["attempt"], 1);
}

TEST_P(BodyFault, WithMaxReconnectsTheStreamEndsWithTheLastFailure) {
    Simulator simulator;
    simulator.fault(fault("reset", {{"after_events", 2}, {"times", 0}}));
    Tap tap(simulator.url(), GetParam(), {{"max_reconnects", "2"}});
    const Told told = listen(tap, until_over());
    EXPECT_EQ(told.status, XTAP_E_NETWORK) << told.error.text();
    EXPECT_EQ(told.notices(XTAP_NOTICE_CONNECTING).size(), 3u) << told.course();
    EXPECT_EQ(told.event_count(), 6u);
    EXPECT_EQ(tap.consume([](const Seen &) { return XTAP_CONTINUE; }), XTAP_E_NETWORK) << "told again";
    EXPECT_EQ(std::string(tap.error.message), told.error.message);
}

INSTANTIATE_TEST_SUITE_P(, BodyFault, testing::ValuesIn(kEveryMode), mode_name);

} // namespace
} // namespace xtap::test
