// A user's tokens: refreshed when they must be, once, told before they are used, and never shown.
#include "client/user_tokens.hpp"

#include "../api/expect_failure.hpp"
#include "api/failure.hpp"
#include "fake_token_endpoint.hpp"
#include "moment.hpp"
#include "stream/event/event_time.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <initializer_list>
#include <latch>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace xtap::client {
namespace {

using test::expect_failure;
using test::failure_of;
using test::FakeTokenEndpoint;
using test::Moment;
using test::pair_reply;
using test::reply;
using test::used_up_reply;

struct Told {
    std::string access, refresh;
    std::int64_t expires_at_ms;
};

class UserTokensTest : public testing::Test {
protected:
    using Values = std::initializer_list<std::pair<std::string_view, std::string>>;

    UserTokens &open(Values values) {
        for (const auto &[name, value] : values)
            options_.set(name, value);
        options_.check();
        return tokens_.emplace(options_, sources_);
    }

    // A public client whose token expires at `expires_at_ms`.
    UserTokens &open_expiring(std::int64_t expires_at_ms) {
        return open({{"oauth2_client_id", "client"},
                     {"oauth2_access_token", "ACCESS-0"},
                     {"oauth2_refresh_token", "REFRESH-0"},
                     {"oauth2_expires_at", std::to_string(expires_at_ms)}});
    }
    UserTokens &open_expired() { return open_expiring(now() - 1); }
    std::int64_t now() const { return time_.now_ms; }

    // Keeps what it is told.
    void listen(UserTokens &tokens, Flow flow = Flow::proceed) {
        tokens.on_token([this, flow](std::string_view access, std::string_view refresh, std::int64_t at) {
            told_.push_back({std::string(access), std::string(refresh), at});
            return flow;
        });
    }

    static std::string access_of(UserTokens &tokens, TokenEndpoint &sender) {
        return std::string(tokens.token(sender).text.reveal());
    }

