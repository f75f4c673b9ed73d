// Addresses taken apart: every part, every refusal, and no password in any message.
#include "api/address.hpp"
#include "api/failure.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace xtap::api {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

std::string refusal(std::string_view text) {
    try {
        parse_base_url("base_url", text);
    } catch (const Failure &failure) {
        EXPECT_EQ(failure.status, Status::value);
        EXPECT_THAT(failure.message, AllOf(HasSubstr("base_url"), HasSubstr("allowed: http://HOST")));
        return failure.message;
    }
    return "";
}

TEST(BaseUrl, IsTakenApart) {
    const BaseUrl plain = parse_base_url("base_url", "HTTPS://api.x.com");
    EXPECT_TRUE(plain.https);
    EXPECT_EQ(plain.host, "api.x.com");
    EXPECT_EQ(plain.port, 443);
    EXPECT_EQ(plain.prefix, "");
    EXPECT_FALSE(plain.loopback);

    const BaseUrl full = parse_base_url("base_url", "http://[::1]:65535/a/b//");
    EXPECT_FALSE(full.https);
    EXPECT_EQ(full.host, "::1");
    EXPECT_EQ(full.port, 65535);
    EXPECT_EQ(full.prefix, "/a/b");
    EXPECT_TRUE(full.loopback);
    EXPECT_EQ(parse_base_url("base_url", "http://localhost/").port, 80);
}

TEST(BaseUrl, SaysWhatIsWrong) {
    EXPECT_THAT(refusal(""), HasSubstr("\"\" has no scheme"));
    EXPECT_THAT(refusal("api.x.com"), HasSubstr("\"api.x.com\" has no scheme"));
    EXPECT_THAT(refusal("ftp://api.x.com"), HasSubstr("scheme other than http and https"));
    EXPECT_THAT(refusal("https://"), HasSubstr("no host"));
    EXPECT_THAT(refusal("https:///2"), HasSubstr("no host"));
    EXPECT_THAT(refusal("https://:443"), HasSubstr("no host"));
    EXPECT_THAT(refusal("https://a b"), HasSubstr("a space"));
    EXPECT_THAT(refusal("https://a\r\nb"), AllOf(HasSubstr("control character"), Not(HasSubstr("\n"))));
    EXPECT_THAT(refusal("https://m\xC3\xBCnchen"), HasSubstr("not ASCII"));
    EXPECT_THAT(refusal("https://a%00b"), HasSubstr("no host name has"));
    for (const char *port : {"", "0", "65536", "-1", "80x", "99999999999"})
        EXPECT_THAT(refusal(std::string("https://a:") + port), HasSubstr("1 to 65535")) << port;
    EXPECT_THAT(refusal("https://[::1"), HasSubstr("IPv6"));
    EXPECT_THAT(refusal("https://[127.0.0.1]"), HasSubstr("IPv6"));
    EXPECT_THAT(refusal("https://[::1]80"), HasSubstr("behind its host"));
    EXPECT_THAT(refusal("https://a/../b"), HasSubstr(".."));
    EXPECT_THAT(refusal("https://a/b/."), HasSubstr(".."));
    EXPECT_THAT(refusal("https://a/b\\c"), HasSubstr("backslash"));
}

TEST(BaseUrl, NeverRepeatsAPasswordOrAToken) {
    EXPECT_THAT(refusal("https://me:hunter2@api.x.com"),
                AllOf(HasSubstr("user name or password"), Not(HasSubstr("hunter2"))));
    EXPECT_THAT(refusal("https://api.x.com/?token=hunter2"),
                AllOf(HasSubstr("query"), Not(HasSubstr("hunter2"))));
    EXPECT_THAT(refusal("https://api.x.com/#hunter2"),
                AllOf(HasSubstr("fragment"), Not(HasSubstr("hunter2"))));
    EXPECT_THAT(refusal("ftp://me:hunter2@api.x.com"), Not(HasSubstr("hunter2")));
}

TEST(ProxyAddress, MayHaveAUserAndMustHaveAKnownScheme) {
    for (const char *good :
         {"http://proxy", "https://proxy:3128", "socks5h://me:p@ss@[::1]:1080", "SOCKS4://p/"})
        EXPECT_NO_THROW(check_proxy("proxy", good)) << good;
    for (const char *bad : {"proxy:3128", "ftp://proxy", "http://", "http://proxy/path", "http://proxy:0",
                            "http://proxy\n", "http://me@"})
        EXPECT_THROW(check_proxy("proxy", bad), Failure) << bad;
}

TEST(Userinfo, IsMaskedWhereverItIs) {
    EXPECT_EQ(without_userinfo("http://me:secret@proxy:1"), "http://***@proxy:1");
    EXPECT_EQ(without_userinfo("http://me:se@cret@proxy:1"), "http://***@proxy:1");
    EXPECT_EQ(without_userinfo("http://proxy:1"), "http://proxy:1");
    EXPECT_EQ(without_userinfo(""), "");
}

} // namespace
} // namespace xtap::api
