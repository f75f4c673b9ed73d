// Which credential serves which operation, and what is said when none does.
#include "auth/choose.hpp"

#include "../api/expect_failure.hpp"

#include <gtest/gtest.h>

#include <array>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

namespace xtap::auth {
namespace {

using test::expect_failure;
using test::failure_of;

constexpr std::array<std::string_view, 2> dm_scopes{"dm.read", "users.read"};

// An operation that takes what it is told to.
class Taking {
public:
    Taking(std::initializer_list<std::string_view> schemes) {
        for (const std::string_view scheme : schemes)
            security_.push_back({scheme, scheme == "oauth2" ? std::span<const std::string_view>(dm_scopes)
                                                            : std::span<const std::string_view>()});
        operation_.id = "getThings";
        operation_.security = security_;
    }
    operator const api::Operation &() const { return operation_; } // NOLINT(google-explicit-constructor)

private:
    std::vector<api::Security> security_;
    api::Operation operation_{};
};

Available configured(std::initializer_list<std::pair<std::string_view, std::string_view>> values) {
    api::Options options;
    for (const auto &[name, value] : values)
        options.set(name, value);
    return available(options);
}

const Available everything{true, true, true, true, true};

TEST(Available, CountsWhatTheOptionsGive) {
    const Available nothing = configured({});
    for (const Scheme scheme : {Scheme::bearer, Scheme::oauth2, Scheme::oauth1, Scheme::client, Scheme::app})
        EXPECT_FALSE(nothing.has(scheme)) << scheme_name(scheme);
    EXPECT_TRUE(nothing.has(Scheme::none));
    EXPECT_TRUE(configured({{"bearer_token", "AAAA"}}).bearer);
    EXPECT_TRUE(configured({{"bearer_token_file", "/token"}}).bearer);
    EXPECT_TRUE(configured({{"oauth2_access_token", "AAAA"}}).oauth2);
    EXPECT_TRUE(configured({{"oauth2_client_id", "id"}}).client);
    EXPECT_FALSE(configured({{"oauth2_client_id", "id"}}).oauth2);
}

TEST(Available, AKeyWithItsSecretIsABearerTokenToo) {
    const Available app = configured({{"api_key", "AAAA"}, {"api_secret", "BBBB"}});
    EXPECT_TRUE(app.app);
    EXPECT_TRUE(app.bearer);
    EXPECT_FALSE(app.oauth1);
    EXPECT_FALSE(configured({{"api_key", "AAAA"}}).bearer);
}

TEST(Available, ARefreshTokenNeedsTheClientIdAndNoAccessToken) {
    EXPECT_TRUE(configured({{"oauth2_refresh_token", "AAAA"}, {"oauth2_client_id", "id"}}).oauth2);
    EXPECT_FALSE(configured({{"oauth2_refresh_token", "AAAA"}}).oauth2);
}

TEST(Available, Oauth1NeedsAllFour) {
    EXPECT_TRUE(
        configured(
            {{"api_key", "A"}, {"api_secret", "B"}, {"oauth1_token", "C"}, {"oauth1_token_secret", "D"}})
            .oauth1);
    EXPECT_FALSE(configured({{"oauth1_token", "C"}, {"oauth1_token_secret", "D"}}).oauth1);
}

TEST(Choose, NothingIsNeededWhereNothingIsAsked) {
    EXPECT_EQ(choose(Taking{}, {}, "auto"), Scheme::none);
    EXPECT_EQ(choose(Taking{}, everything, "oauth2"), Scheme::none);
}

TEST(Choose, TheLeastPowerfulThatIsConfiguredServes) {
    const Taking all{"oauth1", "oauth2", "bearer"};
    EXPECT_EQ(choose(all, everything, "auto"), Scheme::bearer);
    EXPECT_EQ(choose(all, {.oauth2 = true, .oauth1 = true}, "auto"), Scheme::oauth2);
    EXPECT_EQ(choose(all, {.oauth1 = true}, "auto"), Scheme::oauth1);
    EXPECT_EQ(choose(Taking{"oauth1", "oauth2"}, everything, "auto"), Scheme::oauth2);
}

TEST(Choose, APreferenceWinsWhereItIsTaken) {
    const Taking all{"bearer", "oauth2", "oauth1"};
    EXPECT_EQ(choose(all, everything, "oauth1"), Scheme::oauth1);
    EXPECT_EQ(choose(all, everything, "oauth2"), Scheme::oauth2);
    EXPECT_EQ(choose(all, everything, "bearer"), Scheme::bearer);
}

TEST(Choose, APreferenceIsPassedOverWhereItIsNotTaken) {
    EXPECT_EQ(choose(Taking{"bearer"}, everything, "oauth2"), Scheme::bearer);
    EXPECT_EQ(choose(Taking{"client"}, everything, "oauth2"), Scheme::client);
    EXPECT_EQ(choose(Taking{"app"}, everything, "bearer"), Scheme::app);
}

TEST(Choose, NoOtherIdentityStepsInForThePreferredOne) {
    const Taking all{"bearer", "oauth2", "oauth1"};
    const auto failure = failure_of([&] { choose(all, {.bearer = true}, "oauth2"); });
    ASSERT_TRUE(failure);
    EXPECT_EQ(failure->status, Status::no_credential);
    EXPECT_EQ(
        failure->message,
        "getThings: no credential; credential=oauth2 asks for a user's OAuth 2.0 token with the scopes "
        "dm.read, users.read: set oauth2_access_token, or oauth2_refresh_token with oauth2_client_id (in "
        "the environment XTAP_OAUTH2_ACCESS_TOKEN and so on)");
}

TEST(Choose, SaysWhatItTakesAndWhatIsConfiguredInVain) {
    expect_failure(
        Status::no_credential,
        [] {
            choose(Taking{"oauth2", "oauth1"}, {.bearer = true, .client = true}, "auto");
        },
        "getThings", "OAuth 2.0", "dm.read, users.read", "oauth2_refresh_token", "XTAP_OAUTH2_ACCESS_TOKEN",
        "OAuth 1.0a", "oauth1_token_secret", "XTAP_OAUTH1_TOKEN",
        "configured, but not taken here: the app's bearer token, the OAuth 2.0 client");
    expect_failure(
        Status::no_credential, [] { choose(Taking{"bearer"}, {}, "auto"); }, "bearer_token_file",
        "api_secret", "XTAP_BEARER_TOKEN");
    expect_failure(
        Status::no_credential, [] { choose(Taking{"client"}, {}, "auto"); }, "oauth2_client_id",
        "XTAP_OAUTH2_CLIENT_ID");
    expect_failure(
        Status::no_credential, [] { choose(Taking{"app"}, {}, "auto"); }, "api_key", "XTAP_API_KEY");
}

TEST(Choose, AKindThatTheTableGainedLaterIsNoCredential) {
    expect_failure(
        Status::no_credential, [] { choose(Taking{"oauth3"}, everything, "auto"); }, "getThings",
        "none that");
}

// An error's message has 1,023 bytes.
TEST(Choose, TheLongestExplanationFitsAnError) {
    const auto failure = failure_of([] {
        choose(Taking{"bearer", "oauth2", "oauth1", "client", "app"}, {}, "auto");
    });
    ASSERT_TRUE(failure);
    EXPECT_LT(failure->message.size(), 1000u);
}

TEST(Choose, EveryOperationOfTheTableIsServedByAFullClient) {
    for (const api::Operation &operation : api::operations()) {
        if (!operation.security.empty()) {
            EXPECT_NE(choose(operation, everything, "auto"), Scheme::none) << operation.id;
        }
    }
}

TEST(Choose, SchemesHaveTheTablesNames) {
    EXPECT_EQ(scheme_name(Scheme::bearer), "bearer");
    EXPECT_EQ(scheme_name(Scheme::none), "none");
    EXPECT_EQ(scheme_name(Scheme::app), "app");
}

} // namespace
} // namespace xtap::auth
