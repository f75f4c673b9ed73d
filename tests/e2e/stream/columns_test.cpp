// select, deliver_json and index: what a record carries when it carries less, or more, than its JSON.
#include "faults.hpp"

namespace xtap::test {
namespace {

class Columns : public EveryMode {};

Selected text(std::string value) { return {XTAP_COLUMN_STRING, std::move(value)}; }

// A line with every kind of value, played once as the first of a stream.
const std::string kLine =
    R"({"data":{"id":"1","text":"a\u00e9\ud83d\ude00\n\"\/","plain":"ok","n":-1.5e3,"t":true,"f":false,"z":null,)"
    R"("o":{"a":[1,2]},"l":[10,{"x":"y"}],"e":"","lone":"\ud800x","a/b":1,"m~n":2,"":3}})";

const std::vector<std::string> kPointers = {
    "/data/text", "/data/plain", "/data/n",    "/data/t",     "/data/f", "/data/z",
    "/data/o",    "/data/o/a/1", "/data/l",    "/data/l/1/x", "/data/e", "/data/nothing",
    "/data/l/9",  "/data/lone",  "/data/a~1b", "/data/m~0n",  "/data/"};

const std::vector<Selected> kSelected = {text("aé😀\n\"/"),
                                         text("ok"),
                                         {XTAP_COLUMN_NUMBER, "-1.5e3"},
                                         {XTAP_COLUMN_BOOL, "true"},
                                         {XTAP_COLUMN_BOOL, "false"},
                                         {XTAP_COLUMN_NULL, ""},
                                         {XTAP_COLUMN_JSON, R"({"a":[1,2]})"},
                                         {XTAP_COLUMN_NUMBER, "2"},
                                         {XTAP_COLUMN_JSON, R"([10,{"x":"y"}])"},
                                         text("y"),
                                         text(""),
                                         {XTAP_COLUMN_ABSENT, ""},
                                         {XTAP_COLUMN_ABSENT, ""},
                                         text("\xef\xbf\xbdx"),
                                         {XTAP_COLUMN_NUMBER, "1"},
                                         {XTAP_COLUMN_NUMBER, "2"},
                                         {XTAP_COLUMN_NUMBER, "3"}};

void expect_columns(Mode mode, const Settings &options, const std::string &json) {
    for (const char *gzip : {"off", "auto"}) {
        Simulator simulator({"--gzip", gzip});
        simulator.fault(fault("garbage_line", {{"line", kLine}}));
        Tap tap(simulator.url(), mode, options);
        tap.select(kPointers);
        const Told told = listen(tap, events(20));
        ASSERT_EQ(told.status, XTAP_OK) << told.error.text();
        const Seen event = told.events()[0];
        EXPECT_EQ(event.json, json);
        ASSERT_EQ(event.selected.size(), kSelected.size());
        for (std::size_t i = 0; i < kSelected.size(); ++i) {
            EXPECT_EQ(event.selected[i].kind, kSelected[i].kind) << kPointers[i];
            EXPECT_EQ(event.selected[i].text, kSelected[i].text) << kPointers[i];
        }
        EXPECT_EQ(event.flags & XTAP_FLAG_REPAIRED_TEXT, static_cast<std::uint32_t>(XTAP_FLAG_REPAIRED_TEXT));
        EXPECT_EQ(told.events()[1].flags & XTAP_FLAG_REPAIRED_TEXT, 0u);
    }
}

TEST_P(Columns, OfEveryKindComeBesideTheJson) { expect_columns(GetParam(), {}, kLine); }

TEST_P(Columns, OfEveryKindComeAloneWithoutTheJson) {
    expect_columns(GetParam(), {{"deliver_json", "off"}}, "");
}

TEST_P(Columns, ComeWithoutAnIndexToo) {
    expect_columns(GetParam(), {{"index", "off"}}, kLine);
    expect_columns(GetParam(), {{"index", "off"}, {"deliver_json", "off"}}, "");
}

TEST_P(Columns, AreThoseOfAJsonParser) {
    Simulator simulator;
    Tap tap(simulator.url(), GetParam(), {{"deliver_json", "off"}});
    tap.select({"/data/id", "/data/created_at", "/data/text", "/includes/users", "/includes/users/0/name"});
    const Told told = listen(tap, events(1'000));
    ASSERT_EQ(told.status, XTAP_OK) << told.error.text();
    const std::vector<std::string> lines = truth(1'000);
    const std::vector<Seen> events = told.events();
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const Json wanted = Json::parse(lines[i]);
        ASSERT_EQ(events[i].selected[0].text, wanted["data"]["id"]);
        ASSERT_EQ(events[i].selected[1].text, wanted["data"]["created_at"]);
        ASSERT_EQ(events[i].selected[2].text, wanted["data"]["text"]);
        ASSERT_EQ(std::to_string(events[i].id), wanted["data"]["id"]);
        if (events[i].selected[3].kind == XTAP_COLUMN_JSON) {
            ASSERT_EQ(Json::parse(events[i].selected[3].text), wanted["includes"]["users"]);
            ASSERT_EQ(events[i].selected[4].text, wanted["includes"]["users"][0]["name"]);
        }
    }
}

TEST_P(Columns, OfTinyBatchesAreTheSame) {
    Simulator simulator;
    Tap tap(simulator.url(), {false, GetParam().ahead});
    tap.select({"/data/text", "/data/id"});
    const std::vector<std::string> lines = truth(300);
    Batch batch(16 * 1024, 2, 4);
    std::size_t at = 0;
    while (at < lines.size()) {
        ASSERT_EQ(tap.read(batch), XTAP_OK) << tap.error.text();
        for (std::size_t i = 0; i < batch->record_count && at < lines.size(); ++i) {
            const Seen seen = seen_of(*batch, batch->records[i], 2);
            if (seen.is_notice()) continue;
            ASSERT_EQ(seen.selected[0].text, Json::parse(lines[at++])["data"]["text"]);
        }
    }
}

TEST_P(Columns, AreRefusedOnceTheStreamRanAndNamedWhenTheyAreNoPointer) {
    Simulator simulator;
    Tap tap(simulator.url(), GetParam());
    const char *bad[] = {"/data/id", "data/text"};
    EXPECT_EQ(xtap_stream_select(tap.stream(), bad, 2, &tap.error), XTAP_E_VALUE);
    EXPECT_NE(std::string(tap.error.message).find("data/text"), std::string::npos) << tap.error.message;
    const char *null[] = {nullptr};
    EXPECT_EQ(xtap_stream_select(tap.stream(), null, 1, &tap.error), XTAP_E_ARGUMENT);
    EXPECT_EQ(xtap_stream_select(tap.stream(), nullptr, 1, &tap.error), XTAP_E_ARGUMENT);
    tap.select({"/data/id"});
    tap.select({}); // replaces
    EXPECT_EQ(listen(tap, events(1)).status, XTAP_OK);
    EXPECT_EQ(xtap_stream_select(tap.stream(), bad, 1, &tap.error), XTAP_E_STATE);
}

TEST_P(Columns, WithoutAnIndexEventsAreUnreadAndMessagesOfTheServerAreStillSeen) {
    Simulator simulator;
    simulator.fault(fault("operational_disconnect", {{"after_events", 20}}));
    Tap tap(simulator.url(), GetParam(), {{"index", "off"}});
    const Told told = listen(tap, notices(XTAP_NOTICE_CONNECTED, 2));
    EXPECT_EQ(told.course(),
              "connecting, connected, 20 events, system OperationalDisconnect, disconnected system "
              "XTAP_E_NETWORK, connecting, connected");
    EXPECT_EQ(told.lines(), truth(20));
    for (const Seen &event : told.events()) {
        EXPECT_EQ(event.kind, static_cast<std::uint32_t>(XTAP_EVENT_UNREAD));
        EXPECT_EQ(event.id, 0u);
        EXPECT_EQ(event.time_ms, XTAP_TIME_UNKNOWN);
    }
}

TEST_P(Columns, AreNeededByNoKindOfEvent) {
    Simulator simulator;
    Tap with(simulator.url(), GetParam()), without(simulator.url(), GetParam());
    with.select({"/nothing/here"});
    const std::vector<Seen> a = listen(with, events(200)).events(), b = listen(without, events(200)).events();
    for (std::size_t i = 0; i < 200; ++i) {
        EXPECT_EQ(a[i].kind, b[i].kind);
        EXPECT_EQ(a[i].flags, b[i].flags);
        EXPECT_EQ(a[i].json, b[i].json);
    }
}

INSTANTIATE_TEST_SUITE_P(, Columns, testing::ValuesIn(kEveryMode), mode_name);

} // namespace
} // namespace xtap::test
