// Tokens and signatures as xtap-sim gives them out and checks them.
#include "api_client.hpp"
#include "encoding.hpp"
#include "oauth1.hpp"

#include <ctime>

namespace xtap::sim {
namespace {

// RFC 7636, appendix B.
const std::string kVerifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const std::string kChallenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const std::string kUserOnly = "/2/dm_events";

struct Tokens : testing::Test {
    std::string authorise(const std::string &client, const std::string &more = "") {
        const auto answer =
            api.get("/2/oauth2/authorize?response_type=code&client_id=" + client +
                    "&redirect_uri=http%3A%2F%2F127.0.0.1%3A1%2Fcb&scope=dm.read%20offline.access"
                    "&state=a%20b&code_challenge=" +
                    kChallenge + "&code_challenge_method=S256" + more);
        EXPECT_EQ(answer.status, 302);
        return answer.header("location");
    }
    static std::string code_in(const std::string &location) {
        return location.substr(location.find("&code=") + 6);
    }
    ApiAnswer exchange(const std::string &code, const std::string &verifier = kVerifier) {
        return api.post_form("/2/oauth2/token",
                             "grant_type=authorization_code&client_id=sim-public-client&redirect_uri="
                             "http%3A%2F%2F127.0.0.1%3A1%2Fcb&code=" +
                                 code + "&code_verifier=" + verifier);
    }
    ApiAnswer refresh(const std::string &token) {
        return api.post_form("/2/oauth2/token",
                             "grant_type=refresh_token&client_id=sim-public-client&refresh_token=" + token);
    }
    Json sign_in() {
        api.authorization.clear();
        Json pair = exchange(code_in(authorise("sim-public-client"))).body;
        api.authorization = "Bearer " + pair["access_token"].get<std::string>();
        return pair;
    }
    ApiClient api{{"--strict-auth"}};
};

TEST_F(Tokens, AreGivenForACodeAndItsVerifier) {
    api.authorization.clear();
    const std::string location = authorise("sim-public-client");
    // "a%20b" on the wire; httplib decodes the headers it reads.
    EXPECT_TRUE(location.starts_with("http://127.0.0.1:1/cb?state=a b&code=")) << location;
    const auto pair = exchange(code_in(location));
    ASSERT_EQ(pair.status, 200) << pair.body;
    EXPECT_EQ(pair.body["token_type"], "bearer");
    EXPECT_EQ(pair.body["expires_in"], 7200);
    EXPECT_EQ(pair.body["scope"], "dm.read offline.access");
    api.authorization = "Bearer " + pair.body["access_token"].get<std::string>();
    EXPECT_EQ(api.get(kUserOnly).status, 200);
    EXPECT_EQ(exchange(code_in(location)).body["error"], "invalid_grant"); // a code is good once
}

TEST_F(Tokens, AreNotGivenForAnotherVerifier) {
    api.authorization.clear();
    const auto refused = exchange(code_in(authorise("sim-public-client")), std::string(43, 'x'));
    EXPECT_EQ(refused.status, 400);
    EXPECT_EQ(refused.body["error"], "invalid_grant");
}

TEST_F(Tokens, OfAUserWhoRefusesAreNotGiven) {
    api.sim.control("POST", "/authorise/refuse");
    EXPECT_TRUE(authorise("sim-public-client").ends_with("&error=access_denied"));
    EXPECT_EQ(api.get("/2/oauth2/authorize?response_type=code&client_id=nobody").status, 400);
}

TEST_F(Tokens, AreRefreshedOnceByEachRefreshToken) {
    const Json first = sign_in();
    const auto second = refresh(first["refresh_token"].text());
    ASSERT_EQ(second.status, 200);
    EXPECT_NE(second.body["refresh_token"], first["refresh_token"]);
    EXPECT_NE(second.body["access_token"], first["access_token"]);
    const auto reuse = refresh(first["refresh_token"].text());
    EXPECT_EQ(reuse.status, 400);
    EXPECT_EQ(reuse.body["error"], "invalid_grant");
    EXPECT_EQ(refresh("never-given").body["error"], "invalid_request");
    const Json state = api.sim.control("GET", "/tokens");
    EXPECT_EQ(state["refreshes"], 1);
    EXPECT_EQ(state["reused_refresh_tokens"], 1);
}

TEST_F(Tokens, ExpireWhenTheControlEndpointSaysSo) {
    const Json pair = sign_in();
    EXPECT_EQ(api.get(kUserOnly).status, 200);
    api.sim.control("POST", "/tokens/expire");
    EXPECT_EQ(api.get(kUserOnly).status, 401);
    api.authorization =
        "Bearer " + refresh(pair["refresh_token"].text()).body["access_token"].get<std::string>();
    EXPECT_EQ(api.get(kUserOnly).status, 200);
}

TEST_F(Tokens, AreRevoked) {
    const Json pair = sign_in();
    EXPECT_EQ(api.post_form("/2/oauth2/revoke",
                            "client_id=sim-public-client&token=" + pair["access_token"].get<std::string>())
                  .body["revoked"],
              true);
    EXPECT_EQ(api.get(kUserOnly).status, 401);
    EXPECT_EQ(api.post_form("/2/oauth2/revoke", "client_id=sim-public-client").status, 400);
}

TEST_F(Tokens, OfAConfidentialClientNeedItsSecret) {
    const Json given = api.sim.control("POST", "/tokens/give");
    const std::string form =
        "grant_type=refresh_token&refresh_token=" + given["refresh_token"].get<std::string>();
    api.authorization = "Basic " + base64_encode("sim-client-id:wrong");
    EXPECT_EQ(api.post_form("/2/oauth2/token", form).status, 401);
    api.authorization.clear();
    EXPECT_EQ(api.post_form("/2/oauth2/token", form + "&client_id=sim-client-id").status, 401);
    api.authorization = "Basic " + base64_encode("sim-client-id:sim-client-secret");
    EXPECT_EQ(api.post_form("/2/oauth2/token", form).status, 200);
}

TEST_F(Tokens, OfTheAppAreGivenForKeyAndSecret) {
    api.authorization = "Basic " + base64_encode("sim-api-key:wrong");
    EXPECT_EQ(api.post_form("/oauth2/token", "grant_type=client_credentials").status, 403);
    api.authorization = "Basic " + base64_encode("sim-api-key:sim-api-secret");
    const auto given = api.post_form("/oauth2/token", "grant_type=client_credentials");
    ASSERT_EQ(given.status, 200);
    EXPECT_EQ(given.body["token_type"], "bearer");
    api.authorization = "Bearer " + given.body["access_token"].get<std::string>();
    const auto refused = api.get(kUserOnly);
    EXPECT_EQ(refused.status, 403);
    EXPECT_EQ(refused.body["title"], "Unsupported Authentication");
    EXPECT_TRUE(refused.body["type"].get<std::string>().ends_with("/unsupported-authentication"));
    api.authorization = "Bearer unknown";
    EXPECT_EQ(api.get(kUserOnly).status, 401);
}

TEST_F(Tokens, OfAUserOpenNoStream) {
    sign_in();
    EXPECT_EQ(api.get("/2/tweets/sample/stream").status, 403);
}

// Signs as RFC 5849 says; the simulator's own functions are checked against the RFC's example below.
std::string signed_header(const SimulatorProcess &sim, const std::string &path, Pairs query,
                          const std::string &nonce, const std::string &secret = "sim-user-secret") {
    SignedRequest request{"GET", sim.url() + path, std::move(query), {}, {}};
    request.oauth = {
        {"oauth_consumer_key", "sim-api-key"},   {"oauth_nonce", nonce},
        {"oauth_signature_method", "HMAC-SHA1"}, {"oauth_timestamp", std::to_string(std::time(nullptr))},
        {"oauth_token", "sim-user-token"},       {"oauth_version", "1.0"}};
    request.oauth.emplace_back("oauth_signature",
                               hmac_sha1_signature(signature_base(request), "sim-api-secret", secret));
    std::string header = "OAuth ";
    for (const auto &[name, value] : request.oauth)
        header.append(header.size() > 6 ? ", " : "").append(name + "=\"" + percent_encode(value) + "\"");
    return header;
}

TEST_F(Tokens, OfOAuth1AreCheckedByTheirSignature) {
    const Pairs query{{"event_types", "MessageCreate,ParticipantsJoin"}};
    const std::string target = kUserOnly + "?event_types=MessageCreate%2CParticipantsJoin";
    api.authorization = signed_header(api.sim, kUserOnly, query, "n1");
    EXPECT_EQ(api.get(target).status, 200);
    EXPECT_EQ(api.get(target).status, 401); // the nonce again
    api.authorization = signed_header(api.sim, kUserOnly, query, "n2", "another secret");
    EXPECT_EQ(api.get(target).status, 401);
    api.authorization = signed_header(api.sim, kUserOnly, {}, "n3");
    EXPECT_EQ(api.get(target).status, 401);
    api.authorization = signed_header(api.sim, "/2/tweets/sample/stream", {}, "n4");
    EXPECT_EQ(api.get("/2/tweets/sample/stream").status, 403);
}

TEST(OAuth1, MakesTheSignatureBaseOfTheRfc) {
    // RFC 5849, 3.4.1.1.
    const SignedRequest request{"POST",
                                "http://example.com/request",
                                parse_form("b5=%3D%253D&a3=a&c%40=&a2=r%20b"),
                                parse_form("c2&a3=2+q"),
                                {{"realm", "Example"},
                                 {"oauth_consumer_key", "9djdj82h48djs9d2"},
                                 {"oauth_token", "kkk9d7dh3k39sjv7"},
                                 {"oauth_signature_method", "HMAC-SHA1"},
                                 {"oauth_timestamp", "137131201"},
                                 {"oauth_nonce", "7d8f3e4a"},
                                 {"oauth_signature", "ignored"}}};
    EXPECT_EQ(
        signature_base(request),
        "POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D"
        "%26c%2540%3D%26c2%3D%26oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a"
        "%26oauth_signature_method%3DHMAC-SHA1%26oauth_timestamp%3D137131201"
        "%26oauth_token%3Dkkk9d7dh3k39sjv7");
}

TEST(AnyToken, IsGoodForEverythingUnlessToldOtherwise) {
    ApiClient api;
    EXPECT_EQ(api.get(kUserOnly).status, 200);
    api.authorization.clear();
    EXPECT_EQ(api.get(kUserOnly).status, 401);
    ApiClient one({"--token", "app", "--user-token", "user"});
    one.authorization = "Bearer app";
    EXPECT_EQ(one.get(kUserOnly).status, 403);
    one.authorization = "Bearer user";
    EXPECT_EQ(one.get(kUserOnly).status, 200);
    one.authorization = "Bearer x";
    EXPECT_EQ(one.get(kUserOnly).status, 401);
}

} // namespace
} // namespace xtap::sim
