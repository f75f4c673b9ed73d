// What goes before what: own defaults, environment, arguments, stored credentials.
#include "cli/base/client_setup.hpp"

#include "cli/auth/stored_text.hpp"
#include "cli/base/complaint.hpp"

#include <array>
#include <cstdlib>
#include <gtest/gtest.h>

namespace xtap::cli {
namespace {

// The library reads this process' environment; what a test sets there is gone after it.
class ClientSetup : public testing::Test {
protected:
    void set(const char *name, const char *value) {
        ::setenv(name, value, 1);
        names_.push_back(name);
    }
    void SetUp() override {
        for (const char *name : {"XTAP_BEARER_TOKEN", "XTAP_BASE_URL", "XTAP_OAUTH2_ACCESS_TOKEN"})
            ::unsetenv(name);
    }
    void TearDown() override {
        for (const char *name : names_)
            ::unsetenv(name);
    }

    static ServerCredentials stored() {
        return {AppCredential{"APP", 1}, UserCredential{"stored-client", "", "ACCESS", "REFRESH", 9, "", 1}};
    }

private:
    std::vector<const char *> names_;
};

constexpr std::array<std::pair<const char *, const char *>, 1> kOwn = {{{"connect_timeout_ms", "11"}}};

TEST_F(ClientSetup, LetsArgumentsGoBeforeTheEnvironmentAndThatBeforeItsOwnDefaults) {
    EXPECT_EQ(option_value(configured({}, kOwn).get(), "connect_timeout_ms"), "11");
    set("XTAP_CONNECT_TIMEOUT_MS", "12");
    EXPECT_EQ(option_value(configured({}, kOwn).get(), "connect_timeout_ms"), "12");
    EXPECT_EQ(
        option_value(configured({{{"connect_timeout_ms", "13"}}, {}}, kOwn).get(), "connect_timeout_ms"),
        "13");
}

TEST_F(ClientSetup, NamesTheServerWithoutASlashAtItsEnd) {
    EXPECT_EQ(server_of(configured({}, {}).get()), "https://api.x.com");
    EXPECT_EQ(server_of(configured({{}, "http://127.0.0.1:1/x/"}, {}).get()), "http://127.0.0.1:1/x");
}

TEST_F(ClientSetup, LendsWhatIsStoredWhereNothingIsSet) {
    const ConfigHandle config = configured({}, {});
    lend_stored_credentials(config.get(), stored());
    EXPECT_EQ(option_value(config.get(), "bearer_token"), "***");
    EXPECT_EQ(option_value(config.get(), "oauth2_access_token"), "***");
    EXPECT_EQ(option_value(config.get(), "oauth2_refresh_token"), "***");
    EXPECT_EQ(option_value(config.get(), "oauth2_client_id"), "stored-client");
    EXPECT_EQ(option_value(config.get(), "oauth2_expires_at"), "9");
}

TEST_F(ClientSetup, LendsTheLoginBesideABearerTokenThatIsSet) {
    set("XTAP_BEARER_TOKEN", "mine");
    const ConfigHandle config = configured({}, {});
    ServerCredentials lent = stored();
    lent.app->bearer_token = "not printable: would be refused\n";
    lend_stored_credentials(config.get(), lent);
    EXPECT_EQ(option_value(config.get(), "oauth2_access_token"), "***");
}

TEST_F(ClientSetup, LendsNothingBesideAUsersCredentialThatIsSet) {
    set("XTAP_OAUTH2_ACCESS_TOKEN", "mine");
    const ConfigHandle config = configured({}, {});
    lend_stored_credentials(config.get(), stored());
    EXPECT_EQ(option_value(config.get(), "bearer_token"), "") << "it would go before the token that was set";
    EXPECT_EQ(option_value(config.get(), "oauth2_refresh_token"), "");
}

TEST_F(ClientSetup, DoesNotMixTheSecretOfOneClientWithTheIdOfAnother) {
    set("XTAP_OAUTH2_CLIENT_ID", "another");
    set("XTAP_OAUTH2_CLIENT_SECRET", "secret-of-another");
    const ConfigHandle config = configured({}, {});
    lend_stored_credentials(config.get(), stored());
    EXPECT_EQ(option_value(config.get(), "oauth2_client_id"), "stored-client");
    EXPECT_EQ(option_value(config.get(), "oauth2_client_secret"), "");
}

TEST_F(ClientSetup, KeepsTheSecretThatBelongsToTheStoredClient) {
    set("XTAP_OAUTH2_CLIENT_ID", "stored-client");
    set("XTAP_OAUTH2_CLIENT_SECRET", "its-secret");
    const ConfigHandle config = configured({}, {});
    lend_stored_credentials(config.get(), stored());
    EXPECT_EQ(option_value(config.get(), "oauth2_client_secret"), "***");
}

TEST(StoredText, TellsKindsTimesAndScopesAndNoSecret) {
    Credentials credentials;
    credentials["https://api.x.com"].app = {"APP-SECRET", 0};
    credentials["https://api.x.com"].user = {
        "client", "CLIENT-SECRET", "ACCESS-SECRET", "REFRESH-SECRET", 61'000, "tweet.read users.read", 1'000};
    EXPECT_EQ(stored_text(credentials, "/c.json", 1'000), R"(https://api.x.com
  app token
    saved      1970-01-01T00:00:00.000Z
  login
    client     client
    expires    1970-01-01T00:01:01.000Z (in 60.0 s)
    refreshes  yes
    scopes     tweet.read users.read
    saved      1970-01-01T00:00:01.000Z

in /c.json
)");
    EXPECT_NE(stored_text(credentials, "/c.json", 61'000).find("(over)"), std::string::npos);
    EXPECT_EQ(stored_json(credentials, "/c.json").find("SECRET"), std::string::npos);
}

TEST(StoredText, SaysSoWhenThereIsNothing) {
    EXPECT_EQ(stored_text({}, "/c.json", 0), "Nothing is stored in /c.json\n");
    EXPECT_EQ(environment_note({}), "");
    EXPECT_EQ(environment_note({"XTAP_BEARER_TOKEN"}),
              "XTAP_BEARER_TOKEN is set in the environment and goes before what is stored");
}

} // namespace
} // namespace xtap::cli
