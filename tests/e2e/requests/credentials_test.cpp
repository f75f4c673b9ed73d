// Which credential a request carries, and how tokens are fetched, refreshed and handed over.
#include "caller.hpp"
#include "patience.hpp"
#include "scripted_server.hpp"

#include <atomic>
#include <cstdio>
#include <fstream>
#include <gtest/gtest.h>
#include <tuple>

namespace xtap::test {
namespace {

constexpr const char *kRead = "/2/users/by/username/a";
constexpr const char *kTokens = "/2/oauth2/token";

const HttpAnswer kUnauthorized = {.status = 401, .body = R"({"title":"Unauthorized"})"};

HttpAnswer pair(const std::string &access, const std::string &refresh) {
    return {.body = R"({"token_type":"bearer","expires_in":7200,"access_token":")" + access +
                    R"(","refresh_token":")" + refresh + R"("})"};
}

const Settings kOAuthUser = {{"oauth2_client_id", "client"},
                             {"oauth2_access_token", "old-access"},
                             {"oauth2_refresh_token", "old-refresh"}};

Answered read_user(const Caller &caller) { return caller.call("getUsersByUsername", {{"username", "a"}}); }

struct Given {
    std::vector<std::array<std::string, 2>> pairs;
    std::vector<std::int64_t> expiries;
    std::size_t asked_before = 0; // requests that the server had seen when the first pair was given
    const ScriptedServer *server = nullptr;
    xtap_flow flow = XTAP_CONTINUE;
};

xtap_flow take(xtap_text access, xtap_text refresh, std::int64_t expires_at_ms, void *user_data) {
    auto &given = *static_cast<Given *>(user_data);
    if (given.pairs.empty()) given.asked_before = given.server->asked(kRead).size();
    given.pairs.push_back({std::string(access.data, access.size), std::string(refresh.data, refresh.size)});
    given.expiries.push_back(expires_at_ms);
    return given.flow;
}

TEST(Credentials, AreMissedBeforeAnythingIsSent) {
    ScriptedServer server;
    const Caller caller(server.url(), {{"bearer_token", "AAAA"}});
    const Answered answered = caller.call("createPosts", {}, R"({"text":"a"})");
    EXPECT_EQ(answered.status, XTAP_E_NO_CREDENTIAL);
    const std::string message = answered.error.message;
    for (const char *word : {"createPosts", "oauth2_access_token", "oauth1_token", "tweet.write"})
        EXPECT_NE(message.find(word), std::string::npos) << word << ": " << message;
    EXPECT_TRUE(server.asked().empty());
}

