// The pages of a conversation, in a simulator that has a thousand events.
#include "caller.hpp"
#include "process.hpp"

#include <gtest/gtest.h>

namespace xtap::test {
namespace {

constexpr std::size_t kEvents = 1000;
const Settings kPatientUser = {{"oauth2_access_token", "user"}, {"wait_on_rate_limit", "on"}};

// All ids, in the order they came; stops with what failed.
struct Walk {
    std::vector<std::string> ids;
    int pages = 0;
    xtap_status status = XTAP_OK;
};

// `between` is called before each page.
Walk walk(const RequestHandle &request, const std::function<void(int)> &between = {}) {
    Walk walk;
    while (walk.status == XTAP_OK) {
        if (between) between(walk.pages);
        const Answered page = Caller::send(request.get());
        EXPECT_EQ(page.status, XTAP_OK) << page.error.text();
        if ((walk.status = page.status) != XTAP_OK) break;
        ++walk.pages;
        const Json body = page.json();
        for (const Json &event : body["data"])
            walk.ids.push_back(event["id"].text());
        walk.status = xtap_request_next_page(request.get(), page.response.get(), nullptr);
    }
    return walk;
}

std::string conversation_of(const Caller &caller) {
    const Answered events = caller.call("getDirectMessagesEvents",
                                        {{"max_results", "1"}, {"dm_event.fields", "dm_conversation_id"}});
    return events.json()["data"][0]["dm_conversation_id"].text();
}

void expect_each_once_newest_first(const Walk &walk) {
    EXPECT_EQ(walk.status, XTAP_END);
    ASSERT_EQ(walk.ids.size(), kEvents);
    for (std::size_t i = 1; i < walk.ids.size(); ++i)
        ASSERT_GT(std::stoull(walk.ids[i - 1]), std::stoull(walk.ids[i])) << i;
}

class Pages : public testing::TestWithParam<int> {
protected:
    sim::SimulatorProcess simulator_{{"--dm-events", std::to_string(kEvents)}};
    Caller caller_{simulator_.url(), kPatientUser};
    RequestHandle request_ =
        caller_.request("getDirectMessagesEventsByConversationId",
                        {{"id", conversation_of(caller_)}, {"max_results", std::to_string(GetParam())}});
};

TEST_P(Pages, GiveEveryEventOnceAndInOrder) {
    const Walk all = walk(request_);
    expect_each_once_newest_first(all);
    EXPECT_GE(all.pages, static_cast<int>(kEvents) / GetParam());
}

TEST_P(Pages, ResumeAfterRefusalsAndBreakdowns) {
    const Json kTroubles[] = {{{"kind", "rate_limit"}, {"seconds", 1}},
                              {{"kind", "http_503"}},
                              {{"kind", "no_answer"}, {"way", "reset"}},
                              {{"kind", "eof"}, {"after_bytes", 20}}};
    int played = 0;
    const Walk all = walk(request_, [&](int page) {
        // One of each, among the first pages: a test's time is short, and a limit's window a second long.
        if (played == 4 || page % 2 != 0) return;
        Json trouble = kTroubles[played++];
        trouble["path"] = "/2/dm_conversations/*";
        simulator_.fault(trouble);
    });
    expect_each_once_newest_first(all);
    EXPECT_EQ(played, 4);
}

INSTANTIATE_TEST_SUITE_P(Of, Pages, testing::Values(1, 7, 100));

TEST(PageByPage, ARequestThatFailedIsStillTheOneForItsPage) {
    sim::SimulatorProcess simulator({"--dm-events", "20"});
    const Caller caller(simulator.url(), {{"oauth2_access_token", "user"}, {"max_retries", "0"}});
    const RequestHandle request = caller.request("getDirectMessagesEventsByConversationId",
                                                 {{"id", conversation_of(caller)}, {"max_results", "15"}});
    const Answered first = Caller::send(request.get());
    ASSERT_EQ(xtap_request_next_page(request.get(), first.response.get(), nullptr), XTAP_OK);
    simulator.fault({{"kind", "http_503"}, {"path", "/2/dm_conversations/*"}});
    const Answered refused = Caller::send(request.get());
    EXPECT_EQ(refused.status, XTAP_E_SERVER);
    EXPECT_EQ(xtap_request_next_page(request.get(), refused.response.get(), nullptr), XTAP_E_STATE);
    const Answered second = Caller::send(request.get());
    ASSERT_EQ(second.status, XTAP_OK);
    EXPECT_EQ(second.json()["data"].size(), 5u);
    EXPECT_EQ(xtap_request_next_page(request.get(), second.response.get(), nullptr), XTAP_END);
}

TEST(PageByPage, IsRefusedForAnotherOperationsResponseAndForOperationsWithoutPages) {
    sim::SimulatorProcess simulator({"--dm-events", "20"});
    const Caller caller(simulator.url(), kPatientUser);
    const RequestHandle events = caller.request("getDirectMessagesEvents");
    const RequestHandle me = caller.request("getUsersMe");
    const Answered page = Caller::send(events.get()), user = Caller::send(me.get());
    const RequestHandle one = caller.request("getDirectMessagesEventsByConversationId");
    EXPECT_EQ(xtap_request_next_page(one.get(), page.response.get(), nullptr), XTAP_E_STATE);
    EXPECT_EQ(xtap_request_next_page(me.get(), user.response.get(), nullptr), XTAP_E_UNSUPPORTED);
    EXPECT_EQ(xtap_request_next_page(events.get(), nullptr, nullptr), XTAP_E_ARGUMENT);
}

} // namespace
} // namespace xtap::test
