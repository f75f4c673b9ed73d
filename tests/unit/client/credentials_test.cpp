// One client's credentials: the right header for each operation, the app's token from where it comes, and
// what a 401 changes.
#include "client/credentials.hpp"

#include "../api/expect_failure.hpp"
#include "../auth/taking.hpp"
#include "fake_token_endpoint.hpp"
#include "moment.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <initializer_list>
#include <latch>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace xtap::client {
namespace {

using auth::Scheme;
using test::app_reply;
using test::expect_failure;
using test::failure_of;
using test::FakeTokenEndpoint;
using test::pair_reply;
using test::reply;
using test::Taking;
using testing::HasSubstr;
using testing::StartsWith;

class CredentialsTest : public testing::Test {
protected:
    using Values = std::initializer_list<std::pair<std::string_view, std::string_view>>;

    ~CredentialsTest() override { std::remove(file_.c_str()); }

    Credentials &open(Values values) {
        for (const auto &[name, value] : values)
            options_.set(name, value);
        options_.check();
        return credentials_.emplace(options_, time_.sources());
    }
    Credentials &open_app() { return open({{"api_key", "APP-KEY"}, {"api_secret", "APP-SECRET"}}); }
    Credentials &open_file(std::string_view text) {
        write(text);
        return open({{"bearer_token_file", file_}});
    }
    void write(std::string_view text) const { std::ofstream(file_) << text; }

    Authorization authorize(const api::Operation &operation, TokenEndpoint &sender,
                            std::string_view preferred = "auto") {
        return credentials_->authorize(operation, preferred, {"GET", "https://api.x.com/2/x?a=b", {}},
                                       sender);
    }
    std::string header(const api::Operation &operation, TokenEndpoint &sender) {
        return std::string(authorize(operation, sender).header.reveal());
    }