TEST(Credentials, OfAUserAreRefreshedOnceOnA401AndTheNewPairIsHandedOverFirst) {
    ScriptedServer server;
    server.answer(kRead, {kUnauthorized, {}});
    server.answer(kTokens, {pair("new-access", "new-refresh")});
    const Caller caller(server.url(), kOAuthUser);
    Given given{.pairs = {}, .expiries = {}, .server = &server};
    ASSERT_EQ(xtap_client_on_token(caller.client(), take, &given), XTAP_OK);
    const Answered answered = read_user(caller);
    EXPECT_EQ(answered.status, XTAP_OK) << answered.error.text();
    ASSERT_EQ(given.pairs.size(), 1u);
    EXPECT_EQ(given.pairs[0], (std::array<std::string, 2>{"new-access", "new-refresh"}));
    EXPECT_EQ(given.asked_before, 1u) << "before its first use";
    EXPECT_NEAR(static_cast<double>(given.expiries[0]),
                static_cast<double>(std::time(nullptr)) * 1000 + 7'200'000, 60'000);
    const std::vector<HttpRequest> asked = server.asked(kRead);
    ASSERT_EQ(asked.size(), 2u);
    EXPECT_EQ(asked[0].header("authorization"), "Bearer old-access");
    EXPECT_EQ(asked[1].header("authorization"), "Bearer new-access");
    const std::vector<HttpRequest> tokens = server.asked(kTokens);
    ASSERT_EQ(tokens.size(), 1u);
    EXPECT_NE(tokens[0].body.find("refresh_token=old-refresh"), std::string::npos);
    EXPECT_NE(tokens[0].body.find("client_id=client"), std::string::npos);
    EXPECT_EQ(caller.stats()["token_refreshes"], 1);
}

TEST(Credentials, ThatAreRefusedAfterTheRefreshAreNotRefreshedAgain) {
    ScriptedServer server;
    server.answer(kRead, {kUnauthorized});
    server.answer(kTokens, {pair("new-access", "new-refresh")});
    const Caller caller(server.url(), kOAuthUser);
    EXPECT_EQ(read_user(caller).status, XTAP_E_UNAUTHORIZED);
    EXPECT_EQ(server.asked(kTokens).size(), 1u);
    EXPECT_EQ(server.asked(kRead).size(), 2u);
}

TEST(Credentials, ThatHaveExpiredAreRefreshedBeforeTheyAreUsed) {
    ScriptedServer server;
    server.answer(kTokens, {pair("new-access", "new-refresh")});
    Settings options = kOAuthUser;
    options.emplace_back("oauth2_expires_at", std::to_string(std::time(nullptr) * 1000 + 10'000));
    const Caller caller(server.url(), options);
    EXPECT_EQ(read_user(caller).status, XTAP_OK);
    ASSERT_EQ(server.asked(kRead).size(), 1u);
    EXPECT_EQ(server.asked(kRead)[0].header("authorization"), "Bearer new-access");
}

TEST(Credentials, AreRefreshedOnceForAllThreadsThatNeedIt) {
    ScriptedServer server;
    server.answer(kTokens, {pair("new-access", "new-refresh"),
                            {.status = 400, .body = R"({"error":"invalid_grant"})"}});
    Settings options = kOAuthUser;
    options.emplace_back("oauth2_expires_at", "1000");
    const Caller caller(server.url(), options);
    std::atomic<int> good{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i)
        threads.emplace_back([&] { good += read_user(caller).status == XTAP_OK; });
    for (std::thread &thread : threads)
        thread.join();
    EXPECT_EQ(good, 8);
    EXPECT_EQ(server.asked(kTokens).size(), 1u);
}

TEST(Credentials, ThatTheCallbackDoesNotTakeAreNotUsed) {
    ScriptedServer server;
    server.answer(kRead, {kUnauthorized, {}});
    server.answer(kTokens, {pair("new-access", "new-refresh")});
    const Caller caller(server.url(), kOAuthUser);
    Given given{.pairs = {}, .expiries = {}, .server = &server, .flow = XTAP_FAIL};
    ASSERT_EQ(xtap_client_on_token(caller.client(), take, &given), XTAP_OK);
    EXPECT_EQ(read_user(caller).status, XTAP_E_NO_CREDENTIAL);
    for (const HttpRequest &asked : server.asked(kRead))
        EXPECT_EQ(asked.header("authorization"), "Bearer old-access");
    // The pair is not lost: it is offered again before anything else is tried.
    given.flow = XTAP_CONTINUE;
    EXPECT_EQ(read_user(caller).status, XTAP_OK);
    EXPECT_EQ(server.asked(kTokens).size(), 1u);
    EXPECT_EQ(given.pairs.back()[1], "new-refresh");
}

// Everything that a caller is told of a failure, but for the answer itself, which is the server's.
std::string told(const Answered &answered) {
    const Error &error = answered.error;
    return std::string(error.message) + "\n" + error.problem_type + "\n" + error.problem_title + "\n" +
           error.request_id;
}

TEST(Credentials, ThatAServerRepeatsAreMasked) {
    ScriptedServer server;
    server.answer(kRead, {{.status = 401,
                           .body = R"({"type":"about:AAAA-bearer","title":"No AAAA-bearer",)"
                                   R"("detail":"Authorization: Bearer AAAA-bearer"})",
                           .headers = {{"Content-Type", "application/problem+json"},
                                       {"x-transaction-id", "of AAAA-bearer"}}}});
    const Answered answered = read_user(Caller(server.url(), {{"bearer_token", "AAAA-bearer"}}));
    EXPECT_EQ(answered.status, XTAP_E_UNAUTHORIZED);
    EXPECT_EQ(told(answered),
              "getUsersByUsername: HTTP 401: No ***: Authorization: Bearer *** (type about:***)\n"
              "about:***\nNo ***\nof ***");
    EXPECT_NE(answered.body().find("AAAA-bearer"), std::string::npos) << "what came is not touched";
}

TEST(Credentials, ThatATokenEndpointRepeatsAreMasked) {
    ScriptedServer server;
    server.answer("/oauth2/token", {{.status = 403,
                                     .body = R"({"error":"Basic a2V5LTEyMzpzZWNyZXQtMTIz",)"
                                             R"("error_description":"not secret-123"})"}});
    const Answered answered =
        read_user(Caller(server.url(), {{"api_key", "key-123"}, {"api_secret", "secret-123"}}));
    EXPECT_EQ(answered.status, XTAP_E_FORBIDDEN);
    EXPECT_EQ(told(answered).find("a2V5"), std::string::npos) << told(answered);
    EXPECT_EQ(told(answered).find("secret-123"), std::string::npos) << told(answered);
}

TEST(Credentials, ThatCannotBeFetchedYetSayWhenTheyCan) {
    const std::string reset = std::to_string(std::time(nullptr) + 600);
    for (const auto &[answer, least, most] :
         {std::tuple(HttpAnswer{.status = 429, .headers = {{"x-rate-limit-reset", reset}}}, 500'000, 600'000),
          std::tuple(HttpAnswer{.status = 503, .headers = {{"Retry-After", "7"}}}, 7'000, 7'000)}) {
        ScriptedServer server;
        server.answer(kTokens, {answer});
        Settings options = kOAuthUser;
        options.emplace_back("oauth2_expires_at", "1000");
        const Answered answered = read_user(Caller(server.url(), options));
        EXPECT_EQ(answered.error.http_status, answer.status) << answered.error.text();
        EXPECT_GE(answered.error.retry_after_ms, static_cast<std::uint64_t>(least));
        EXPECT_LE(answered.error.retry_after_ms, static_cast<std::uint64_t>(most));
    }
}

TEST(Credentials, ThatAreTooMuchForTokensAreRefused) {
    ScriptedServer server;
    server.answer(kTokens, {{.body = std::string(64 * 1024 + 1, ' ')}});
    Settings options = kOAuthUser;
    options.emplace_back("oauth2_expires_at", "1000");
    EXPECT_EQ(read_user(Caller(server.url(), options)).status, XTAP_E_TOO_LARGE);
}

TEST(Credentials, WhoseRefreshTokenIsUsedUpFailWithTheServersWords) {
    ScriptedServer server;
    server.answer(kRead, {kUnauthorized});
    server.answer(
        kTokens,
        {{.status = 400,
          .body =
              R"({"error":"invalid_request","error_description":"Value passed for the token was invalid."})"}});
    const Caller caller(server.url(), kOAuthUser);
    for (int i = 0; i < 2; ++i) {
        const Answered answered = read_user(caller);
        EXPECT_EQ(answered.status, XTAP_E_UNAUTHORIZED) << answered.error.text();
        EXPECT_NE(std::string(answered.error.message).find("Value passed for the token was invalid."),
                  std::string::npos)
            << answered.error.message;
        EXPECT_EQ(std::string(answered.error.message).find("old-refresh"), std::string::npos);
    }
    EXPECT_EQ(server.asked(kTokens).size(), 1u) << "a used-up token is not offered again";
}

TEST(Credentials, OfAConfidentialClientGoInABasicHeader) {
    ScriptedServer server;
    server.answer(kRead, {kUnauthorized, {}});
    server.answer(kTokens, {pair("new-access", "new-refresh")});
    Settings options = kOAuthUser;
    options.emplace_back("oauth2_client_secret", "secret");
    EXPECT_EQ(read_user(Caller(server.url(), options)).status, XTAP_OK);
    EXPECT_EQ(server.asked(kTokens)[0].header("authorization"), "Basic Y2xpZW50OnNlY3JldA==");
}

TEST(Credentials, OfALoginAreUsedFromThenOn) {
    ScriptedServer server;
    server.answer(kTokens, {pair("login-access", "login-refresh")});
    const Caller caller(server.url(), {{"oauth2_client_id", "client"}});
    Given given{.pairs = {}, .expiries = {}, .server = &server};
    ASSERT_EQ(xtap_client_on_token(caller.client(), take, &given), XTAP_OK);
    const Answered url = caller.call("getOAuth2AuthorizeUrl",
                                     {{"redirect_uri", "http://127.0.0.1:8000/callback"}, {"state", "abc"}});
    ASSERT_EQ(url.status, XTAP_OK) << url.error.text();
    const std::string verifier = url.json()["code_verifier"].text();
    EXPECT_EQ(verifier.size(), 43u);
    EXPECT_EQ(url.json()["state"], "abc");
    const std::string address = url.json()["url"].text();
    EXPECT_EQ(address.find(server.url() + "/2/oauth2/authorize?"), 0u) << address;
    EXPECT_EQ(address.find(verifier), std::string::npos) << "only its hash travels";
    EXPECT_TRUE(server.asked().empty()) << "nothing is sent for it";
    const Answered answered =
        caller.call("createOAuth2Token", {{"grant_type", "authorization_code"},
                                          {"code", "the code"},
                                          {"redirect_uri", "http://127.0.0.1:8000/callback"},
                                          {"code_verifier", verifier}});
    ASSERT_EQ(answered.status, XTAP_OK) << answered.error.text();
    ASSERT_EQ(given.pairs.size(), 1u);
    EXPECT_EQ(given.pairs[0][0], "login-access");
    EXPECT_NE(server.asked(kTokens)[0].body.find("code=the%20code"), std::string::npos)
        << server.asked(kTokens)[0].body;
    EXPECT_NE(server.asked(kTokens)[0].body.find("client_id=client"), std::string::npos);
    ASSERT_EQ(read_user(caller).status, XTAP_OK);
    EXPECT_EQ(server.asked(kRead)[0].header("authorization"), "Bearer login-access");
}

TEST(Credentials, OfAnAppAreFetchedWithItsKeyAndSecret) {
    ScriptedServer server;
    server.answer("/oauth2/token", {{.body = R"({"token_type":"bearer","access_token":"AAAAapp"})"}});
    const Caller caller(server.url(), {{"api_key", "key"}, {"api_secret", "secret"}});
    for (int i = 0; i < 2; ++i)
        ASSERT_EQ(read_user(caller).status, XTAP_OK);
    const std::vector<HttpRequest> tokens = server.asked("/oauth2/token");
    ASSERT_EQ(tokens.size(), 1u);
    EXPECT_EQ(tokens[0].header("authorization"), "Basic a2V5OnNlY3JldA==");
    EXPECT_EQ(tokens[0].body, "grant_type=client_credentials");
    EXPECT_EQ(server.asked(kRead)[1].header("authorization"), "Bearer AAAAapp");
}

TEST(Credentials, OfAnAppThatWereRevokedAreFetchedAnew) {
    ScriptedServer server;
    server.answer("/oauth2/token", {{.body = R"({"token_type":"bearer","access_token":"AAAAold"})"},
                                    {.body = R"({"token_type":"bearer","access_token":"AAAAnew"})"}});
    server.answer(kRead, {kUnauthorized, {}});
    const Caller caller(server.url(), {{"api_key", "key"}, {"api_secret", "secret"}});
    EXPECT_EQ(read_user(caller).status, XTAP_OK);
    EXPECT_EQ(server.asked(kRead)[1].header("authorization"), "Bearer AAAAnew");
}

TEST(Credentials, InAFileAreReadAgainOnA401) {
    ScriptedServer server;
    server.answer(kRead, {kUnauthorized, {}});
    const std::string path = testing::TempDir() + "xtap-requests-token";
    std::ofstream(path) << "AAAAold\n";
    const Caller caller(server.url(), {{"bearer_token_file", path}});
    const RequestHandle request = caller.request("getUsersByUsername", {{"username", "a"}});
    ASSERT_EQ(Caller::send(caller.request("getUsersByUsername", {{"username", "b"}}).get()).status, XTAP_OK);
    std::ofstream(path) << "AAAAnew\n";
    EXPECT_EQ(Caller::send(request.get()).status, XTAP_OK);
    EXPECT_EQ(server.asked(kRead)[0].header("authorization"), "Bearer AAAAold");
    EXPECT_EQ(server.asked(kRead)[1].header("authorization"), "Bearer AAAAnew");
    std::remove(path.c_str());
}

TEST(Credentials, OfOAuth1SignEveryTryAnew) {
    ScriptedServer server;
    server.answer(kRead, {{.status = 503}, {}});
    const Caller caller(server.url(), {{"api_key", "key"},
                                       {"api_secret", "secret"},
                                       {"oauth1_token", "1-token"},
                                       {"oauth1_token_secret", "token-secret"},
                                       {"credential", "oauth1"}});
    ASSERT_EQ(read_user(caller).status, XTAP_OK);
    const std::vector<HttpRequest> asked = server.asked(kRead);
    ASSERT_EQ(asked.size(), 2u);
    for (const HttpRequest &request : asked)
        EXPECT_EQ(request.header("authorization").find("OAuth "), 0u);
    EXPECT_NE(asked[0].header("authorization"), asked[1].header("authorization")) << "a nonce works once";
    EXPECT_EQ(asked[0].header("authorization").find("secret"), std::string::npos);
}

TEST(Credentials, AreNotSwappedForAnotherKindThatWasNotAskedFor) {
    ScriptedServer server;
    const Caller caller(server.url(), {{"bearer_token", "AAAA"}, {"credential", "oauth2"}});
    EXPECT_EQ(read_user(caller).status, XTAP_E_NO_CREDENTIAL);
    EXPECT_TRUE(server.asked().empty());
}

TEST(Credentials, AreForgottenByTheCallbackThatWasTakenAway) {
    ScriptedServer server;
    server.answer(kRead, {kUnauthorized, {}});
    server.answer(kTokens, {pair("new-access", "new-refresh")});
    const Caller caller(server.url(), kOAuthUser);
    Given given{.pairs = {}, .expiries = {}, .server = &server};
    ASSERT_EQ(xtap_client_on_token(caller.client(), take, &given), XTAP_OK);
    ASSERT_EQ(xtap_client_on_token(caller.client(), nullptr, nullptr), XTAP_OK);
    EXPECT_EQ(read_user(caller).status, XTAP_OK);
    EXPECT_TRUE(given.pairs.empty());
}

} // namespace
} // namespace xtap::test
