// Pages from proxies: their gist, and never a tag.
#include "api/html_summary.hpp"

#include <gtest/gtest.h>

#include <string>

namespace xtap::api {
namespace {

TEST(HtmlSummary, IsThePagesTitle) {
    EXPECT_EQ(html_summary(
                  "<html>\r\n<head><title>502 Bad\n Gateway</title></head><body><h1>no</h1></body></html>"),
              "502 Bad Gateway");
    EXPECT_EQ(html_summary("<HTML><TITLE lang=en> Over <b>capacity</b> </TITLE>"), "Over capacity");
}

TEST(HtmlSummary, IsTheTextOfAPageWithoutTitle) {
    EXPECT_EQ(html_summary("<body><h1>Busy</h1><p>Come <i>back</i> later</p></body>"),
              "Busy Come back later");
    EXPECT_EQ(html_summary("<title></title><p>Busy</p>"), "Busy");
}

TEST(HtmlSummary, SkipsScriptsStylesAndComments) {
    EXPECT_EQ(html_summary(
                  "<style>p { color: red }</style><script>if (a < b) alert(1)</script><!-- <p>x</p> -->Text"),
              "Text");
}

TEST(HtmlSummary, HoldsNoAngleBracketHoweverBrokenThePage) {
    for (const char *page : {"<", "<<>>", "a<b", "a>b", "<title", "<title>x", "<title>x<y", "<!--",
                             "<script>", "</title><title>", "<p>a < b > c</p>", "<title><script>alert(1)"}) {
        const std::string text = html_summary(page);
        EXPECT_EQ(text.find_first_of("<>"), std::string::npos) << page << " gives " << text;
    }
}

TEST(HtmlSummary, StopsEarlyInAnEndlessPage) {
    EXPECT_LE(html_summary("<p>" + std::string(1 << 20, 'x')).size(), 400u);
    EXPECT_EQ(html_summary(std::string(1 << 20, '<')), "");
}

} // namespace
} // namespace xtap::api
