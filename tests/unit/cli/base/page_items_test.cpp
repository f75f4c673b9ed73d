// Items are found in a page without a byte of them changing.
#include "cli/base/page_items.hpp"

#include <gtest/gtest.h>

namespace xtap::cli {
namespace {

using Items = std::vector<std::string_view>;

Items items_of(std::string_view body) {
    const auto page = page_of(body);
    return page ? page->items : Items{"no page"};
}

TEST(PageItems, AreTheValuesOfDataAsTheyCame) {
    EXPECT_EQ(items_of(R"({"data":[{"id":"1", "n":1.50},{"id" : "2"}],"meta":{}})"),
              (Items{R"({"id":"1", "n":1.50})", R"({"id" : "2"})"}));
    EXPECT_EQ(items_of(" { \"meta\" : [1] , \"data\" : [ 1 , \"two\" , null , true , [3] ] } "),
              (Items{"1", "\"two\"", "null", "true", "[3]"}));
}

TEST(PageItems, AreNotFooledByBracketsAndQuotesInTexts) {
    EXPECT_EQ(items_of(R"({"x":"\"data\":[1]","data":["]},\\",{"a":"}\"]"}]})"),
              (Items{R"("]},\\")", R"({"a":"}\"]"})"}));
    EXPECT_EQ(items_of(R"({"includes":{"data":[9]},"data":[1]})"), Items{"1"});
}

TEST(PageItems, AreFoundUnderAKeyThatIsWrittenWithEscapes) {
    EXPECT_EQ(items_of(R"({"d\u0061ta":[1]})"), Items{"1"});
}

TEST(PageItems, AreOneWhenDataIsNoArrayAndNoneWhenThereIsNothing) {
    EXPECT_EQ(items_of(R"({"data":{"id":"1"}})"), Items{R"({"id":"1"})"});
    for (const char *empty :
         {R"({"data":[]})", R"({"data":[ ]})", R"({"data":null})", R"({"meta":{"result_count":0}})", "{}"})
        EXPECT_EQ(items_of(empty), Items{}) << empty;
}

TEST(PageItems, ComeWithTheErrorsBesideThem) {
    const std::string_view body = R"({"data":[1],"errors":[{"title":"gone"}]})";
    ASSERT_TRUE(page_of(body));
    EXPECT_EQ(page_of(body)->errors, R"([{"title":"gone"}])");
    EXPECT_FALSE(page_of("{}")->errors);
}

TEST(PageItems, AreNotLookedForInWhatIsNoObject) {
    for (const char *other : {"", "[1]", "null", "<html>", R"({"data":[1)", R"({"data":[1]} x)"})
        EXPECT_FALSE(page_of(other)) << other;
}

TEST(PageItems, StandOnOneLineEach) {
    std::string lines;
    append_line(lines, "{\n  \"text\": \"a\\nb\",\r\n  \"n\": 1\n}");
    append_line(lines, "2");
    EXPECT_EQ(lines, "{  \"text\": \"a\\nb\",  \"n\": 1}\n2\n");
}

TEST(PageItems, AreFoundHoweverDeepTheyAre) {
    const std::string deep = std::string(500, '[') + std::string(500, ']');
    const std::string body = R"({"data":[)" + deep + "," + deep + "]}";
    EXPECT_EQ(items_of(body), (Items{deep, deep}));
}

} // namespace
} // namespace xtap::cli