    test::FakeSources time_;
    const edge::Sources sources_ = time_.sources();
    api::Options options_;
    std::optional<UserTokens> tokens_;
    std::vector<Told> told_;
    FakeTokenEndpoint silent_; // must not be asked
};

TEST_F(UserTokensTest, ATokenThatLastsIsUsedAsItIs) {
    EXPECT_EQ(access_of(open_expiring(now() + 30'001), silent_), "ACCESS-0");
}

TEST_F(UserTokensTest, ATokenOfUnknownAgeIsUsedAsItIs) {
    EXPECT_EQ(access_of(open({{"oauth2_access_token", "ACCESS-0"}}), silent_), "ACCESS-0");
}

TEST_F(UserTokensTest, ATokenIsRefreshedThirtySecondsEarly) {
    UserTokens &tokens = open_expiring(now() + 30'000);
    FakeTokenEndpoint endpoint([] { return pair_reply(1); });
    EXPECT_EQ(access_of(tokens, endpoint), "ACCESS-1");
    ASSERT_EQ(endpoint.asked.size(), 1u);
    EXPECT_EQ(endpoint.asked[0].path, "/2/oauth2/token");
}

TEST_F(UserTokensTest, ARefreshedTokenLastsAsLongAsTheServerSaid) {
    UserTokens &tokens = open_expired();
    FakeTokenEndpoint endpoint([number = 0]() mutable { return pair_reply(++number); });
    EXPECT_EQ(access_of(tokens, endpoint), "ACCESS-1");
    time_.now_ms += 7'200'000 - 30'001;
    EXPECT_EQ(access_of(tokens, endpoint), "ACCESS-1");
    time_.now_ms += 1;
    EXPECT_EQ(access_of(tokens, endpoint), "ACCESS-2");
    ASSERT_EQ(endpoint.asked.size(), 2u);
    EXPECT_EQ(endpoint.asked[1].form, "grant_type=refresh_token&refresh_token=REFRESH-1&client_id=client");
}

TEST_F(UserTokensTest, APublicClientNamesItselfInTheForm) {
    UserTokens &tokens = open_expired();
    FakeTokenEndpoint endpoint([] { return pair_reply(1); });
    tokens.token(endpoint);
    EXPECT_EQ(endpoint.asked[0].form, "grant_type=refresh_token&refresh_token=REFRESH-0&client_id=client");
    EXPECT_EQ(endpoint.asked[0].authorization, "");
}

TEST_F(UserTokensTest, AConfidentialClientShowsItsSecretInTheHeaderAlone) {
    UserTokens &tokens = open({{"oauth2_client_id", "key"},
                               {"oauth2_client_secret", "secret"},
                               {"oauth2_refresh_token", "REFRESH/0+"}});
    FakeTokenEndpoint endpoint([] { return pair_reply(1); });
    EXPECT_EQ(access_of(tokens, endpoint), "ACCESS-1") << "a refresh token alone is enough";
    EXPECT_EQ(endpoint.asked[0].form, "grant_type=refresh_token&refresh_token=REFRESH%2F0%2B");
    EXPECT_EQ(endpoint.asked[0].authorization, "Basic a2V5OnNlY3JldA==");
}

TEST_F(UserTokensTest, AnExpiredTokenThatCannotBeRefreshedIsNotSent) {
    UserTokens &tokens =
        open({{"oauth2_access_token", "ACCESS-0"}, {"oauth2_expires_at", std::to_string(now() + 1)}});
    EXPECT_EQ(access_of(tokens, silent_), "ACCESS-0") << "to its last moment";
    time_.now_ms += 1;
    expect_failure(
        Status::no_credential, [&] { tokens.token(silent_); }, "oauth2_expires_at", "oauth2_refresh_token");
}

TEST_F(UserTokensTest, TheCallbackIsToldBeforeThePairIsUsed) {
    UserTokens &tokens = open_expired();
    listen(tokens);
    FakeTokenEndpoint endpoint([] { return pair_reply(1); });
    tokens.token(endpoint);
    ASSERT_EQ(told_.size(), 1u);
    EXPECT_EQ(told_[0].access, "ACCESS-1");
    EXPECT_EQ(told_[0].refresh, "REFRESH-1");
    EXPECT_EQ(told_[0].expires_at_ms, now() + 7'200'000);
}

// What a crash would leave: while the callback runs, no other thread has had the new token, nor gets it.
TEST_F(UserTokensTest, NoOtherThreadUsesThePairWhileTheCallbackStoresIt) {
    UserTokens &tokens = open_expired();
    Moment storing, other_waits;
    std::atomic<bool> stored = false;
    tokens.on_token([&](std::string_view, std::string_view, std::int64_t) {
        storing.announce();
        other_waits.wait();
        stored = true;
        return Flow::proceed;
    });
    std::thread other([&] {
        storing.wait();
        FakeTokenEndpoint sender;
        sender.be_patient = [&] {
            other_waits.announce();
            return std::chrono::hours(1);
        };
        EXPECT_EQ(access_of(tokens, sender), "ACCESS-1");
        EXPECT_TRUE(stored);
    });
    FakeTokenEndpoint endpoint([] { return pair_reply(1); });
    EXPECT_EQ(access_of(tokens, endpoint), "ACCESS-1");
    other.join();
}

TEST_F(UserTokensTest, ThreadsThatNeedItAtOnceCauseOneRefresh) {
    UserTokens &tokens = open_expired();
    listen(tokens);
    constexpr int others = 4;
    Moment sending;
    std::latch waiting(others);
    FakeTokenEndpoint endpoint([&] {
        sending.announce();
        waiting.wait();
        return pair_reply(1);
    });
    std::vector<std::thread> threads;
    for (int each = 0; each < others; ++each)
        threads.emplace_back([&] {
            sending.wait();
            FakeTokenEndpoint sender;
            sender.be_patient = [&, said = false]() mutable {
                if (!std::exchange(said, true)) waiting.count_down();
                return std::chrono::hours(1);
            };
            EXPECT_EQ(access_of(tokens, sender), "ACCESS-1");
            EXPECT_TRUE(sender.asked.empty());
        });
    EXPECT_EQ(access_of(tokens, endpoint), "ACCESS-1");
    for (std::thread &thread : threads)
        thread.join();
    EXPECT_EQ(endpoint.asked.size(), 1u);
    EXPECT_EQ(told_.size(), 1u);
}

// The same without any order between them: whoever comes first.
TEST_F(UserTokensTest, ManyThreadsInAnyOrderCauseOneRefresh) {
    UserTokens &tokens = open_expired();
    std::atomic<int> times = 0;
    std::latch start(8);
    std::vector<std::thread> threads;
    for (int each = 0; each < 8; ++each)
        threads.emplace_back([&] {
            FakeTokenEndpoint endpoint([&] { return pair_reply(++times); });
            start.arrive_and_wait();
            EXPECT_EQ(access_of(tokens, endpoint), "ACCESS-1");
        });
    for (std::thread &thread : threads)
        thread.join();
    EXPECT_EQ(times, 1);
}

TEST_F(UserTokensTest, AWaitingCallTakesOverFromACancelledOne) {
    UserTokens &tokens = open_expired();
    Moment sending, other_waits;
    std::thread other([&] {
        sending.wait();
        FakeTokenEndpoint sender([] { return pair_reply(2); });
        sender.be_patient = [&] {
            other_waits.announce();
            return std::chrono::hours(1);
        };
        EXPECT_EQ(access_of(tokens, sender), "ACCESS-2");
        EXPECT_EQ(sender.asked.size(), 1u);
    });
    FakeTokenEndpoint endpoint([&]() -> TokenReply {
        sending.announce();
        other_waits.wait();
        throw Failure(Status::cancelled, "cancelled");
    });
    expect_failure(Status::cancelled, [&] { tokens.token(endpoint); });
    other.join();
}

TEST_F(UserTokensTest, ARefusedRefreshTokenIsNotTriedAgain) {
    UserTokens &tokens = open_expired();
    FakeTokenEndpoint endpoint(used_up_reply);
    for (int times = 0; times < 2; ++times) {
        const auto failure = failure_of([&] { tokens.token(endpoint); });
        ASSERT_TRUE(failure);
        EXPECT_EQ(failure->status, Status::unauthorized);
        EXPECT_EQ(failure->http_status, 400);
        EXPECT_EQ(failure->request_id, "req-1");
        EXPECT_EQ(failure->message,
                  "refreshing the OAuth 2.0 token: HTTP 400: invalid_grant: The token was used "
                  "already.");
    }
    EXPECT_EQ(endpoint.asked.size(), 1u);
}

TEST_F(UserTokensTest, ANewLoginEndsARefusal) {
    UserTokens &tokens = open_expired();
    FakeTokenEndpoint endpoint(used_up_reply);
    expect_failure(Status::unauthorized, [&] { tokens.token(endpoint); });
    tokens.adopt(auth::parse_token_answer(pair_reply(5).body.reveal()), silent_);
    EXPECT_EQ(access_of(tokens, silent_), "ACCESS-5");
    time_.now_ms += 7'200'000;
    FakeTokenEndpoint willing([] { return pair_reply(6); });
    EXPECT_EQ(access_of(tokens, willing), "ACCESS-6") << "what was refused was another refresh token";
}

TEST_F(UserTokensTest, WhatMayPassIsTriedAgainByTheNextCall) {
    const std::vector<FakeTokenEndpoint::Answer> passing{
        []() -> TokenReply { throw Failure(Status::network, "no route"); },
        [] { return reply(503, ""); },
        [] { return reply(429, ""); },
        [] { return reply(400, "<html><title>a proxy's page</title></html>"); },
        [] { return reply(200, "<html>"); },
    };
    for (const FakeTokenEndpoint::Answer &answer : passing) {
        UserTokens &tokens = open_expired();
        FakeTokenEndpoint failing(answer), endpoint([] { return pair_reply(1); });
        EXPECT_TRUE(failure_of([&] { tokens.token(failing); }));
        EXPECT_EQ(access_of(tokens, endpoint), "ACCESS-1");
    }
}

TEST_F(UserTokensTest, ARateLimitSaysHowLong) {
    UserTokens &tokens = open_expired();
    FakeTokenEndpoint endpoint([] {
        TokenReply limited = reply(429, "");
        limited.retry_after_ms = 5000;
        return limited;
    });
    const auto failure = failure_of([&] { tokens.token(endpoint); });
    ASSERT_TRUE(failure);
    EXPECT_EQ(failure->status, Status::rate_limited);
    EXPECT_TRUE(failure->retriable);
    EXPECT_EQ(failure->retry_after_ms, 5000u);
}

TEST_F(UserTokensTest, APairThatTheCallbackDoesNotTakeIsNeitherUsedNorLost) {
    UserTokens &tokens = open_expired();
    FakeTokenEndpoint endpoint([] { return pair_reply(1); });
    for (const Flow flow : {Flow::stop, Flow::fail}) {
        listen(tokens, flow);
        expect_failure(
            Status::no_credential, [&] { tokens.token(endpoint); }, "token callback", "offered to it again");
    }
    listen(tokens);
    EXPECT_EQ(access_of(tokens, endpoint), "ACCESS-1");
    EXPECT_EQ(told_.size(), 3u);
    EXPECT_EQ(told_[2].refresh, "REFRESH-1");
    EXPECT_EQ(endpoint.asked.size(), 1u) << "the refresh token works once";
}

TEST_F(UserTokensTest, APairThatExpiredUntilItWasTakenIsRefreshedWithItsOwnToken) {
    UserTokens &tokens = open_expired();
    FakeTokenEndpoint endpoint([number = 0]() mutable { return pair_reply(++number); });
    listen(tokens, Flow::fail);
    expect_failure(Status::no_credential, [&] { tokens.token(endpoint); });
    listen(tokens);
    time_.now_ms += 8'000'000;
    tokens.token(endpoint);
    EXPECT_EQ(access_of(tokens, endpoint), "ACCESS-2");
    EXPECT_EQ(endpoint.asked.back().form,
              "grant_type=refresh_token&refresh_token=REFRESH-1&client_id=client");
}

TEST_F(UserTokensTest, WithoutANewRefreshTokenTheOldOneStays) {
    UserTokens &tokens = open_expired();
    listen(tokens);
    FakeTokenEndpoint endpoint([] { return reply(200, R"({"access_token":"ACCESS-1","expires_in":60})"); });
    tokens.token(endpoint);
    EXPECT_EQ(told_[0].refresh, "REFRESH-0");
    time_.now_ms += 60'000;
    tokens.token(endpoint);
    EXPECT_EQ(endpoint.asked[1].form, endpoint.asked[0].form);
}

TEST_F(UserTokensTest, AnAgeThatIsNotSaidIsUnknown) {
    UserTokens &tokens = open_expired();
    listen(tokens);
    FakeTokenEndpoint endpoint([] { return reply(200, R"({"access_token":"ACCESS-1"})"); });
    tokens.token(endpoint);
    EXPECT_EQ(told_[0].expires_at_ms, event::kTimeUnknown);
    time_.now_ms += 1'000'000'000;
    EXPECT_EQ(access_of(tokens, silent_), "ACCESS-1");
}

TEST_F(UserTokensTest, TokensThatLiveShorterThanTheMarginDoNotSpin) {
    UserTokens &tokens = open_expired();
    FakeTokenEndpoint endpoint([] { return reply(200, R"({"access_token":"ACCESS-1","expires_in":5})"); });
    EXPECT_EQ(access_of(tokens, endpoint), "ACCESS-1");
    EXPECT_EQ(endpoint.asked.size(), 1u);
}

TEST_F(UserTokensTest, A401RefreshesATokenThatShouldHaveLasted) {
    UserTokens &tokens = open_expiring(0);
    FakeTokenEndpoint endpoint([] { return pair_reply(1); });
    const Token refused = tokens.token(endpoint);
    EXPECT_TRUE(tokens.refused(refused.generation));
    EXPECT_TRUE(endpoint.asked.empty()) << "not before it is needed";
    EXPECT_EQ(access_of(tokens, endpoint), "ACCESS-1");
    EXPECT_TRUE(tokens.refused(refused.generation)) << "late news about the old one: the new one serves";
    EXPECT_EQ(access_of(tokens, endpoint), "ACCESS-1");
    EXPECT_EQ(endpoint.asked.size(), 1u);
}

TEST_F(UserTokensTest, ARefreshThatChangedNothingIsNotRepeatedUntilASuccess) {
    UserTokens &tokens = open_expiring(0);
    FakeTokenEndpoint endpoint([number = 0]() mutable { return pair_reply(++number); });
    EXPECT_TRUE(tokens.refused(tokens.token(endpoint).generation));
    const std::uint64_t second = tokens.token(endpoint).generation;
    EXPECT_FALSE(tokens.refused(second)) << "the server refuses fresh tokens too";
    tokens.accepted(second - 1);
    EXPECT_FALSE(tokens.refused(second)) << "that was another token";
    tokens.accepted(second);
    EXPECT_TRUE(tokens.refused(second));
    EXPECT_EQ(access_of(tokens, endpoint), "ACCESS-2");
}

TEST_F(UserTokensTest, A401StandsWhereNothingCanBeRefreshed) {
    UserTokens &tokens = open({{"oauth2_access_token", "ACCESS-0"}});
    EXPECT_FALSE(tokens.refused(tokens.token(silent_).generation));
}

TEST_F(UserTokensTest, ACallbackThatCallsTheLibraryIsRefusedInsteadOfWaitingForItself) {
    UserTokens &tokens = open_expired();
    tokens.on_token([&](std::string_view, std::string_view, std::int64_t) {
        expect_failure(
            Status::state, [&] { tokens.token(silent_); }, "token callback");
        expect_failure(
            Status::state, [&] { tokens.adopt({}, silent_); }, "token callback");
        EXPECT_TRUE(tokens.any());
        return Flow::proceed;
    });
    FakeTokenEndpoint endpoint([] { return pair_reply(1); });
    EXPECT_EQ(access_of(tokens, endpoint), "ACCESS-1");
}

TEST_F(UserTokensTest, ACallbackMayTakeItselfAway) {
    UserTokens &tokens = open_expired();
    const std::string kept = "alive until it returns";
    tokens.on_token([&, kept](std::string_view, std::string_view, std::int64_t) {
        tokens.on_token(nullptr);
        EXPECT_EQ(kept, "alive until it returns");
        return Flow::proceed;
    });
    FakeTokenEndpoint endpoint([] { return pair_reply(1); });
    EXPECT_EQ(access_of(tokens, endpoint), "ACCESS-1");
}

TEST_F(UserTokensTest, TakingACallbackAwayWaitsForItToReturn) {
    UserTokens &tokens = open_expired();
    Moment called;
    std::atomic<bool> returned = false;
    tokens.on_token([&](std::string_view, std::string_view, std::int64_t) {
        called.announce();
        returned = true;
        return Flow::proceed;
    });
    std::thread remover([&] {
        called.wait();
        tokens.on_token(nullptr);
        EXPECT_TRUE(returned);
    });
    FakeTokenEndpoint endpoint([] { return pair_reply(1); });
    tokens.token(endpoint);
    remover.join();
}

TEST_F(UserTokensTest, ALoginsPairIsToldAndThenUsed) {
    UserTokens &tokens = open({});
    EXPECT_FALSE(tokens.any());
    listen(tokens);
    tokens.adopt(auth::parse_token_answer(pair_reply(7).body.reveal()), silent_);
    EXPECT_TRUE(tokens.any());
    ASSERT_EQ(told_.size(), 1u);
    EXPECT_EQ(told_[0].access, "ACCESS-7");
    EXPECT_EQ(told_[0].expires_at_ms, now() + 7'200'000);
    EXPECT_EQ(access_of(tokens, silent_), "ACCESS-7");
}

TEST_F(UserTokensTest, ALoginsPairThatTheCallbackDoesNotTakeChangesNothing) {
    UserTokens &tokens = open_expiring(0);
    listen(tokens, Flow::fail);
    expect_failure(
        Status::no_credential,
        [&] { tokens.adopt(auth::parse_token_answer(pair_reply(7).body.reveal()), silent_); },
        "token callback");
    EXPECT_EQ(access_of(tokens, silent_), "ACCESS-0");
}

TEST_F(UserTokensTest, ALoginWaitsForARefreshUnderWay) {
    UserTokens &tokens = open_expired();
    listen(tokens);
    Moment sending, login_waits;
    std::thread login([&] {
        sending.wait();
        FakeTokenEndpoint sender;
        sender.be_patient = [&] {
            login_waits.announce();
            return std::chrono::hours(1);
        };
        tokens.adopt(auth::parse_token_answer(pair_reply(7).body.reveal()), sender);
    });
    FakeTokenEndpoint endpoint([&] {
        sending.announce();
        login_waits.wait();
        return pair_reply(1);
    });
    tokens.token(endpoint);
    login.join();
    EXPECT_EQ(access_of(tokens, silent_), "ACCESS-7");
    ASSERT_EQ(told_.size(), 2u);
    EXPECT_EQ(told_[1].access, "ACCESS-7");
}

TEST_F(UserTokensTest, FailuresNeverShowATokenOrASecret) {
    const std::vector<FakeTokenEndpoint::Answer> answers{
        [] {
            return reply(
                400, R"({"error":"invalid_grant","error_description":"REFRESH-0 of SECRET-0 is used up"})");
        },
        [] { return reply(500, "REFRESH-0 SECRET-0"); },
        [] { return reply(403, R"({"type":"about:REFRESH-0","title":"SECRET-0","detail":"REFRESH-0"})"); },
        [] { return reply(200, R"({"access_token":"ACCESS-1 x","refresh_token":"REFRESH-1"})"); },
        [] { return reply(200, R"({"access_token":"ACCESS-1","refresh_token":"REFRESH-1 x"})"); },
        [] { return reply(200, R"({"access":"ACCESS-1"})"); },
        [] { return reply(200, R"(ACCESS-1)"); },
    };
    for (const FakeTokenEndpoint::Answer &answer : answers) {
        UserTokens &tokens = open({{"oauth2_client_id", "client"},
                                   {"oauth2_client_secret", "SECRET-0"},
                                   {"oauth2_refresh_token", "REFRESH-0"}});
        FakeTokenEndpoint endpoint(answer);
        const auto failure = failure_of([&] { tokens.token(endpoint); });
        ASSERT_TRUE(failure);
        for (const std::string &shown : {failure->message, failure->problem_type, failure->problem_title})
            for (const char *secret : {"ACCESS-", "REFRESH-", "SECRET-"})
                EXPECT_EQ(shown.find(secret), std::string::npos) << shown;
        EXPECT_EQ(failure->message.find("refreshing the OAuth 2.0 token: "), 0u) << failure->message;
    }
}

} // namespace
} // namespace xtap::client
