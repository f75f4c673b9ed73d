// Statistics: JSON with the keys that docs/CONFIGURATION.md lists, and numbers that agree with what was seen.
#include "faults.hpp"

#include <fstream>
#include <set>
#include <sstream>

namespace xtap::test {
namespace {

// The keys that the table under `heading` lists.
std::set<std::string> documented(const std::string &heading) {
    std::ifstream in(XTAP_CONFIGURATION_MD);
    std::set<std::string> keys;
    bool inside = false;
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with("#")) inside = line == "### " + heading;
        if (inside && line.starts_with("| `")) keys.insert(line.substr(3, line.find('`', 3) - 3));
    }
    return keys;
}

void collect(const Json &value, const std::string &path, std::set<std::string> &keys) {
    for (const auto &[key, inner] : value.items()) {
        const std::string name = path + key;
        keys.insert(name);
        if (inner.is_object()) collect(inner, name + ".", keys);
        if (inner.is_array())
            for (const auto &item : inner)
                if (item.is_object()) collect(item, name + "[].", keys);
    }
}

std::set<std::string> keys_of(const Json &value) {
    std::set<std::string> keys;
    collect(value, "", keys);
    return keys;
}

class Statistics : public EveryMode {};

TEST_P(Statistics, OfAStreamHaveTheDocumentedKeysAndAgreeWithWhatWasSeen) {
    Simulator simulator;
    simulator.fault({fault("reset", {{"after_events", 10}}), fault("garbage_line", {{"after_events", 1}})});
    Tap tap(simulator.url(), GetParam(), {{"continuity", "auto"}, {"dedupe_window_ms", "0"}});
    EXPECT_EQ(tap.stats()["state"], "idle");
    const Told told = listen(tap, events(13));
    const Json stats = tap.stats();
    EXPECT_EQ(keys_of(stats), documented("xtap_stream_stats"));
    EXPECT_EQ(stats["operation"], Tap::kOperation);
    EXPECT_EQ(stats["state"], "open");
    EXPECT_GE(stats["events"], 13);
    EXPECT_EQ(stats["malformed"], 1);
    EXPECT_EQ(stats["connects"], 2);
    EXPECT_EQ(stats["reconnects"]["network"], 1);
    EXPECT_GE(stats["position"], told.all.size()) << "a read takes more than is listened to";
    EXPECT_EQ(stats["position"].get<std::size_t>() > told.all.size(), !GetParam().run);
    EXPECT_GE(stats["notices"], told.all.size() - 13);
    EXPECT_GT(stats["wire_bytes"], 0);
    ASSERT_EQ(stats["legs"].size(), 2u);
    EXPECT_EQ(stats["legs"][0]["role"], "live");
    EXPECT_EQ(stats["legs"][1]["role"], "recovery");
    EXPECT_EQ(stats["coverage"][0]["partition"], 1);
    EXPECT_EQ(stats["legs"][0]["partition"], 1);
}

TEST_P(Statistics, OfAClientHaveTheDocumentedKeysAndAgreeWithWhatWasSeen) {
    Simulator simulator;
    Tap tap(simulator.url(), GetParam(), {{"connect_budget", "9"}});
    EXPECT_EQ(tap.client_stats()["streams"], 1);
    EXPECT_EQ(tap.client_stats()["connections"], 0);
    listen(tap, events(3));
    const Json stats = tap.client_stats();
    EXPECT_EQ(keys_of(stats), documented("xtap_client_stats"));
    EXPECT_EQ(stats["connections"], 1);
    EXPECT_EQ(stats["connects"], 1);
    EXPECT_EQ(stats["io_thread"], GetParam().ahead);
    EXPECT_EQ(stats["rate_limits"][0]["operation"], Tap::kOperation);
    EXPECT_EQ(stats["rate_limits"][0]["credential"], "bearer");
    EXPECT_EQ(stats["rate_limits"][0]["limit"], 50);
    EXPECT_EQ(stats["budgets"][0]["used"], 1);
    tap.close();
    EXPECT_EQ(tap.client_stats()["streams"], 0);
    EXPECT_EQ(tap.client_stats()["connections"], 0);
}

TEST_P(Statistics, NoticesHaveTheDocumentedKeysAndNoOthers) {
    const std::vector<std::pair<std::uint32_t, std::string>> kinds = {
        {XTAP_NOTICE_CONNECTING, "connecting"},
        {XTAP_NOTICE_CONNECTED, "connected"},
        {XTAP_NOTICE_DISCONNECTED, "disconnected"},
        {XTAP_NOTICE_BACKING_OFF, "backing_off"},
        {XTAP_NOTICE_SYSTEM, "system"},
        {XTAP_NOTICE_OVERSIZED, "oversized"},
        {XTAP_NOTICE_RATE_LIMITED, "rate_limited"}};
    Simulator simulator;
    simulator.fault({fault("too_many_connections"), fault("operational_disconnect"),
                     fault("oversized_line", {{"size", 200'000}})});
    Tap tap(simulator.url(), GetParam(), {{"max_event_bytes", "64KiB"}});
    Told told = listen(tap, notices(XTAP_NOTICE_OVERSIZED));
    EXPECT_EQ(told.status, XTAP_OK) << told.error.text();
    Tap limited(simulator.url(), GetParam());
    simulator.fault(fault("rate_limit", {{"seconds", 500}}));
    const Told more = listen(limited, notices(XTAP_NOTICE_BACKING_OFF));
    told.all.insert(told.all.end(), more.all.begin(), more.all.end());
    std::set<std::string> common = documented("Every notice");
    ASSERT_FALSE(common.empty());
    for (const auto &[kind, name] : kinds) {
        std::set<std::string> allowed = documented(name);
        allowed.insert(common.begin(), common.end());
        ASSERT_FALSE(told.notices(kind).empty()) << name << " in " << told.course();
        for (const Seen &seen : told.notices(kind)) {
            const Json facts = seen.facts();
            EXPECT_EQ(facts["notice"], name);
            for (const std::string &key : keys_of(facts))
                EXPECT_TRUE(allowed.contains(key)) << name << "." << key;
            for (const std::string &key : common)
                EXPECT_TRUE(key == "leg" || facts.contains(key)) << name << "." << key;
        }
    }
}

INSTANTIATE_TEST_SUITE_P(, Statistics, testing::ValuesIn(kEveryMode), mode_name);

} // namespace
} // namespace xtap::test
