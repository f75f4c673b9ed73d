// What is read as JSON and what is not, and the bytes that are written, which users and other programs see.
#include "error_of.hpp"
#include "json/value.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace xtap::json {
namespace {

TEST(JsonText, IsRefusedWhereItIsNoJson) {
    for (const char *text : {"", " ", "{", "[1,]", R"({"a" 1})", R"({"a":1,})", "nul", "1 2", "[1] x", "'a'",
                             "\"\xff\"", "\"a\nb\"", "01", "1e999", R"("\ud800")", "// comment\n1"}) {
        EXPECT_FALSE(Json::accept(text)) << text;
        EXPECT_TRUE(Json::parse_or_null(text).is_null()) << text;
        EXPECT_NE(error_of([&] { (void)Json::parse(text); }).find("this is no JSON: "), std::string::npos)
            << text;
    }
}

TEST(JsonText, SaysWhereItIsNoJson) {
    const std::string error = error_of([] { (void)Json::parse("[1,\n 2 3]"); });
    EXPECT_TRUE(error.starts_with("this is no JSON: parse error at line 2, column 4: ")) << error;
}

TEST(JsonText, MayBeAnyValueBetweenSpaces) {
    EXPECT_TRUE(Json::accept(" \t\r\n null "));
    EXPECT_EQ(Json::parse(" true\n"), true);
    EXPECT_EQ(Json::parse("\"\\u00e4\\ud83d\\ude00\\n\\/\""), "ä😀\n/");
    EXPECT_EQ(Json::parse(R"("a\u0000b")").get<std::string>(), std::string("a\0b", 3));
    EXPECT_EQ(Json::parse(R"({"a":[{},[],""]})").dump(), R"({"a":[{},[],""]})");
}

TEST(JsonText, HasTheLastOfSeveralMembersWithTheSameKey) {
    const Json value = Json::parse(R"({"b":1,"a":2,"b":3,"c":4,"b":5})");
    EXPECT_EQ(value.size(), 3u);
    EXPECT_EQ(value["b"], 5);
    EXPECT_EQ(value.dump(), R"({"a":2,"b":5,"c":4})");
}

TEST(JsonText, ThatWasReadHasItsMembersInTheOrderOfTheirKeys) {
    const Json read = Json::parse(R"({"b":1,"B":2,"a":3,"":4,"aa":5})");
    std::string keys;
    for (const auto &[key, value] : read.items())
        keys += key + " ";
    EXPECT_EQ(keys, " B a aa b ");
}

TEST(JsonText, IsWrittenInTheOrderOfTheKeysUnlessItIsToStayAsItWasMade) {
    const Json value = {{"b", {{"z", 1}, {"y", 2}}}, {"a", Json::array({{{"d", 3}, {"c", 4}}})}};
    EXPECT_EQ(value.dump(), R"({"a":[{"c":4,"d":3}],"b":{"y":2,"z":1}})");
    EXPECT_EQ(value.dump({.as_made = true}), R"({"b":{"z":1,"y":2},"a":[{"d":3,"c":4}]})");
    Json more = value;
    more["0"] = true;
    EXPECT_EQ(more.dump({.as_made = true}), R"({"b":{"z":1,"y":2},"a":[{"d":3,"c":4}],"0":true})");
}

TEST(JsonText, IsIndentedWhenThatIsAskedFor) {
    const Json value = {{"list", {1, {{"a", true}}}}, {"none", Json::array()}, {"nothing", Json::object()}};
    EXPECT_EQ(value.dump(2), R"({
  "list": [
    1,
    {
      "a": true
    }
  ],
  "none": [],
  "nothing": {}
})");
    EXPECT_EQ(value.dump(0), "{\n\"list\": [\n1,\n{\n\"a\": true\n}\n],\n\"none\": [],\n\"nothing\": {}\n}");
    EXPECT_EQ(value.dump(), R"({"list":[1,{"a":true}],"none":[],"nothing":{}})");
    EXPECT_EQ(Json(5).dump(2), "5");
}

TEST(JsonText, EscapesWhatJsonDemandsAndNothingElse) {
    EXPECT_EQ(Json("a\"b\\c/d").dump(), R"("a\"b\\c/d")");
    EXPECT_EQ(Json(std::string("\b\f\n\r\t\0\x1f\x7f", 8)).dump(), "\"\\b\\f\\n\\r\\t\\u0000\\u001f\x7f\"");
    EXPECT_EQ(Json("ä😀").dump(), "\"ä😀\"");
    EXPECT_EQ((Json{{"a\"b", 1}}).dump(), R"({"a\"b":1})");
}

TEST(JsonText, HoldsNumbersThatReadBackAsTheyWere) {
    EXPECT_EQ((Json{0.1, 1.0, -0.0, 1e100, 1.5e-7, 100000.0, 1234567.25}).dump(),
              "[0.1,1.0,-0.0,1e+100,1.5e-07,100000.0,1234567.25]");
    EXPECT_EQ((Json{std::nan(""), std::numeric_limits<double>::infinity()}).dump(), "[null,null]");
    EXPECT_EQ((Json{std::numeric_limits<std::int64_t>::min(), -1, 0}).dump(), "[-9223372036854775808,-1,0]");
}

TEST(JsonText, RefusesWhatIsNoUtf8OrPutsAMarkInItsPlace) {
    const Json value = {{"a\xff", "b\xc3(\xe3\x81"}};
    EXPECT_EQ(value.dump({.replace_invalid = true}), "{\"a\xef\xbf\xbd\":\"b\xef\xbf\xbd(\xef\xbf\xbd\"}");
    EXPECT_NE(error_of([&] { (void)value.dump(); }).find("JSON cannot hold a text: "), std::string::npos);
}

TEST(JsonText, OfAnyDepthIsReadWrittenAndForgotten) {
    constexpr std::size_t kDepth = 300'000;
    std::string arrays = std::string(kDepth, '[') + std::string(kDepth, ']');
    EXPECT_EQ(Json::parse(arrays).dump(), arrays);
    std::string objects;
    for (std::size_t i = 0; i < kDepth; ++i)
        objects += R"({"a":)";
    objects += "1" + std::string(kDepth, '}');
    EXPECT_EQ(Json::parse(objects).dump(), objects);
    EXPECT_FALSE(Json::accept(std::string(kDepth, '[')));
    EXPECT_TRUE(Json::parse_or_null(std::string(kDepth, '[')).is_null());
}

TEST(JsonText, OfManyElementsIsReachedEverywhere) {
    Json list = Json::array();
    for (int i = 0; i < 100'000; ++i)
        list.push_back(i);
    const Json read = Json::parse(list.dump());
    EXPECT_EQ(read.size(), 100'000u);
    EXPECT_EQ(read[77'777], 77'777);
    EXPECT_EQ(read.back(), 99'999);
    EXPECT_EQ(read, list);
}

} // namespace
} // namespace xtap::json
