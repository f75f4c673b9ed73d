// A consumer that stops for a while: X cuts it off, and when it goes on it gets everything all the same.
#include "past.hpp"

#include <algorithm>

namespace xtap::test {
namespace {

class SlowConsumer : public EveryMode {
protected:
    Settings little_room() const {
        Settings settings = repairing({{"max_event_bytes", "65536"}});
        if (GetParam().ahead) settings.emplace_back("read_ahead_bytes", "131072");
        return settings;
    }
    Past simulator_{2, 1'000, {"--slow-reader-ms", "200"}};
};

TEST_P(SlowConsumer, LosesNothingWhenItIsCutOff) {
    Tap tap(simulator_.url(), GetParam(), little_room());
    Told said = listen(tap, events(50));
    ASSERT_EQ(said.status, XTAP_OK) << said.error.text();
    // It stands still until the server has had enough of it.
    ASSERT_TRUE(simulator_.state_when("min_connections=1&max_open=0")["reached"].get<bool>());
    const Told rest = listen(tap, both(notices(XTAP_NOTICE_REPAIRED), events(10)));
    EXPECT_EQ(rest.status, XTAP_OK) << rest.error.text();
    std::ranges::copy(rest.all, std::back_inserter(said.all));
    simulator_.expect_each_once(said.events());
    EXPECT_EQ(said.notices(XTAP_NOTICE_GAP).size(), 0u);
    EXPECT_EQ(said.notices(XTAP_NOTICE_LAGGING).empty(), !GetParam().ahead);
    EXPECT_EQ(simulator_.state()["list"][0]["ended"], "slow reader");
}

// It does not come back before there is room again for what it would bring.
TEST_P(SlowConsumer, IsNotConnectedAgainBeforeItReads) {
    Tap tap(simulator_.url(), GetParam(), little_room());
    ASSERT_EQ(listen(tap, events(50)).status, XTAP_OK);
    ASSERT_TRUE(simulator_.state_when("min_connections=1&max_open=0")["reached"].get<bool>());
    EXPECT_FALSE(simulator_.state_when("min_connections=2", 300)["reached"].get<bool>());
}

INSTANTIATE_TEST_SUITE_P(, SlowConsumer, testing::ValuesIn(kEveryMode), mode_name);

} // namespace
} // namespace xtap::test
