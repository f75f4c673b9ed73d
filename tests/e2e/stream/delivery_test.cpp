// Numbered events arrive complete, in order and byte for byte, however the bytes are cut, packed or
// protected.
#include "world.hpp"

namespace xtap::test {
namespace {

class Delivery : public EveryMode {};

void expect_events(Simulator &simulator, Mode mode, std::size_t count, const Settings &options = {}) {
    const std::vector<std::string> wanted = truth(count);
    Tap tap(simulator.url(), mode, options);
    const Told told = listen(tap, events(count));
    ASSERT_EQ(told.status, XTAP_OK) << told.error.text();
    // Not EXPECT_EQ: a difference in the middle of a megabyte is not to be printed whole.
    const std::vector<std::string> lines = told.lines();
    ASSERT_EQ(lines.size(), wanted.size());
    for (std::size_t i = 0; i < count; ++i)
        ASSERT_EQ(lines[i], wanted[i]) << "event " << i + 1;
    expect_no_hole(told.all);
    EXPECT_EQ(told.course(), "connecting, connected, " + std::to_string(count) + " events");
}

TEST_P(Delivery, OfPlainTextIsCompleteAndInOrderWithChunksOfAnySize) {
    for (const auto &[chunk, count] :
         {std::pair{"1", 300}, {"7", 1'000}, {"1000", 5'000}, {"65536", 5'000}}) {
        SCOPED_TRACE(chunk);
        Simulator simulator({"--chunk", chunk, "--gzip", "off"});
        expect_events(simulator, GetParam(), static_cast<std::size_t>(count));
    }
}

TEST_P(Delivery, OfGzipIsCompleteAndInOrderWithChunksOfAnySize) {
    for (const auto &[chunk, count] :
         {std::pair{"1", 300}, {"7", 1'000}, {"1000", 5'000}, {"65536", 5'000}}) {
        SCOPED_TRACE(chunk);
        Simulator simulator({"--chunk", chunk});
        expect_events(simulator, GetParam(), static_cast<std::size_t>(count));
        EXPECT_EQ(simulator.state()["list"][0]["headers"]["accept-encoding"], "gzip");
    }
}

TEST_P(Delivery, AsksForNoGzipWhenCompressionIsOff) {
    Simulator simulator;
    expect_events(simulator, GetParam(), 100, {{"compression", "off"}});
    EXPECT_FALSE(simulator.state()["list"][0]["headers"].contains("accept-encoding"));
}

TEST_P(Delivery, TakesEventsThatEndInALineFeedAlone) {
    Simulator simulator({"--line-end", "lf"});
    expect_events(simulator, GetParam(), 2'000);
}

TEST_P(Delivery, TakesServerSentEvents) {
    Simulator simulator({"--line-end", "sse"});
    expect_events(simulator, GetParam(), 2'000);
    Simulator in_pieces({"--line-end", "sse", "--chunk", "7"});
    expect_events(in_pieces, GetParam(), 300);
}

TEST_P(Delivery, OverTlsTrustsTheCertificateItWasGiven) {
    Simulator simulator({"--tls"});
    expect_events(simulator, GetParam(), 2'000, {{"ca_file", simulator.certificate()}});
    expect_events(simulator, GetParam(), 100, {{"ca_file", simulator.certificate()}, {"tls_min", "1.3"}});
}

TEST_P(Delivery, OverTlsEndsWhenTheCertificateIsNotTrusted) {
    Simulator simulator({"--tls"});
    Tap tap(simulator.url(), GetParam());
    const Told told = listen(tap, until_over());
    EXPECT_EQ(told.status, XTAP_E_TLS) << told.error.text();
    EXPECT_EQ(told.course(), "connecting, disconnected tls XTAP_E_TLS");
    EXPECT_NE(std::string(told.error.message), "");
    EXPECT_EQ(simulator.state()["list"][0]["request_line"], "")
        << "nothing is said to a peer that is not trusted";
}

TEST_P(Delivery, OfAFinishedStretchEndsTheStream) {
    // With --rate the events of a stretch of time are known: 100 a second, from one second on for half a
    // second.
    Simulator simulator({"--rate", "100", "--history-ms", "99999999999"});
    Tap tap(
        simulator.url(), GetParam(), {}, Tap::kOperation,
        {{"partition", "1"}, {"start_time", "2026-03-01T00:00:01Z"}, {"end_time", "2026-03-01T00:00:02Z"}});
    const Told told = listen(tap, until_over());
    EXPECT_EQ(told.status, XTAP_END) << told.error.text();
    EXPECT_EQ(told.course(), "connecting, connected, 100 events, disconnected clean_close XTAP_OK");
    EXPECT_EQ(tap.consume([](const Seen &) { return XTAP_CONTINUE; }), XTAP_END) << "the end is told again";
}

INSTANTIATE_TEST_SUITE_P(, Delivery, testing::ValuesIn(kEveryMode), mode_name);

} // namespace
} // namespace xtap::test
