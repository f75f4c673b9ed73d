// What the programs and the tests rely on in a JSON value: what it makes, finds, refuses, and the bytes it
// writes.
#include "error_of.hpp"
#include "json/value.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <sstream>

namespace xtap::json {
namespace {

TEST(JsonValue, IsNullUntilItIsSomethingElse) {
    EXPECT_TRUE(Json().is_null());
    const Json value = {};
    EXPECT_TRUE(value.is_null());
    EXPECT_EQ(value.dump(), "null");
    EXPECT_TRUE(value.empty());
    EXPECT_EQ(value.size(), 0u);
}

TEST(JsonValue, KnowsItsKind) {
    EXPECT_TRUE(Json(nullptr).is_null());
    EXPECT_TRUE(Json(true).is_boolean());
    EXPECT_TRUE(Json("text").is_string());
    EXPECT_TRUE(Json(std::string("text")).is_string());
    EXPECT_TRUE(Json(std::string_view("text")).is_string());
    EXPECT_TRUE(Json::array().is_array());
    EXPECT_TRUE(Json::object().is_object());
    EXPECT_FALSE(Json("1").is_number());
    EXPECT_FALSE(Json(true).is_number());
}

TEST(JsonValue, KeepsApartTheThreeKindsOfNumbers) {
    const Json parsed = Json::parse("[1, -1, 1.0, 1e0]");
    EXPECT_TRUE(parsed[0].is_number_unsigned());
    EXPECT_TRUE(parsed[0].is_number_integer());
    EXPECT_FALSE(parsed[1].is_number_unsigned());
    EXPECT_TRUE(parsed[1].is_number_integer());
    EXPECT_TRUE(parsed[2].is_number_float());
    EXPECT_FALSE(parsed[2].is_number_integer());
    EXPECT_TRUE(parsed[3].is_number_float());
    EXPECT_FALSE(Json(1).is_number_unsigned());
    EXPECT_TRUE(Json(1u).is_number_unsigned());
    EXPECT_EQ(parsed.dump(), "[1,-1,1.0,1.0]");
}

TEST(JsonValue, HoldsIntegersOf64BitsExactlyAndLargerOnesAsADouble) {
    const Json parsed = Json::parse("[18446744073709551615, -9223372036854775808, 18446744073709551616]");
    EXPECT_EQ(parsed[0].get<std::uint64_t>(), std::numeric_limits<std::uint64_t>::max());
    EXPECT_EQ(parsed[1].get<std::int64_t>(), std::numeric_limits<std::int64_t>::min());
    EXPECT_TRUE(parsed[2].is_number_float());
    EXPECT_EQ(parsed[2].get<double>(), 18446744073709551616.0);
    EXPECT_EQ(parsed.dump(), "[18446744073709551615,-9223372036854775808,1.8446744073709552e+19]");
    EXPECT_TRUE(Json::parse("-9223372036854775809").is_number_float());
}

TEST(JsonValue, GivesNumbersInEveryKindOfNumber) {
    const Json parsed = Json::parse("[7, -7, 7.5]");
    EXPECT_EQ(parsed[0].get<int>(), 7);
    EXPECT_EQ(parsed[0].get<double>(), 7.0);
    EXPECT_EQ(parsed[1].get<int>(), -7);
    EXPECT_EQ(parsed[1].get<std::int64_t>(), -7);
    EXPECT_EQ(parsed[1].get<double>(), -7.0);
    EXPECT_EQ(parsed[2].get<int>(), 7);
    EXPECT_EQ(parsed[2].get<double>(), 7.5);
}

TEST(JsonValue, RefusesToBeReadAsAnotherKind) {
    EXPECT_EQ(error_of([] { (void)Json(5).get<std::string>(); }), "a number in JSON where a text was wanted");
    EXPECT_EQ(error_of([] { (void)Json("5").get<int>(); }), "a text in JSON where a number was wanted");
    EXPECT_EQ(error_of([] { (void)Json(true).get<double>(); }),
              "a boolean in JSON where a number was wanted");
    EXPECT_EQ(error_of([] { (void)Json().get<bool>(); }), "null in JSON where a boolean was wanted");
    EXPECT_EQ(error_of([] { (void)Json::object()[0]; }), "an object in JSON where an array was wanted");
}

TEST(JsonValue, InBracesIsAnObjectWhenEveryElementIsAKeyWithItsValue) {
    EXPECT_EQ((Json{{"a", 1}, {"b", {true, nullptr}}}).dump(), R"({"a":1,"b":[true,null]})");
    EXPECT_EQ((Json{{"a", {{"b", {{"c", "d"}}}}}}).dump(), R"({"a":{"b":{"c":"d"}}})");
    EXPECT_EQ((Json{"a", 1}).dump(), R"(["a",1])");
    EXPECT_EQ((Json{{"a", 1}, {"b", 2, 3}}).dump(), R"([["a",1],["b",2,3]])");
    EXPECT_EQ((Json{{1, "a"}, {2, "b"}}).dump(), R"([[1,"a"],[2,"b"]])");
    EXPECT_EQ((Json{{"list", {}}}).dump(), R"({"list":{}})");
}

TEST(JsonValue, InBracesKeepsTheFirstOfTwoMembersWithTheSameKey) {
    EXPECT_EQ((Json{{"a", 1}, {"b", 2}, {"a", 3}}).dump(), R"({"a":1,"b":2})");
}

TEST(JsonValue, IsAnArrayOfPairsWhereThatIsSaid) {
    EXPECT_EQ(Json::array({{"a", 1}, {"b", 2}}).dump(), R"([["a",1],["b",2]])");
    EXPECT_EQ(Json::array({{{"a", 1}}, {{"b", 2}}}).dump(), R"([{"a":1},{"b":2}])");
    EXPECT_EQ(Json::array({"alone"}).dump(), R"(["alone"])");
}

TEST(JsonValue, CanBeMadeOfAListOrAMap) {
    EXPECT_EQ(Json(std::vector<std::string>{"a", "b"}).dump(), R"(["a","b"])");
    EXPECT_EQ(Json(std::vector<Json>{1, "b"}).dump(), R"([1,"b"])");
    EXPECT_EQ(Json(std::map<std::string, std::uint64_t>{{"a", 1}, {"b", 2}}).dump(), R"({"a":1,"b":2})");
}

TEST(JsonValue, FindsMembers) {
    const Json object = {{"a", 1}, {"b", "text"}};
    EXPECT_TRUE(object.contains("a"));
    EXPECT_FALSE(object.contains("c"));
    ASSERT_NE(object.find("b"), object.end());
    EXPECT_EQ(object.find("b")->get<std::string>(), "text");
    EXPECT_EQ(object.find("c"), object.end());
    EXPECT_EQ(object["a"], 1);
    EXPECT_EQ(object.at("a"), 1);
}

TEST(JsonValue, HasNoMembersWhenItIsNoObject) {
    for (const Json &other : {Json(), Json(5), Json("a"), Json::array({"a"})}) {
        EXPECT_FALSE(other.contains("a")) << other;
        EXPECT_EQ(other.find("a"), other.end()) << other;
    }
}

TEST(JsonValue, NamesTheKeyThatIsMissingAndThoseThatAreThere) {
    const Json object = {{"a", 1}, {"b", 2}};
    EXPECT_EQ(error_of([&] { (void)object.at("name"); }), "an object in JSON has no \"name\"; it has a, b");
    EXPECT_EQ(error_of([&] { (void)object["name"]; }), "an object in JSON has no \"name\"; it has a, b");
    EXPECT_EQ(error_of([] { (void)Json::object().at("x"); }),
              "an object in JSON has no \"x\"; it has nothing");
    EXPECT_EQ(error_of([] { (void)Json(5).at("x"); }),
              "a number in JSON where an object with \"x\" was wanted");
}

TEST(JsonValue, NamesTheElementThatIsMissing) {
    const Json list = {1, 2};
    EXPECT_EQ(list[1], 2);
    EXPECT_EQ(error_of([&] { (void)list[2]; }), "an array in JSON has no element 2, only 2");
    EXPECT_EQ(error_of([] { (void)Json::array().front(); }), "an array in JSON has no element 0, only 0");
    EXPECT_NE(error_of([] { (void)Json::array().back(); }), "no error");
}

TEST(JsonValue, AddsAMemberThatIsAssignedTo) {
    Json value;
    value["a"]["b"] = 1;
    value["list"].push_back("x");
    value["list"].push_back({{"y", 2}});
    value["list"].back()["z"] = nullptr;
    value["a"] = {{"c", 3}};
    EXPECT_EQ(value.dump(), R"({"a":{"c":3},"list":["x",{"y":2,"z":null}]})");
    EXPECT_TRUE(value["new"].is_null());
    EXPECT_EQ(value.size(), 3u);
}

TEST(JsonValue, RefusesMembersAndElementsWhereItHoldsSomethingElse) {
    Json text = "text";
    EXPECT_EQ(error_of([&] { text["a"] = 1; }), "a text in JSON where an object with \"a\" was wanted");
    EXPECT_EQ(error_of([&] { text.push_back(1); }), "a text in JSON where an array was wanted");
    EXPECT_EQ(text, "text");
}

TEST(JsonValue, IsWalkedByItsElementsOrTheValuesOfItsMembers) {
    int sum = 0;
    for (const Json &each : Json{1, 2, 3})
        sum += each.get<int>();
    for (const Json &each : Json{{"a", 10}, {"b", 20}})
        sum += each.get<int>();
    EXPECT_EQ(sum, 36);
    Json list = {1, 2, 3};
    for (Json &each : list)
        each = each.get<int>() * 2;
    EXPECT_EQ(list.dump(), "[2,4,6]");
    EXPECT_TRUE(std::ranges::any_of(list, [](const Json &each) { return each == 4; }));
    EXPECT_EQ(std::next(list.begin())->get<int>(), 4);
}

TEST(JsonValue, IsWalkedOnceWhenItIsAScalarAndNeverWhenItIsNull) {
    EXPECT_EQ(Json("abc").size(), 1u);
    EXPECT_EQ(*Json(5).begin(), 5);
    EXPECT_EQ(Json().begin(), Json().end());
}

TEST(JsonValue, ShowsItsMembersWithTheirKeys) {
    std::string shown;
    const Json object = {{"b", 1}, {"a", "x"}};
    for (const auto &[key, value] : object.items())
        shown += key + "=" + value.dump() + " ";
    EXPECT_EQ(shown, "b=1 a=\"x\" ");
    const Json null, list = Json::array();
    for (const auto &[key, value] : null.items())
        ADD_FAILURE() << key << value;
    EXPECT_NE(error_of([&] { (void)list.items(); }), "no error");
}

TEST(JsonValue, GivesAMemberOrSomethingElseInItsPlace) {
    const Json object = {{"text", "there"}, {"number", 5}, {"flag", true}, {"inner", {{"a", 1}}}};
    EXPECT_EQ(object.value("text", ""), "there");
    EXPECT_EQ(object.value("none", "otherwise"), "otherwise");
    EXPECT_EQ(object.value("none", std::string("otherwise")), "otherwise");
    EXPECT_EQ(object.value("number", std::uint64_t{0}), 5u);
    EXPECT_EQ(object.value("none", 7), 7);
    EXPECT_TRUE(object.value("flag", false));
    EXPECT_EQ(object.value("inner", Json())["a"], 1);
    EXPECT_TRUE(object.value("none", Json()).is_null());
    EXPECT_NE(error_of([&] { (void)object.value("number", "text"); }), "no error");
    EXPECT_NE(error_of([] { (void)Json(5).value("a", 1); }), "no error");
}

TEST(JsonValue, IsReachedByAPointer) {
    const Json value = {{"meta", {{"errors", {"x", {{"code", 5}}}}}}, {"", 1}};
    ASSERT_NE(value.pointed("/meta/errors/1/code"), nullptr);
    EXPECT_EQ(*value.pointed("/meta/errors/1/code"), 5);
    EXPECT_EQ(value.pointed(""), &value);
    EXPECT_EQ(*value.pointed("/"), 1);
    for (const char *nowhere :
         {"/none", "/meta/errors/2", "/meta/errors/x", "/meta/errors/-1", "/meta/errors/0/a"})
        EXPECT_EQ(value.pointed(nowhere), nullptr) << nowhere;
}

TEST(JsonValue, LosesAMemberAndTakesThoseOfAnother) {
    Json value = {{"a", 1}, {"b", 2}, {"c", 3}};
    EXPECT_EQ(value.erase("b"), 1u);
    EXPECT_EQ(value.erase("b"), 0u);
    value.update({{"c", 4}, {"d", 5}});
    EXPECT_EQ(value.dump(), R"({"a":1,"c":4,"d":5})");
}

TEST(JsonValue, IsACopyOfItsOwnAndLeavesNullWhenItIsMovedAway) {
    Json first = {{"a", {1, 2}}};
    Json second = first;
    second["a"].push_back(3);
    EXPECT_EQ(first.dump(), R"({"a":[1,2]})");
    const Json third = std::move(second);
    EXPECT_EQ(third.dump(), R"({"a":[1,2,3]})");
    EXPECT_TRUE(second.is_null()); // NOLINT(bugprone-use-after-move): that is what it promises
    first = first["a"];
    EXPECT_EQ(first.dump(), "[1,2]");
}

TEST(JsonValue, IsEqualWhateverTheOrderOfItsMembers) {
    EXPECT_EQ((Json{{"a", 1}, {"b", 2}}), (Json{{"b", 2}, {"a", 1}}));
    EXPECT_EQ((Json{{"b", 2}, {"a", 1}}), Json::parse(R"({"a":1,"b":2})"));
    EXPECT_NE((Json{{"a", 1}, {"b", 2}}), (Json{{"a", 1}, {"c", 2}}));
    EXPECT_NE((Json{{"a", 1}, {"b", 2}}), (Json{{"a", 1}}));
    EXPECT_NE((Json{1, 2}), (Json{2, 1}));
    EXPECT_NE(Json::array(), Json::object());
}

TEST(JsonValue, IsComparedWithTextsNumbersAndTruth) {
    const Json value = {{"text", "abc"}, {"number", 5}, {"flag", true}, {"none", nullptr}};
    EXPECT_EQ(value["text"], "abc");
    EXPECT_EQ("abc", value["text"]);
    EXPECT_EQ(value["text"], std::string("abc"));
    EXPECT_NE(value["text"], "abd");
    EXPECT_LT(value["text"], "abd");
    EXPECT_EQ(value["number"], 5);
    EXPECT_EQ(value["number"], 5u);
    EXPECT_EQ(value["number"], 5.0);
    EXPECT_NE(value["number"], "5");
    EXPECT_EQ(value["flag"], true);
    EXPECT_NE(value["flag"], 1);
    EXPECT_EQ(value["none"], nullptr);
    EXPECT_GE(value["number"], 5);
    EXPECT_LT(value["number"], 5.5);
    EXPECT_GT(value["number"], -1);
}

TEST(JsonValue, OrdersNumbersOfAllKindsByWhatTheyAre) {
    EXPECT_LT(Json(-1), Json(std::uint64_t{1} << 63));
    EXPECT_GT(Json(std::uint64_t{1} << 63), Json(std::numeric_limits<std::int64_t>::max()));
    EXPECT_LT(Json(-2), Json(-1));
    EXPECT_NE(Json(-1), Json(std::numeric_limits<std::uint64_t>::max()));
    EXPECT_NE(Json(std::nan("")), Json(std::nan("")));
}

TEST(JsonValue, IsNeitherMoreNorLessThanAnotherKind) {
    for (const Json &other : {Json(), Json("5"), Json(true), Json::array({5})}) {
        EXPECT_FALSE(other < Json(5)) << other;
        EXPECT_FALSE(other >= Json(5)) << other;
    }
}

TEST(JsonValue, IsPrintedAsJson) {
    std::ostringstream out;
    out << Json{{"a", 1}} << Json("\xff");
    EXPECT_EQ(out.str(), "{\"a\":1}\"\xef\xbf\xbd\"");
    EXPECT_EQ(testing::PrintToString(Json{{"a", {1, 2}}}), R"({"a":[1,2]})");
}

} // namespace
} // namespace xtap::json
