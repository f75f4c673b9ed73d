// `xtap auth` against the simulator's token endpoints, and the other commands with what it stored.
#include "cli/calls.hpp"
#include "json/value.hpp"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <httplib.h>
#include <sys/stat.h>
#include <temporary_folder.hpp>

namespace xtap::e2e {
namespace {

using test::TemporaryFolder;

constexpr char kNoUser[] = "set XTAP_"; // what the hints begin with

std::string stored_path(const TemporaryFolder &config) { return config / "xtap/credentials.json"; }

std::string stored_text(const TemporaryFolder &config) {
    std::ifstream file(stored_path(config));
    return {std::istreambuf_iterator<char>(file), {}};
}

Json stored(const TemporaryFolder &config, const Simulator &simulator) {
    return Json::parse(stored_text(config)).at("servers").at(simulator.url());
}

void store_user(const TemporaryFolder &config, const Simulator &simulator, const Json &pair,
                std::int64_t expires_at_ms) {
    std::filesystem::create_directory(config / "xtap");
    Json user = {{"client_id", "sim-public-client"}, {"expires_at_ms", expires_at_ms}};
    for (const char *key : {"access_token", "refresh_token"})
        user[key] = pair.at(key);
    std::ofstream(stored_path(config))
        << Json{{"version", 1}, {"servers", {{simulator.url(), {{"user", user}}}}}};
    ::chmod(stored_path(config).c_str(), 0600);
}

Json given_pair(Simulator &simulator) {
    return simulator.control("POST", "/tokens/give", {{"client_id", "sim-public-client"}});
}

Call login_call(const Simulator &simulator, const TemporaryFolder &config,
                std::vector<std::string> words = {}) {
    words.insert(words.begin(), {"auth", "login", "--port", "0", "--timeout", "60"});
    Call call = xtap_of_user(simulator, config.path(), words);
    call.environment["XTAP_OAUTH2_CLIENT_ID"] = "sim-public-client";
    return call;
}

std::string printed_url(Process &login) {
    const std::string &out =
        login.read_out_until([](std::string_view text) { return text.find('\n') != text.npos; });
    return out.substr(0, out.find('\n'));
}

// What a browser does: asks, follows to the way back, and shows the page.
std::string open(const std::string &url) {
    const std::size_t path = url.find('/', std::string_view("http://").size());
    httplib::Client browser(url.substr(0, path));
    browser.set_follow_location(true);
    const auto page = browser.Get(url.substr(path));
    return page ? page->body : "no page";
}

// Where the login comes back to, with a query of our own.
std::string come_back(const std::string &url, const std::string &query) {
    const std::size_t begin = url.find("127.0.0.1%3A") + std::string_view("127.0.0.1%3A").size();
    return open("http://127.0.0.1:" + url.substr(begin, url.find('%', begin) - begin) + query);
}

void expect_no_secret(const std::string &text, const TemporaryFolder &config, const Simulator &simulator) {
    const Json server = stored(config, simulator);
    for (const char *place :
         {"/user/access_token", "/user/refresh_token", "/user/client_secret", "/app/bearer_token"}) {
        const Json *secret = server.pointed(place);
        if (secret == nullptr) continue;
        EXPECT_EQ(text.find(secret->text()), std::string::npos) << place << " is shown";
    }
}

TEST(CliAuthLogin, StoresTokensForItsOwnerAloneAndOtherCommandsUseThem) {
    Simulator simulator({"--strict-auth"});
    const TemporaryFolder config;
    Process login(login_call(simulator, config, {"--scope", "tweet.read,users.read,offline.access"}));
    EXPECT_NE(open(printed_url(login)).find("xtap is logged in"), std::string::npos);
    const Ended ended = login.wait();
    EXPECT_EQ(ended.exit_status, 0) << ended.err;
    struct stat facts = {};
    ASSERT_EQ(::stat(stored_path(config).c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 0777u, 0600u);
    EXPECT_EQ(stored(config, simulator).at("user").at("scope"), "tweet.read users.read offline.access");
    expect_no_secret(ended.out + ended.err, config, simulator);

    const Ended called = run(xtap_of_user(simulator, config.path(), {"call", "getUsersMe"}));
    EXPECT_EQ(called.exit_status, 0) << called.err;
    const Ended shown = run(xtap_of_user(simulator, config.path(), {"auth", "show"}));
    EXPECT_NE(shown.out.find("sim-public-client"), std::string::npos) << shown.out;
    expect_no_secret(shown.out + shown.err, config, simulator);
    expect_no_secret(run(xtap_of_user(simulator, config.path(), {"auth", "show", "--json"})).out, config,
                     simulator);
}

TEST(CliAuthLogin, KeepsTheSecretOfAConfidentialClientForLaterRefreshes) {
    Simulator simulator({"--strict-auth"});
    const TemporaryFolder config;
    Call call = login_call(simulator, config);
    call.environment["XTAP_OAUTH2_CLIENT_ID"] = "sim-client-id";
    call.environment["XTAP_OAUTH2_CLIENT_SECRET"] = "sim-client-secret";
    Process login(call);
    open(printed_url(login));
    EXPECT_EQ(login.wait().exit_status, 0);
    const Ended refreshed = run(xtap_of_user(simulator, config.path(), {"auth", "refresh"}));
    EXPECT_EQ(refreshed.exit_status, 0) << refreshed.err;
}

TEST(CliAuthLogin, ThatTheUserRefusesIsACredentialError) {
    Simulator simulator;
    const TemporaryFolder config;
    simulator.control("POST", "/authorise/refuse");
    Process login(login_call(simulator, config));
    EXPECT_NE(open(printed_url(login)).find("did not let xtap in"), std::string::npos);
    const Ended ended = login.wait();
    EXPECT_EQ(ended.exit_status, 3) << ended.err;
    EXPECT_EQ(errors_in(ended.err), 1u) << ended.err;
    EXPECT_NE(ended.err.find("access_denied"), std::string::npos) << ended.err;
    EXPECT_EQ(stored_text(config), "");
}

TEST(CliAuthLogin, TurnsAwayWhatIsNotItsOwnRedirectAndWaitsOn) {
    Simulator simulator;
    const TemporaryFolder config;
    Process login(login_call(simulator, config));
    const std::string url = printed_url(login);
    EXPECT_NE(come_back(url, "/callback?code=stolen&state=guessed").find("not the login"), std::string::npos);
    EXPECT_NE(come_back(url, "/callback?code=stolen").find("not the login"), std::string::npos);
    EXPECT_NE(come_back(url, "/favicon.ico").find("nothing here"), std::string::npos);
    EXPECT_NE(open(url).find("xtap is logged in"), std::string::npos);
    const Ended ended = login.wait();
    EXPECT_EQ(ended.exit_status, 0) << ended.err;
    EXPECT_NE(ended.err.find("turned away"), std::string::npos) << ended.err;
}

TEST(CliAuthLogin, GivesUpWhenItsTimeIsOverOrASignalComes) {
    Simulator simulator;
    const TemporaryFolder config;
    Call call = login_call(simulator, config);
    *std::find(call.words.begin(), call.words.end(), "60") = "1";
    const Ended late = run(call);
    EXPECT_EQ(late.exit_status, 1);
    EXPECT_NE(late.err.find("nobody logged in within"), std::string::npos) << late.err;
    Process login(login_call(simulator, config));
    printed_url(login);
    login.send(SIGINT);
    const Ended ended = login.wait();
    EXPECT_EQ(ended.exit_status, 1);
    EXPECT_NE(ended.err.find("ended by a signal"), std::string::npos) << ended.err;
}

TEST(CliAuthLogin, WithoutAClientSaysHowToNameOne) {
    Simulator simulator;
    const TemporaryFolder config;
    const Ended ended = run(xtap_of_user(simulator, config.path(), {"auth", "login", "--port", "0"}));
    EXPECT_EQ(ended.exit_status, 3);
    EXPECT_NE(ended.err.find("XTAP_OAUTH2_CLIENT_ID"), std::string::npos) << ended.err;
}

TEST(CliAuthApp, StoresATokenThatOtherCommandsUse) {
    Simulator simulator({"--strict-auth"});
    const TemporaryFolder config;
    Call call = xtap_of_user(simulator, config.path(), {"auth", "app"});
    call.environment["XTAP_API_KEY"] = "sim-api-key";
    call.environment["XTAP_API_SECRET"] = "sim-api-secret";
    const Ended ended = run(call);
    EXPECT_EQ(ended.exit_status, 0) << ended.err;
    expect_no_secret(ended.out + ended.err, config, simulator);
    EXPECT_EQ(run(xtap_of_user(simulator, config.path(), {"connections"})).exit_status, 0);
    const Ended streamed =
        run(xtap_of_user(simulator, config.path(), {"stream", "streamPostsSample", "--max-events", "1"}));
    EXPECT_EQ(streamed.exit_status, 0) << streamed.err;
}

TEST(CliAuthApp, WithAWrongSecretIsACredentialError) {
    Simulator simulator;
    const TemporaryFolder config;
    Call call = xtap_of_user(simulator, config.path(), {"auth", "app"});
    const Ended missing = run(call);
    EXPECT_EQ(missing.exit_status, 3);
    EXPECT_NE(missing.err.find(std::string(kNoUser) + "API_KEY"), std::string::npos) << missing.err;
    call.environment["XTAP_API_KEY"] = "sim-api-key";
    call.environment["XTAP_API_SECRET"] = "wrong-secret-not-to-be-shown";
    const Ended wrong = run(call);
    EXPECT_EQ(wrong.exit_status, 3);
    EXPECT_EQ(wrong.err.find("wrong-secret"), std::string::npos) << wrong.err;
    EXPECT_EQ(stored_text(config), "");
}

TEST(CliStoredTokens, AreNeverSentToAnotherServerThanTheirs) {
    Simulator theirs;
    Simulator another;
    const TemporaryFolder config;
    store_user(config, theirs, given_pair(theirs), 0);
    EXPECT_EQ(run(xtap_of_user(another, config.path(), {"call", "getUsersMe"})).exit_status, 3);
    EXPECT_EQ(another.control("GET", "/requests").at("list").size(), 0u);
    EXPECT_EQ(run(xtap_of_user(theirs, config.path(), {"call", "getUsersMe"})).exit_status, 0);
}

TEST(CliStoredTokens, ThatHaveExpiredAreRefreshedAndTheNewPairIsKept) {
    Simulator simulator({"--strict-auth"});
    const TemporaryFolder config;
    const Json pair = given_pair(simulator);
    store_user(config, simulator, pair, 1);
    for (int call = 0; call < 2; ++call) {
        const Ended ended = run(xtap_of_user(simulator, config.path(), {"call", "getUsersMe"}));
        EXPECT_EQ(ended.exit_status, 0) << ended.err;
    }
    EXPECT_NE(stored(config, simulator).at("user").at("refresh_token"), pair.at("refresh_token"));
    EXPECT_EQ(simulator.control("GET", "/tokens").at("refreshes"), 1) << "the second call used the new pair";
    EXPECT_EQ(stored(config, simulator).at("user").at("client_id"), "sim-public-client");
}

TEST(CliStoredTokens, ThatTheServerRefusesAreRefreshedOnceAndKept) {
    Simulator simulator({"--strict-auth"});
    const TemporaryFolder config;
    store_user(config, simulator, given_pair(simulator), 0);
    simulator.control("POST", "/tokens/expire");
    const Ended ended = run(xtap_of_user(simulator, config.path(), {"call", "getUsersMe"}));
    EXPECT_EQ(ended.exit_status, 0) << ended.err;
    EXPECT_GT(stored(config, simulator).at("user").at("expires_at_ms").get<std::int64_t>(), 1);
}

TEST(CliStoredTokens, AreRefreshedOnceBySeveralCommandsAtATime) {
    Simulator simulator({"--strict-auth"});
    const TemporaryFolder config;
    store_user(config, simulator, given_pair(simulator), 1);
    std::vector<std::unique_ptr<Process>> calls;
    for (int call = 0; call < 4; ++call)
        calls.push_back(
            std::make_unique<Process>(xtap_of_user(simulator, config.path(), {"call", "getUsersMe"})));
    for (const auto &call : calls) {
        const Ended ended = call->wait();
        EXPECT_EQ(ended.exit_status, 0) << ended.err;
    }
    EXPECT_EQ(simulator.control("GET", "/tokens").at("refreshes"), 1);
}

TEST(CliStoredTokens, InAFileThatOthersCanReadAreNotUsed) {
    Simulator simulator;
    const TemporaryFolder config;
    store_user(config, simulator, given_pair(simulator), 0);
    ::chmod(stored_path(config).c_str(), 0644);
    const Ended ended = run(xtap_of_user(simulator, config.path(), {"call", "getUsersMe"}));
    EXPECT_EQ(ended.exit_status, 3);
    EXPECT_EQ(errors_in(ended.err), 1u);
    EXPECT_NE(ended.err.find("chmod 600"), std::string::npos) << ended.err;
    Call with_another = xtap_of_user(simulator, config.path(), {"connections"});
    with_another.environment["XTAP_BEARER_TOKEN"] = kToken;
    const Ended warned = run(with_another);
    EXPECT_EQ(warned.exit_status, 0) << warned.err;
    EXPECT_NE(warned.err.find("xtap: warning: "), std::string::npos) << warned.err;
}

TEST(CliAuthRefresh, ExchangesTheTokenAndTellsWhenItIsWorthNothing) {
    Simulator simulator({"--strict-auth"});
    const TemporaryFolder config;
    const Ended nothing = run(xtap_of_user(simulator, config.path(), {"auth", "refresh"}));
    EXPECT_EQ(nothing.exit_status, 3);
    EXPECT_NE(nothing.err.find("xtap auth login"), std::string::npos) << nothing.err;
    const Json pair = given_pair(simulator);
    store_user(config, simulator, pair, 0);
    EXPECT_EQ(run(xtap_of_user(simulator, config.path(), {"auth", "refresh"})).exit_status, 0);
    EXPECT_NE(stored(config, simulator).at("user").at("refresh_token"), pair.at("refresh_token"));
    store_user(config, simulator, pair, 0); // the pair of before: used
    const Ended used = run(xtap_of_user(simulator, config.path(), {"auth", "refresh"}));
    EXPECT_EQ(used.exit_status, 3) << used.err;
    EXPECT_NE(used.err.find("log in again"), std::string::npos) << used.err;
}

TEST(CliAuthLogout, MakesTheTokensWorthlessAndForgetsThem) {
    Simulator simulator({"--strict-auth"});
    const TemporaryFolder config;
    const Json pair = given_pair(simulator);
    store_user(config, simulator, pair, 0);
    const Ended ended = run(xtap_of_user(simulator, config.path(), {"auth", "logout"}));
    EXPECT_EQ(ended.exit_status, 0) << ended.err;
    EXPECT_EQ(Json::parse(stored_text(config)).at("servers").size(), 0u);
    store_user(config, simulator, pair, 0);
    EXPECT_EQ(run(xtap_of_user(simulator, config.path(), {"call", "getUsersMe"})).exit_status, 3);
}

TEST(CliAuthLogout, WithoutTheServerForgetsOnlyWhenToldSo) {
    Simulator simulator;
    const TemporaryFolder config;
    store_user(config, simulator, given_pair(simulator), 0);
    simulator.fault({{"kind", "http_400"}, {"path", "/2/oauth2/revoke"}, {"times", 0}});
    const Ended refused = run(xtap_of_user(simulator, config.path(), {"auth", "logout"}));
    EXPECT_NE(refused.exit_status, 0);
    EXPECT_NE(refused.err.find("--local"), std::string::npos) << refused.err;
    EXPECT_TRUE(stored(config, simulator).contains("user"));
    EXPECT_EQ(run(xtap_of_user(simulator, config.path(), {"auth", "logout", "--local"})).exit_status, 0);
    EXPECT_EQ(Json::parse(stored_text(config)).at("servers").size(), 0u);
}

} // namespace
} // namespace xtap::e2e
