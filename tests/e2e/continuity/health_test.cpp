// Trouble that does not end, with continuity on: connections stay within their budget, two clients leave each
// other alone, and what was missed when a stream ends is named.
#include "past.hpp"

#include <algorithm>
#include <atomic>
#include <thread>

namespace xtap::test {
namespace {

// The delays that a stream announced by this rule.
std::vector<std::int64_t> delays(const Told &of, const std::string &rule) {
    std::vector<std::int64_t> found;
    for (const Json &notice : told(of, XTAP_NOTICE_BACKING_OFF))
        if (notice["rule"] == rule) found.push_back(notice["delay_ms"].get<std::int64_t>());
    return found;
}

Enough waits_for_budget(std::size_t count) {
    return [count, seen = std::size_t{0}](const Told &told) mutable {
        const Seen &last = told.all.back();
        if (last.kind == XTAP_NOTICE_BACKING_OFF && last.facts()["rule"] == "budget") ++seen;
        return seen >= count;
    };
}

class Health : public EveryMode {};

TEST_P(Health, FlappingBacksOff) {
    Past simulator(2);
    simulator.fault({{"kind", "close"}, {"after_events", 1}, {"times", 0}});
    Tap tap(simulator.url(), GetParam(), repairing());
    const Told said = listen(tap, notices(XTAP_NOTICE_BACKING_OFF, 6));
    EXPECT_EQ(said.status, XTAP_OK) << said.error.text();
    std::vector<std::int64_t> waited;
    for (const Json &notice : told(said, XTAP_NOTICE_BACKING_OFF))
        waited.push_back(notice["delay_ms"].get<std::int64_t>());
    EXPECT_TRUE(std::ranges::is_sorted(waited));
    EXPECT_LT(waited.front(), waited.back());
}

// Live connections and recoveries, of every partition and stream.
TEST_P(Health, EveryConnectionCountsForTheBudget) {
    Past simulator(15 * 60, 10);
    simulator.fault({{"kind", "reset"}, {"after_events", 1}, {"times", 0}});
    Tap tap(simulator.url(), GetParam(), repairing({{"connect_budget", "8"}}), Tap::kOperation,
            {{"partition", "1-2"}});
    resume(tap, made_at(simulator.begun_ms() + kMinute, {1, 2}));
    const Told said = listen(tap, waits_for_budget(3));
    EXPECT_EQ(said.status, XTAP_OK) << said.error.text();
    EXPECT_EQ(simulator.state()["connections"], 8);
    EXPECT_GE(recoveries(simulator).size(), 1u);
    Sibling sibling(tap, "2");
    const Told other = sibling.listen(waits_for_budget(1));
    EXPECT_EQ(other.course(), "backing_off budget");
    EXPECT_EQ(simulator.state()["connections"], 8);
    EXPECT_EQ(tap.client_stats()["budgets"][0]["used"], 8);
}

TEST_P(Health, A429StormIsWaitedOutLongerEachTime) {
    Past simulator(2, 100, {"--rate-limit", "900/86400"}); // the reset it names is too far off to be believed
    simulator.fault(
        Json::array({{{"kind", "reset"}, {"after_events", 20}}, {{"kind", "http_429"}, {"times", 5}}}));
    Tap tap(simulator.url(), GetParam(), repairing({{"backoff_rate_limit_start_ms", "4"}}));
    const Told said = listen(tap, both(notices(XTAP_NOTICE_REPAIRED), events(5)));
    EXPECT_EQ(said.status, XTAP_OK) << said.error.text();
    simulator.expect_each_once(said.events());
    EXPECT_EQ(said.notices(XTAP_NOTICE_RATE_LIMITED).size(), 5u);
    const std::vector<std::int64_t> waited = delays(said, "rate_limit");
    ASSERT_EQ(waited.size(), 5u);
    for (std::size_t i = 1; i < waited.size(); ++i)
        EXPECT_GT(waited[i], waited[i - 1]);
}

TEST_P(Health, TwoClientsForOnePlaceWaitLongerEachTime) {
    Past simulator(2, 100, {"--connection-limit", "1", "--takeover"});
    Tap one(simulator.url(), GetParam(), repairing());
    Tap other(simulator.url(), GetParam(), repairing());
    // Each goes on until both have waited four times.
    std::atomic<int> of_one_waited{0}, of_other_waited{0};
    const auto until_both_waited = [&](std::atomic<int> &waited) {
        return [&](const Told &told) {
            const Seen &last = told.all.back();
            if (last.kind == XTAP_NOTICE_BACKING_OFF) ++waited;
            return of_one_waited >= 4 && of_other_waited >= 4;
        };
    };
    Told of_other;
    std::thread second([&] { of_other = listen(other, until_both_waited(of_other_waited)); });
    const Told of_one = listen(one, until_both_waited(of_one_waited));
    second.join();
    for (const Told *of : {&of_one, static_cast<const Told *>(&of_other)}) {
        EXPECT_EQ(of->status, XTAP_OK) << of->error.text();
        EXPECT_NE(of->course().find("system ForceDisconnect"), std::string::npos) << of->course();
        std::vector<std::int64_t> waited;
        for (const Json &notice : told(*of, XTAP_NOTICE_BACKING_OFF))
            waited.push_back(notice["delay_ms"].get<std::int64_t>());
        EXPECT_TRUE(std::ranges::is_sorted(waited)) << of->course();
        EXPECT_GE(waited.back(), 4 * waited.front()) << of->course();
        simulator.expect_each_once(of->events());
    }
}

TEST_P(Health, BadCredentialsEndTheStream) {
    Past simulator(15 * 60, 10, {"--token", "another"});
    Tap tap(simulator.url(), GetParam(), repairing());
    resume(tap, made_at(simulator.begun_ms() + kMinute));
    const std::string before = checkpoint_of(tap.stream());
    const Told said = listen(tap, until_over());
    EXPECT_EQ(said.status, XTAP_E_UNAUTHORIZED) << said.error.text();
    EXPECT_EQ(simulator.state()["connections"], 1);
    EXPECT_EQ(checkpoint_of(tap.stream()), before) << "nothing came";
    const std::vector<Json> gaps = told(said, XTAP_NOTICE_GAP);
    ASSERT_EQ(gaps.size(), 1u) << said.course();
    EXPECT_EQ(gaps[0]["reason"], "stopped");
    EXPECT_EQ(gaps[0]["from_ms"], simulator.begun_ms() + kMinute - 1'000);
}

TEST_P(Health, CredentialsThatGoBadNameWhatIsMissedSince) {
    Past simulator(90);
    simulator.fault(
        Json::array({{{"kind", "reset"}, {"after_events", 20}}, {{"kind", "http_401"}, {"times", 0}}}));
    Tap tap(simulator.url(), GetParam(), repairing());
    const Told said = listen(tap, until_over());
    EXPECT_EQ(said.status, XTAP_E_UNAUTHORIZED) << said.error.text();
    EXPECT_EQ(simulator.state()["connections"], 6) << "five in a row";
    const std::vector<Json> gaps = told(said, XTAP_NOTICE_GAP);
    ASSERT_EQ(gaps.size(), 1u) << said.course();
    EXPECT_EQ(gaps[0]["reason"], "stopped");
    EXPECT_LE(gaps[0]["from_ms"], said.events().back().time_ms);

    // A checkpoint goes on from there.
    simulator.clear_faults();
    Tap next(simulator.url(), GetParam(), repairing());
    resume(next, checkpoint_of(tap.stream()));
    const Told more = listen(next, both(notices(XTAP_NOTICE_REPAIRED), events(5)));
    std::vector<Seen> all = said.events();
    std::ranges::copy(more.events(), std::back_inserter(all));
    simulator.expect_each_once(all);
}

INSTANTIATE_TEST_SUITE_P(, Health, testing::ValuesIn(kEveryMode), mode_name);

} // namespace
} // namespace xtap::test
