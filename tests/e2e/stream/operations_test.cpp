// Every streaming operation delivers events of its kind, with the ids and times that their JSON carries.
#include "world.hpp"

#include <algorithm>
#include <map>

namespace xtap::test {
namespace {

struct Row {
    const char *operation;
    bool partitioned;
    std::vector<std::uint32_t> kinds; // what its events may be
    bool numbered;                    // its events have an id that is a number
};

void PrintTo(const Row &row, std::ostream *out) { *out << row.operation; }

const Row kRows[] = {
    {"streamPosts", false, {XTAP_EVENT_POST}, true},
    {"streamPostsSample", false, {XTAP_EVENT_POST}, true},
    {"streamPostsSample10", true, {XTAP_EVENT_POST}, true},
    {"streamPostsFirehose", true, {XTAP_EVENT_POST}, true},
    {"streamPostsFirehoseEn", true, {XTAP_EVENT_POST}, true},
    {"streamPostsFirehoseJa", true, {XTAP_EVENT_POST}, true},
    {"streamPostsFirehoseKo", true, {XTAP_EVENT_POST}, true},
    {"streamPostsFirehosePt", true, {XTAP_EVENT_POST}, true},
    {"streamPostsCompliance", true, {XTAP_EVENT_POST_COMPLIANCE}, true},
    {"streamUsersCompliance", true, {XTAP_EVENT_USER_COMPLIANCE}, true},
    {"streamLabelsCompliance", false, {XTAP_EVENT_LABEL}, true},
    {"streamLikesFirehose", true, {XTAP_EVENT_LIKE}, false},
    {"streamLikesSample10", true, {XTAP_EVENT_LIKE}, false},
    {"streamLikesCompliance", false, {XTAP_EVENT_LIKE_COMPLIANCE}, true},
    {"activityStream", false, {XTAP_EVENT_ACTIVITY}, false},
    {"streamPowerstream", false, {XTAP_EVENT_POST}, true},
};

class EveryStream : public testing::TestWithParam<Row> {};

TEST_P(EveryStream, DeliversEventsOfItsKindWithTheirIdsTimesAndPartition) {
    const Row &row = GetParam();
    constexpr std::size_t kCount = 300;
    const std::vector<std::string> wanted = truth(kCount, row.operation, 1, row.partitioned ? 2 : 1);
    Simulator simulator;
    Tap tap(simulator.url(), {.run = false, .ahead = true}, {}, row.operation,
            row.partitioned ? Settings{{"partition", "2"}} : Settings{});
    const Told told = listen(tap, events(kCount));
    ASSERT_EQ(told.status, XTAP_OK) << told.error.text();
    EXPECT_EQ(told.lines(), wanted);
    const std::int64_t from = 1'772'323'200'000; // 2026-03-01T00:00:00Z
    for (const Seen &event : told.events()) {
        EXPECT_TRUE(std::ranges::count(row.kinds, event.kind)) << "kind " << event.kind << ": " << event.json;
        EXPECT_EQ(event.partition, row.partitioned ? 2u : 0u);
        // Account activity is a list of objects, each with a time of its own: the event has none.
        if (event.json.starts_with("{\"for_user_id\"")) continue;
        EXPECT_GE(event.time_ms, from) << event.json;
        EXPECT_LE(event.time_ms, from + 60'000) << event.json;
        EXPECT_TRUE(event.id != 0 || !row.numbered) << event.json;
        EXPECT_TRUE(event.key[0] != 0 || event.key[1] != 0) << event.json;
        if (::testing::Test::HasFailure()) break;
    }
}

TEST_P(EveryStream, GivesDifferentEventsDifferentKeys) {
    const Row &row = GetParam();
    Simulator simulator;
    Tap tap(simulator.url(), {.run = false, .ahead = false}, {}, row.operation,
            row.partitioned ? Settings{{"partition", "1"}} : Settings{});
    const Told told = listen(tap, events(2'000));
    std::map<std::pair<std::uint64_t, std::uint64_t>, std::string> seen;
    for (const Seen &event : told.events()) {
        const auto [at, fresh] = seen.try_emplace({event.key[0], event.key[1]}, event.json);
        ASSERT_TRUE(fresh || at->second == event.json) << at->second << "\n" << event.json;
    }
}

TEST(EveryStreamOfTheTable, IsAmongThoseTested) {
    std::size_t streaming = 0;
    for (std::size_t i = 0; i < xtap_operation_count(); ++i) {
        std::string text(64 * 1024, '\0');
        std::size_t size = 0;
        ASSERT_EQ(xtap_operation_describe(xtap_operation_id(i), text.data(), text.size(), &size, nullptr),
                  XTAP_OK);
        if (!Json::parse(text.substr(0, size))["streaming"].get<bool>()) continue;
        ++streaming;
        EXPECT_TRUE(std::ranges::any_of(kRows, [&](const Row &row) {
            return row.operation == std::string(xtap_operation_id(i));
        })) << xtap_operation_id(i);
    }
    EXPECT_EQ(streaming, std::size(kRows));
}

INSTANTIATE_TEST_SUITE_P(, EveryStream, testing::ValuesIn(kRows),
                         [](const auto &row) { return std::string(row.param.operation); });

} // namespace
} // namespace xtap::test
