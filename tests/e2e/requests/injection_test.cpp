// Names and values that try to leave their place in the request.
#include "caller.hpp"
#include "scripted_server.hpp"

#include <gtest/gtest.h>

namespace xtap::test {
namespace {

using namespace std::string_literals;

const std::string kAttacks[] = {
    "a\r\nX-Injected: 1",
    "a\nX-Injected: 1",
    "a HTTP/1.1\r\nHost: evil\r\n\r\n",
    "../../evil",
    "..",
    ".",
    "..%2f..%2fevil",
    "%2e%2e/evil",
    "%2fevil",
    "a/b",
    "a\\b",
    "a?evil=1",
    "a#evil",
    "a&evil=1",
    "a;evil",
    "\xff\xfe",
    "\xc0\xaf",
    "a\x7f",
    "a\tb",
    "a b",
    std::string(20'000, 'a'),
    "\u202e\u0000"s.substr(0, 3),
    "@evil.invalid",
    "http://evil.invalid/",
};

// Without validation nothing but the library's own care stands between the value and the request line.
void expect_harmless(const std::string &operation, const std::string &parameter, const Settings &others,
                     const std::string &path_begin) {
    for (const std::string &attack : kAttacks) {
        ScriptedServer server;
        const Caller caller(server.url(), {{"bearer_token", "A"}, {"validate", "off"}});
        const RequestHandle request = caller.request(operation, others);
        Error error;
        if (xtap_request_set(request.get(), parameter.c_str(), attack.c_str(), &error) != XTAP_OK) {
            EXPECT_EQ(error.status, XTAP_E_VALUE);
            continue; // refused before anything is sent
        }
        const Answered answered = Caller::send(request.get());
        const std::vector<HttpRequest> asked = server.asked();
        ASSERT_EQ(asked.size(), 1u) << attack << ": " << answered.error.text();
        const std::string target = asked[0].target(), path = target.substr(0, target.find('?'));
        EXPECT_EQ(path.find(path_begin), 0u) << attack << ": " << target;
        const std::string rest = path.substr(std::min(path.size(), path_begin.size()));
        EXPECT_EQ(rest.find('/'), std::string::npos) << attack << ": " << target;
        EXPECT_EQ(std::count(asked[0].line.begin(), asked[0].line.end(), ' '), 2) << asked[0].line;
        EXPECT_EQ(asked[0].header("x-injected"), "");
        EXPECT_EQ(asked[0].header("host"), server.url().substr(7));
        EXPECT_EQ(target.find("&evil"), std::string::npos) << target;
    }
}

TEST(Injection, ThroughAPathChangesNeitherPathNorHeaders) {
    expect_harmless("getUsersByUsername", "username", {}, "/2/users/by/username/");
}

TEST(Injection, ThroughAQueryChangesNeitherPathNorHeaders) {
    expect_harmless("getUsersByUsername", "user.fields", {{"username", "a"}}, "/2/users/by/username/a");
}

TEST(Injection, ThroughAnUnknownNameChangesNeitherPathNorHeaders) {
    for (const std::string &attack : kAttacks) {
        ScriptedServer server;
        const Caller caller(server.url(), {{"bearer_token", "A"}, {"validate", "off"}});
        const RequestHandle request = caller.request("getUsersByUsername", {{"username", "a"}});
        if (xtap_request_set(request.get(), attack.c_str(), "1", nullptr) != XTAP_OK) continue;
        Caller::send(request.get());
        ASSERT_EQ(server.asked().size(), 1u);
        EXPECT_EQ(server.asked()[0].target().find("/2/users/by/username/a?"), 0u);
        EXPECT_EQ(server.asked()[0].header("x-injected"), "");
    }
}

TEST(Injection, ThroughAPartsNameIsRefused) {
    ScriptedServer server;
    const Caller caller(server.url(), {{"oauth2_access_token", "A"}});
    const RequestHandle request = caller.request("mediaUpload");
    Error error;
    EXPECT_EQ(xtap_request_attach(request.get(), "media\r\nX: 1", nullptr, "x", 1, &error), XTAP_E_VALUE);
    EXPECT_EQ(xtap_request_attach(request.get(), "media", "a\"\r\nX: 1", "x", 1, &error), XTAP_E_VALUE);
    ASSERT_EQ(xtap_request_attach(request.get(), "me\"dia", "a\".png", "x", 1, &error), XTAP_OK);
    ASSERT_EQ(Caller::send(request.get()).status, XTAP_OK);
    const std::string body = server.asked()[0].body;
    EXPECT_NE(body.find("name=\"me%22dia\"; filename=\"a%22.png\""), std::string::npos) << body;
}

TEST(Injection, ThroughAnUnusualTokenOfTheNextPageIsRefused) {
    ScriptedServer server;
    server.answer("/2/dm_events", {{.body = R"({"data":[],"meta":{"next_token":"a\r\nX-Injected: 1"}})"}});
    const Caller caller(server.url(), {{"oauth2_access_token", "A"}});
    const RequestHandle request = caller.request("getDirectMessagesEvents");
    const Answered answered = Caller::send(request.get());
    ASSERT_EQ(answered.status, XTAP_OK);
    EXPECT_EQ(xtap_request_next_page(request.get(), answered.response.get(), nullptr), XTAP_E_VALUE);
}

TEST(Paging, ThatLeadsToItsOwnPageIsNotFollowed) {
    ScriptedServer server;
    server.answer("/2/dm_events", {{.body = R"({"data":[],"meta":{"next_token":"same"}})"}});
    const Caller caller(server.url(), {{"oauth2_access_token", "A"}});
    const RequestHandle request = caller.request("getDirectMessagesEvents");
    for (const xtap_status expected : {XTAP_OK, XTAP_E_PROTOCOL}) {
        const Answered answered = Caller::send(request.get());
        ASSERT_EQ(answered.status, XTAP_OK);
        EXPECT_EQ(xtap_request_next_page(request.get(), answered.response.get(), nullptr), expected);
    }
}

} // namespace
} // namespace xtap::test
