// Where a login comes back to, and what comes back.
#include "cli/auth/redirect.hpp"

#include "cli/base/complaint.hpp"

#include <gtest/gtest.h>

namespace xtap::cli {
namespace {

TEST(RedirectAddress, IsOneOfThisMachine) {
    const RedirectAddress usual = redirect_address("http://127.0.0.1:7357/callback");
    EXPECT_EQ(usual.port, 7357);
    EXPECT_EQ(usual.path, "/callback");
    EXPECT_FALSE(usual.is_ipv6);
    EXPECT_EQ(redirect_address("http://localhost/").port, 80);
    EXPECT_EQ(redirect_address("http://localhost").path, "/");
    const RedirectAddress six = redirect_address("http://[::1]:99/a/b");
    EXPECT_TRUE(six.is_ipv6);
    EXPECT_EQ(six.port, 99);
    EXPECT_EQ(six.path, "/a/b");
}

TEST(RedirectAddress, IsRefusedWhenItLeadsElsewhereOrNowhere) {
    for (const char *wrong :
         {"", "127.0.0.1:1/cb", "https://127.0.0.1/cb", "http://example.com/cb",
          "http://127.0.0.1.example.com/", "http://0.0.0.0:1/", "http://127.0.0.1:/cb",
          "http://127.0.0.1:65536/", "http://127.0.0.1:1x/", "http://user@127.0.0.1/",
          "http://127.0.0.1/cb?x=1", "http://127.0.0.1/cb#x", "http://127.0.0.1/a b", "http://[::2]/"}) {
        EXPECT_THROW(redirect_address(wrong), Complaint) << wrong;
    }
}

TEST(RedirectAddress, TakesThePortThatWasFree) {
    RedirectAddress address = redirect_address("http://127.0.0.1:0/callback");
    set_port(address, 4711);
    EXPECT_EQ(address.uri, "http://127.0.0.1:4711/callback");
    EXPECT_EQ(address.port, 4711);
    RedirectAddress six = redirect_address("http://[::1]:0/x");
    set_port(six, 12);
    EXPECT_EQ(six.uri, "http://[::1]:12/x");
}

TEST(RedirectQuery, IsReadFromTheBrowsersRequest) {
    const auto query =
        redirect_query("GET /callback?state=s%2F1+x&code=a%3Db&other=1 HTTP/1.1\r\nHost: x\r\n\r\n");
    ASSERT_TRUE(query);
    EXPECT_EQ(query->path, "/callback");
    EXPECT_EQ(query->state, "s/1 x");
    EXPECT_EQ(query->code, "a=b");
    EXPECT_EQ(query->error, "");
}

TEST(RedirectQuery, TellsARefusal) {
    const auto query =
        redirect_query("GET /cb?error=access_denied&error_description=no%20thanks&state=s HTTP/1.1\r\n");
    ASSERT_TRUE(query);
    EXPECT_EQ(query->error, "access_denied");
    EXPECT_EQ(query->error_description, "no thanks");
    EXPECT_EQ(query->code, "");
}

TEST(RedirectQuery, SurvivesWhatIsNoQuery) {
    EXPECT_EQ(redirect_query("GET / HTTP/1.1\r\n")->path, "/");
    EXPECT_EQ(redirect_query("GET /favicon.ico HTTP/1.1\r\n")->path, "/favicon.ico");
    EXPECT_EQ(redirect_query("GET /cb?code=%&state=%4")->code, "%");
    EXPECT_EQ(redirect_query("GET /cb?code&=x&&state")->code, "");
    EXPECT_FALSE(redirect_query("POST /cb?code=x HTTP/1.1\r\n"));
    EXPECT_FALSE(redirect_query(""));
}

} // namespace
} // namespace xtap::cli
