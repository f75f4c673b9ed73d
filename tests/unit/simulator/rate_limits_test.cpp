// Rate limits as xtap-sim counts them for operations that are no streams.
#include "api_client.hpp"
#include "limits.hpp"

namespace xtap::sim {
namespace {

TEST(RequestLimits, CountPerOperationAndCredential) {
    ApiClient api({"--rate-limit", "2/900"});
    EXPECT_EQ(api.get("/2/dm_events").header("x-rate-limit-remaining"), "1");
    const auto second = api.get("/2/dm_events?max_results=5");
    EXPECT_EQ(second.header("x-rate-limit-limit"), "2");
    EXPECT_EQ(second.header("x-rate-limit-remaining"), "0");
    const auto third = api.get("/2/dm_events");
    EXPECT_EQ(third.status, 429);
    EXPECT_EQ(third.body["title"], "Too Many Requests");
    EXPECT_EQ(third.header("x-rate-limit-reset"), second.header("x-rate-limit-reset"));
    EXPECT_EQ(api.get("/2/dm_events/1").status, 200);
    api.authorization = "Bearer another";
    EXPECT_EQ(api.get("/2/dm_events").status, 200);
}

TEST(RequestLimits, AreSetAndEndedByTheControlEndpoint) {
    ApiClient api;
    EXPECT_EQ(api.get("/2/dm_events").header("x-rate-limit-limit"), "900");
    api.sim.control("POST", "/rate-limits",
                    {{"path", "/2/dm_conversations/{id}/dm_events"}, {"limit", 1}, {"seconds", 900}});
    EXPECT_EQ(api.get("/2/dm_events").status, 200);
    EXPECT_EQ(api.get("/2/dm_conversations/1-2/dm_events").status, 200);
    EXPECT_EQ(api.get("/2/dm_conversations/1-3/dm_events").status, 429);
    api.sim.control("DELETE", "/rate-limits");
    EXPECT_EQ(api.get("/2/dm_conversations/1-3/dm_events").status, 200);
    EXPECT_THROW(api.sim.control("POST", "/rate-limits", {{"limit", "many"}}), std::runtime_error);
}

TEST(RequestLimits, CanBeOfOneMethodOnly) {
    ApiClient api;
    api.sim.control("POST", "/rate-limits", {{"path", "DELETE /2/dm_events/{event_id}"}, {"limit", 1}});
    EXPECT_EQ(api.get("/2/dm_events/1").status, 200);
    EXPECT_EQ(api.get("/2/dm_events/1").status, 200);
    EXPECT_EQ(api.remove("/2/dm_events/1").status, 200);
    EXPECT_EQ(api.remove("/2/dm_events/1").status, 429);
}

TEST(RateLimits, OpenANewWindowWhenTheOldOneIsOver) {
    RateLimits limits({0, 900}, {1, 0}); // windows of no length: each request has its own
    EXPECT_FALSE(limits.count_request("GET /2/x", "a").exceeded);
    EXPECT_FALSE(limits.count_request("GET /2/x", "a").exceeded);
}

} // namespace
} // namespace xtap::sim