    const Taking bearer_{"bearer"}, user_{"oauth2", "oauth1"}, any_{"bearer", "oauth2", "oauth1"};
    const std::string file_ =
        testing::TempDir() + "xtap_token_" + testing::UnitTest::GetInstance()->current_test_info()->name();
    test::FakeSources time_;
    api::Options options_;
    std::optional<Credentials> credentials_;
    FakeTokenEndpoint silent_; // must not be asked
};

TEST_F(CredentialsTest, NothingIsSentWhereNothingIsAsked) {
    open({{"bearer_token", "BEARER-0"}});
    const Authorization authorization = authorize(Taking{}, silent_);
    EXPECT_TRUE(authorization.header.empty());
    EXPECT_EQ(authorization.ticket.scheme, Scheme::none);
    EXPECT_FALSE(credentials_->refused(authorization.ticket));
}

TEST_F(CredentialsTest, WhatIsMissingIsNamedBeforeAnythingIsSent) {
    open({{"bearer_token", "BEARER-0"}});
    expect_failure(
        Status::no_credential, [&] { authorize(user_, silent_); }, "getThings", "oauth2_access_token");
    EXPECT_EQ(credentials_->choose(bearer_, "auto"), Scheme::bearer);
}

TEST_F(CredentialsTest, ABearerTokenIsSentAsItIs) {
    open({{"bearer_token", "AAAA%2FBBBB"}});
    EXPECT_EQ(header(bearer_, silent_), "Bearer AAAA%2FBBBB");
    const Authorization sent = authorize(bearer_, silent_);
    EXPECT_FALSE(credentials_->refused(sent.ticket)) << "there is no other one";
}

TEST_F(CredentialsTest, TheConfiguredTokenWinsOverTheFileAndTheKey) {
    open({{"bearer_token", "BEARER-0"},
          {"bearer_token_file", "/nowhere"},
          {"api_key", "APP-KEY"},
          {"api_secret", "APP-SECRET"}});
    EXPECT_EQ(header(bearer_, silent_), "Bearer BEARER-0");
    credentials_.reset();
    options_.set("bearer_token", std::nullopt);
    write("FILE-1");
    open({{"bearer_token_file", file_}});
    EXPECT_EQ(header(bearer_, silent_), "Bearer FILE-1");
}

// ---- the file ----

TEST_F(CredentialsTest, AFileIsReadOnceAndAgainAfterA401) {
    open_file("  FILE-1 \r\nsecond line");
    EXPECT_EQ(header(bearer_, silent_), "Bearer FILE-1");
    write("FILE-2\n");
    const Authorization old = authorize(bearer_, silent_);
    EXPECT_EQ(old.header.reveal(), "Bearer FILE-1");
    EXPECT_TRUE(credentials_->refused(old.ticket));
    EXPECT_EQ(header(bearer_, silent_), "Bearer FILE-2");
    EXPECT_TRUE(credentials_->refused(old.ticket)) << "late news about the old one";
    EXPECT_FALSE(credentials_->refused(authorize(bearer_, silent_).ticket)) << "the file holds the same";
}

TEST_F(CredentialsTest, AFileThatCannotBeReadAgainLeavesThe401) {
    open_file("FILE-1");
    const Authorization sent = authorize(bearer_, silent_);
    std::remove(file_.c_str());
    EXPECT_FALSE(credentials_->refused(sent.ticket));
    write("two words");
    EXPECT_FALSE(credentials_->refused(sent.ticket));
    EXPECT_EQ(header(bearer_, silent_), "Bearer FILE-1");
}

TEST_F(CredentialsTest, AFileWithoutATokenIsNamedAndNotShown) {
    open_file("");
    for (const std::string &content : {std::string(), std::string("\n"), std::string("SECRET text"),
                                       std::string("SECRET\x01"), std::string(9000, 'S')}) {
        write(content);
        const auto failure = failure_of([&] { authorize(bearer_, silent_); });
        ASSERT_TRUE(failure);
        EXPECT_EQ(failure->status, Status::no_credential);
        EXPECT_THAT(failure->message, HasSubstr(file_));
        EXPECT_EQ(failure->message.find("SECRET"), std::string::npos);
    }
    std::remove(file_.c_str());
    expect_failure(
        Status::no_credential, [&] { authorize(bearer_, silent_); }, file_, "cannot be opened");
    write("FILE-1");
    EXPECT_EQ(header(bearer_, silent_), "Bearer FILE-1") << "read when it is there";
}

// ---- an app-only token ----

TEST_F(CredentialsTest, AnAppsTokenIsFetchedOnceAndKept) {
    open_app();
    FakeTokenEndpoint endpoint([] { return app_reply(1); });
    EXPECT_EQ(header(bearer_, endpoint), "Bearer APP-TOKEN-1");
    EXPECT_EQ(header(bearer_, endpoint), "Bearer APP-TOKEN-1");
    ASSERT_EQ(endpoint.asked.size(), 1u);
    EXPECT_EQ(endpoint.asked[0].path, "/oauth2/token");
    EXPECT_EQ(endpoint.asked[0].form, "grant_type=client_credentials");
    EXPECT_EQ(endpoint.asked[0].authorization, "Basic QVBQLUtFWTpBUFAtU0VDUkVU");
}

TEST_F(CredentialsTest, ThreadsThatNeedTheAppsTokenAtOnceFetchItOnce) {
    open_app();
    test::Moment sending;
    std::latch waiting(3);
    FakeTokenEndpoint endpoint([&] {
        sending.announce();
        waiting.wait();
        return app_reply(1);
    });
    std::vector<std::thread> threads;
    for (int each = 0; each < 3; ++each)
        threads.emplace_back([&] {
            sending.wait();
            FakeTokenEndpoint sender;
            sender.be_patient = [&, said = false]() mutable {
                if (!std::exchange(said, true)) waiting.count_down();
                return std::chrono::hours(1);
            };
            EXPECT_EQ(header(bearer_, sender), "Bearer APP-TOKEN-1");
        });
    EXPECT_EQ(header(bearer_, endpoint), "Bearer APP-TOKEN-1");
    for (std::thread &thread : threads)
        thread.join();
    EXPECT_EQ(endpoint.asked.size(), 1u);
}

TEST_F(CredentialsTest, ARefusedAppTokenIsFetchedAgainOncePerSuccess) {
    open_app();
    FakeTokenEndpoint endpoint([number = 0]() mutable { return app_reply(++number); });
    const Authorization first = authorize(bearer_, endpoint);
    EXPECT_TRUE(credentials_->refused(first.ticket));
    EXPECT_TRUE(credentials_->refused(first.ticket)) << "another request with the same token";
    const Authorization second = authorize(bearer_, endpoint);
    EXPECT_EQ(second.header.reveal(), "Bearer APP-TOKEN-2");
    EXPECT_TRUE(credentials_->refused(first.ticket)) << "late news about the old one";
    EXPECT_FALSE(credentials_->refused(second.ticket)) << "the server refuses fresh tokens too";
    credentials_->accepted(second.ticket);
    EXPECT_TRUE(credentials_->refused(second.ticket));
    EXPECT_EQ(header(bearer_, endpoint), "Bearer APP-TOKEN-3");
    EXPECT_EQ(endpoint.asked.size(), 3u);
}

TEST_F(CredentialsTest, AnAppThatIsRefusedHearsWhyAndMayTryAgain) {
    open_app();
    FakeTokenEndpoint refusing([] {
        return reply(403, R"({"errors":[{"code":99,"message":"APP-SECRET of APP-KEY cannot be verified"}]})");
    });
    const auto failure = failure_of([&] { authorize(bearer_, refusing); });
    ASSERT_TRUE(failure);
    EXPECT_EQ(failure->status, Status::forbidden);
    EXPECT_EQ(failure->message,
              "fetching an app-only token: HTTP 403: *** of *** cannot be verified (code 99)");
    FakeTokenEndpoint endpoint([] { return app_reply(1); });
    EXPECT_EQ(header(bearer_, endpoint), "Bearer APP-TOKEN-1");
}

// ---- streams ----

TEST_F(CredentialsTest, AStreamTakesTheTokenThatIsAtHand) {
    open({{"bearer_token", "BEARER-0"}, {"oauth2_access_token", "ACCESS-0"}});
    for (const Taking *operation : {&bearer_, &any_}) {
        const std::optional<Authorization> now = credentials_->authorize_stream(*operation);
        ASSERT_TRUE(now);
        EXPECT_EQ(now->header.reveal(), "Bearer BEARER-0");
    }
}

TEST_F(CredentialsTest, AStreamLetsItsOwnerFetchTheAppsToken) {
    open_app();
    EXPECT_FALSE(credentials_->authorize_stream(bearer_));
    const TokenRequest request = credentials_->app_token_request();
    EXPECT_EQ(request.path, "/oauth2/token");
    expect_failure(
        Status::server, [&] { credentials_->app_token_reply(reply(503, "")); }, "app-only token");
    EXPECT_FALSE(credentials_->authorize_stream(bearer_));
    credentials_->app_token_reply(app_reply(1));
    const std::optional<Authorization> now = credentials_->authorize_stream(bearer_);
    ASSERT_TRUE(now);
    EXPECT_EQ(now->header.reveal(), "Bearer APP-TOKEN-1");
    EXPECT_TRUE(credentials_->refused(now->ticket));
    EXPECT_FALSE(credentials_->authorize_stream(bearer_)) << "to be fetched again";
    EXPECT_EQ(header(bearer_, *std::make_unique<FakeTokenEndpoint>([] { return app_reply(2); })),
              "Bearer APP-TOKEN-2");
}

TEST_F(CredentialsTest, AStreamWithoutABearerTokenIsRefused) {
    open({{"oauth2_access_token", "ACCESS-0"}});
    expect_failure(
        Status::no_credential, [&] { credentials_->authorize_stream(bearer_); }, "bearer_token");
    expect_failure(
        Status::no_credential, [&] { credentials_->authorize_stream(any_); }, "bearer_token");
    expect_failure(
        Status::unsupported, [&] { credentials_->authorize_stream(user_); }, "getThings");
    EXPECT_TRUE(credentials_->authorize_stream(Taking{})->header.empty());
}

// ---- users ----

TEST_F(CredentialsTest, AUsersTokenIsRefreshedAndSent) {
    open({{"oauth2_client_id", "client"},
          {"oauth2_access_token", "ACCESS-0"},
          {"oauth2_refresh_token", "REFRESH-0"},
          {"oauth2_expires_at", "1"}});
    FakeTokenEndpoint endpoint([] { return pair_reply(1); });
    const Authorization sent = authorize(user_, endpoint);
    EXPECT_EQ(sent.header.reveal(), "Bearer ACCESS-1");
    EXPECT_EQ(sent.ticket.scheme, Scheme::oauth2);
    EXPECT_TRUE(credentials_->refused(sent.ticket));
    authorize(user_, endpoint);
    const Authorization again = authorize(user_, silent_);
    EXPECT_FALSE(credentials_->refused(again.ticket));
    credentials_->accepted(again.ticket);
    EXPECT_TRUE(credentials_->refused(again.ticket));
}

TEST_F(CredentialsTest, ThePreferenceChoosesTheIdentity) {
    open({{"bearer_token", "BEARER-0"},
          {"oauth2_access_token", "ACCESS-0"},
          {"api_key", "APP-KEY"},
          {"api_secret", "APP-SECRET"},
          {"oauth1_token", "USER-TOKEN"},
          {"oauth1_token_secret", "USER-SECRET"}});
    const auto sent = [&](std::string_view preferred) {
        return std::string(authorize(any_, silent_, preferred).header.reveal());
    };
    EXPECT_EQ(sent("auto"), "Bearer BEARER-0");
    EXPECT_EQ(sent("oauth2"), "Bearer ACCESS-0");
    EXPECT_THAT(sent("oauth1"), StartsWith("OAuth "));
}

TEST_F(CredentialsTest, AnOauth1SignatureHasItsOwnNonceEachTimeAndTheClocksSeconds) {
    open({{"api_key", "APP-KEY"},
          {"api_secret", "APP-SECRET"},
          {"oauth1_token", "USER-TOKEN"},
          {"oauth1_token_secret", "USER-SECRET"}});
    time_.now_ms = 1'318'622'958'999;
    const std::string first = header(user_, silent_), second = header(user_, silent_);
    EXPECT_THAT(first, HasSubstr("oauth_nonce=\"000102030405060708090a0b0c0d0e0f\""));
    EXPECT_THAT(second, HasSubstr("oauth_nonce=\"101112131415161718191a1b1c1d1e1f\""));
    EXPECT_THAT(first, HasSubstr("oauth_timestamp=\"1318622958\""));
    EXPECT_EQ(first, auth::oauth1_authorization({"GET", "https://api.x.com/2/x?a=b", {}},
                                                {"APP-KEY", "APP-SECRET", "USER-TOKEN", "USER-SECRET"},
                                                "000102030405060708090a0b0c0d0e0f", 1'318'622'958)
                         .reveal());
    for (const char *secret : {"APP-SECRET", "USER-SECRET"})
        EXPECT_EQ(first.find(secret), std::string::npos);
    EXPECT_FALSE(credentials_->refused(authorize(user_, silent_).ticket));
}

TEST_F(CredentialsTest, AConfidentialClientShowsItselfInTheHeaderAndAPublicOneInTheForm) {
    open({{"oauth2_client_id", "id/1"}});
    const Authorization in_form = authorize(Taking{"client"}, silent_);
    EXPECT_TRUE(in_form.header.empty());
    EXPECT_EQ(in_form.form_field, "client_id=id%2F1");
    open({{"oauth2_client_id", "key"}, {"oauth2_client_secret", "secret"}});
    const Authorization in_header = authorize(Taking{"client"}, silent_);
    EXPECT_EQ(in_header.header.reveal(), "Basic a2V5OnNlY3JldA==");
    EXPECT_EQ(in_header.form_field, "");
    EXPECT_FALSE(credentials_->refused(in_header.ticket));
}

TEST_F(CredentialsTest, AnAppShowsItsKeyWhereItsTokenIsFetched) {
    open_app();
    EXPECT_EQ(header(Taking{"app"}, silent_), "Basic QVBQLUtFWTpBUFAtU0VDUkVU");
}

TEST_F(CredentialsTest, ALoginMakesTheUserAvailable) {
    open({{"oauth2_client_id", "client"}});
    expect_failure(Status::no_credential, [&] { authorize(user_, silent_); });
    std::string told;
    credentials_->on_token([&](std::string_view access, std::string_view, std::int64_t) {
        told = access;
        return Flow::proceed;
    });
    credentials_->adopt(pair_reply(3), silent_);
    EXPECT_EQ(told, "ACCESS-3");
    EXPECT_EQ(header(user_, silent_), "Bearer ACCESS-3");
    expect_failure(
        Status::protocol, [&] { credentials_->adopt(reply(200, "{}"), silent_); }, "login");
}

TEST_F(CredentialsTest, ACallThatWaitsIsWokenToGiveUp) {
    open_app();
    test::Moment sending, waiting, done;
    std::thread fetcher([&] {
        FakeTokenEndpoint endpoint([&] {
            sending.announce();
            done.wait();
            return app_reply(1);
        });
        header(bearer_, endpoint);
    });
    sending.wait();
    std::atomic<bool> cancelled = false;
    FakeTokenEndpoint waiter;
    waiter.be_patient = [&] {
        if (cancelled) throw Failure(Status::cancelled, "given up");
        waiting.announce();
        return std::chrono::hours(1);
    };
    std::thread canceller([&] {
        waiting.wait();
        cancelled = true;
        credentials_->wake();
    });
    expect_failure(
        Status::cancelled, [&] { authorize(bearer_, waiter); }, "given up");
    canceller.join();
    done.announce();
    fetcher.join();
}

TEST_F(CredentialsTest, EverySecretThatIsKnownIsMasked) {
    open({{"bearer_token", "BEARER-0"},
          {"api_key", "APP-KEY"},
          {"api_secret", "APP-SECRET"},
          {"oauth2_client_id", "client"},
          {"oauth2_client_secret", "CLIENT-SECRET"},
          {"oauth2_access_token", "ACCESS-0"},
          {"oauth2_refresh_token", "REFRESH-0"},
          {"oauth1_token", "USER-TOKEN"},
          {"oauth1_token_secret", "USER-SECRET"}});
    EXPECT_EQ(
        credentials_->redacted("BEARER-0 APP-KEY APP-SECRET CLIENT-SECRET ACCESS-0 REFRESH-0 USER-TOKEN "
                               "USER-SECRET client"),
        "*** *** *** *** *** *** *** *** client");
    credentials_->on_token([](std::string_view, std::string_view, std::int64_t) { return Flow::fail; });
    const Authorization sent = authorize(user_, silent_);
    ASSERT_TRUE(credentials_->refused(sent.ticket));
    FakeTokenEndpoint endpoint([] { return pair_reply(1); });
    expect_failure(Status::no_credential, [&] { authorize(user_, endpoint); });
    EXPECT_EQ(credentials_->redacted("ACCESS-1 REFRESH-1"), "*** ***") << "not used yet, and known already";
    credentials_->on_token(nullptr);
    authorize(user_, endpoint);
    EXPECT_EQ(credentials_->redacted("ACCESS-1 REFRESH-1"), "*** ***");
    EXPECT_EQ(credentials_->redacted("ACCESS-0 REFRESH-0"), "*** ***") << "an answer to them may be told yet";
}

TEST_F(CredentialsTest, WhatABasicHeaderShowsIsMasked) {
    open({{"api_key", "APP-KEY"}, {"api_secret", "APP-SECRET"}});
    EXPECT_EQ(credentials_->redacted("Authorization: Basic QVBQLUtFWTpBUFAtU0VDUkVU"),
              "Authorization: Basic ***");
}

TEST_F(CredentialsTest, TokensFromFilesAndTheEndpointAreMaskedToo) {
    open_file("FILE-TOKEN");
    authorize(bearer_, silent_);
    EXPECT_EQ(credentials_->redacted("x FILE-TOKEN"), "x ***");
}

TEST(Sources, TheSystemsGiveTheTimeAndBytesThatDiffer) {
    const edge::Sources sources = edge::system_sources();
    EXPECT_GT(sources.wall_ms(), 1'700'000'000'000);
    const api::Options options;
    const Credentials credentials(options);
    EXPECT_NE(credentials.random(), credentials.random());
}

} // namespace
} // namespace xtap::client
