// One value against one parameter: integers, times, booleans, texts and lists at their edges.
#include "api/check_value.hpp"

#include "expect_failure.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace xtap::api {
namespace {

using test::expect_failure;

constexpr std::string_view colors[] = {"red", "green", "blue"};
constexpr ValueAlias renamed[] = {{"crimson", "red"}};
constexpr std::int64_t lowest = INT64_MIN, highest = INT64_MAX;
constexpr Parameter integer{"count", {}, Place::query, Type::integer, false, 1, 20, {}, {}, "", ""};
constexpr Parameter unbounded{"offset", {}, Place::query, Type::integer, false, lowest, highest, {}, {},
                              "",       ""};
constexpr Parameter since{"since", {}, Place::query, Type::date_time, false, lowest, highest, {}, {}, "", ""};
constexpr Parameter flag{"flag", {}, Place::query, Type::boolean, false, lowest, highest, {}, {}, "", ""};
constexpr Parameter list{"colors", {},     Place::query, Type::list, false, lowest,
                         highest,  colors, renamed,      "",         ""};
constexpr Parameter ids{"ids", {}, Place::query, Type::list, false, lowest, highest, {}, {}, "", ""};
constexpr Parameter color{"color", {},     Place::query, Type::text, false, lowest,
                          highest, colors, renamed,      "",         ""};
constexpr Parameter words{"words", {}, Place::query, Type::text, false, lowest, highest, {}, {}, "", ""};
constexpr Operation paint{"paint", {}, "",    "GET", "/2/paint", {}, {}, Kind::event_unread,
                          0,       0,  false, false, ""};

std::string checked(const Parameter &parameter, std::string_view value) {
    return checked_value(paint, parameter, value);
}

template <class... Words>
void expect_refused(const Parameter &parameter, std::string_view value, Words... expected) {
    SCOPED_TRACE(value);
    expect_failure(
        Status::value, [&] { checked(parameter, value); }, "paint: parameter " + std::string(parameter.name),
        expected...);
}

TEST(CheckInteger, AcceptsBothEndsOfTheRangeAndRefusesTheNextOnes) {
    EXPECT_EQ(checked(integer, "1"), "1");
    EXPECT_EQ(checked(integer, "20"), "20");
    expect_refused(integer, "0", "\"0\" is out of range", "allowed: an integer from 1 to 20");
    expect_refused(integer, "21", "\"21\" is out of range", "allowed: an integer from 1 to 20");
}

TEST(CheckInteger, RefusesEveryFormButPlainDigits) {
    for (const char *value :
         {"", " 1", "1 ", "+1", "01", "0x1", "1.0", "1e1", "-", "-0", "--1", "one", "\xEF\xBC\x91"}) {
        expect_refused(integer, value, "is not an integer", "allowed: an integer from 1 to 20");
    }
}

TEST(CheckInteger, RefusesNumbersThatFitNoInteger) {
    expect_refused(unbounded, "9223372036854775808", "is not an integer");
    expect_refused(unbounded, std::string(5000, '9'), "is not an integer", "...");
    EXPECT_EQ(checked(unbounded, "9223372036854775807"), "9223372036854775807");
    EXPECT_EQ(checked(unbounded, "-9223372036854775808"), "-9223372036854775808");
}

TEST(CheckInteger, SaysPlainlyThatRangesAndListsOfNumbersAreNotTaken) {
    for (const char *value : {"1-20", "1,3", "1-4,7"})
        expect_refused(integer, value, "is more than one number", "ranges and lists are not taken)");
}

TEST(CheckTime, AcceptsRealTimes) {
    for (const char *value :
         {"2024-01-31T23:59:59Z", "2024-02-29T00:00:00Z", "2000-02-29T12:00:00Z", "0001-12-01T00:00:00Z"}) {
        EXPECT_EQ(checked(since, value), value);
    }
}

TEST(CheckTime, RefusesOtherFormsAndSaysWhichOneIsTaken) {
    for (const char *value :
         {"", "2024-01-31", "2024-01-31T23:59:59", "2024-01-31 23:59:59Z", "2024-01-31T23:59:59z",
          "2024-01-31T23:59:59+00:00", "2024-01-31T23:59:59.000Z", "2024-1-31T23:59:59Z", "1706745599",
          "2024-01-31T23:59:59ZZ", "now", "-024-01-31T23:59:59Z"}) {
        expect_refused(since, value, "is not a time of this form",
                       "allowed: a UTC time as YYYY-MM-DDTHH:MM:SSZ");
    }
}

TEST(CheckTime, KnowsTheDaysOfEveryMonth) {
    const char *last[] = {"01-31", "02-28", "03-31", "04-30", "05-31", "06-30",
                          "07-31", "08-31", "09-30", "10-31", "11-30", "12-31"};
    const char *after[] = {"01-32", "02-29", "03-32", "04-31", "05-32", "06-31",
                           "07-32", "08-32", "09-31", "10-32", "11-31", "12-32"};
    for (const char *day : last)
        EXPECT_NO_THROW(checked(since, "2023-" + std::string(day) + "T00:00:00Z")) << day;
    for (const char *day : after)
        expect_refused(since, "2023-" + std::string(day) + "T00:00:00Z", "does not exist");
    for (const char *day : {"00-10", "13-01", "01-00"}) {
        expect_refused(since, "2023-" + std::string(day) + "T00:00:00Z", "names a day that does not exist");
    }
}

TEST(CheckTime, KnowsLeapYears) {
    EXPECT_NO_THROW(checked(since, "2400-02-29T00:00:00Z"));
    expect_refused(since, "2100-02-29T00:00:00Z", "names a day that does not exist");
}

TEST(CheckTime, RefusesTimesOfDayThatDoNotExist) {
    for (const char *time : {"24:00:00", "23:60:00", "23:59:60", "99:99:99"}) {
        expect_refused(since, "2024-01-01T" + std::string(time) + "Z",
                       "names a time of day that does not exist");
    }
}

TEST(CheckBoolean, TakesTrueAndFalseOnly) {
    EXPECT_EQ(checked(flag, "true"), "true");
    EXPECT_EQ(checked(flag, "false"), "false");
    for (const char *value : {"", "True", "1", "yes", "on"})
        expect_refused(flag, value, "allowed: true or false");
}

TEST(CheckText, TakesOneOfItsValuesAndSuggestsTheNearest) {
    EXPECT_EQ(checked(color, "green"), "green");
    expect_refused(color, "gren", "\"gren\" is not a known value", "did you mean \"green\"?",
                   "allowed: one of red, green, blue");
    expect_refused(color, "red,blue", "\"red,blue\" is not a known value");
    EXPECT_EQ(checked(words, "anything, really"), "anything, really");
    expect_refused(words, "", "a value is empty");
}

TEST(CheckText, CountsCharactersAndNotBytes) {
    Parameter name = words;
    name.min_length = 2;
    name.max_length = 4;
    for (const char *value : {"ab", "abcd", "日本", "日本語ñ", "\xF0\x9F\x98\x80\xF0\x9F\x98\x80"})
        EXPECT_EQ(checked(name, value), value);
    expect_refused(name, "a", "\"a\" has 1 character;", "allowed: a text of 2 to 4 characters");
    expect_refused(name, "日", "has 1 character;");
    expect_refused(name, "日本語ñé", "has 5 characters");
    name.min_length = 0;
    expect_refused(name, "abcde", "allowed: a text of at most 4 characters");
    name.min_length = 4;
    expect_refused(name, "abc", "allowed: a text of 4 characters");
    name.max_length = 0;
    expect_refused(name, "abc", "allowed: a text of 4 characters or more");
}

TEST(CheckText, TakesWhatMatchesItsPattern) {
    Parameter id = words;
    id.pattern = "^[0-9]{1,19}$";
    EXPECT_EQ(checked(id, "2244994945"), "2244994945");
    for (const char *value : {"x", "12x", "-1", "12345678901234567890", "１"})
        expect_refused(id, value, "does not match ^[0-9]{1,19}$",
                       "allowed: a text that matches ^[0-9]{1,19}$");
    expect_refused(id, "", "a value is empty");
}

TEST(CheckText, SaysWhatIsWrongWithAFormsValueAndNeverTheValue) {
    Parameter secret = words;
    secret.place = Place::form;
    secret.max_length = 8;
    secret.pattern = "^[a-z]+$";
    const std::string_view control("hush\0", 5), endless_secret = "hushhushhush";
    for (const std::string_view value : {endless_secret, std::string_view("hush1")}) {
        const auto failure = test::failure_of([&] { checked(secret, value); });
        ASSERT_TRUE(failure);
        EXPECT_EQ(failure->message.find("hush"), std::string::npos) << failure->message;
        EXPECT_NE(failure->message.find("paint: parameter words: the value "), std::string::npos);
    }
    const auto failure = test::failure_of([&] { refuse_unsafe("it", control, true); });
    ASSERT_TRUE(failure);
    EXPECT_EQ(failure->message, "it: the value holds a control character");
    secret.values = colors;
    expect_failure(
        Status::value, [&] { checked(secret, "hush"); }, "the value is not a known value");
}

TEST(CheckList, TakesAsManyItemsAsAreAllowedEachOfItsPattern) {
    Parameter several = ids;
    several.pattern = "^[0-9]+$";
    several.min_items = 2;
    several.max_items = 3;
    EXPECT_EQ(checked(several, "1,2"), "1,2");
    EXPECT_EQ(checked(several, "1,2,3"), "1,2,3");
    expect_refused(several, "1", "the list has 1 item;",
                   "allowed: a comma-separated list, each once, of 2 to 3 items, each matching ^[0-9]+$");
    expect_refused(several, "1,2,3,4", "the list has 4 items;");
    expect_refused(several, "1,2x", "\"2x\" does not match ^[0-9]+$");
}

TEST(CheckList, TakesOneOrMoreKnownValuesInTheGivenOrder) {
    EXPECT_EQ(checked(list, "blue"), "blue");
    EXPECT_EQ(checked(list, "blue,red,green"), "blue,red,green");
    EXPECT_EQ(checked(ids, "3,1,2"), "3,1,2");
}

TEST(CheckList, NamesTheOneValueThatIsUnknown) {
    expect_refused(list, "red,bleu", "\"bleu\" is not a known value", "did you mean \"blue\"?",
                   "allowed: a comma-separated list, each once, of red, green, blue");
    expect_refused(list, "red, blue", "\" blue\" is not a known value", "did you mean \"blue\"?");
    expect_refused(list, "zzzzzz", "\"zzzzzz\" is not a known value; allowed:");
}

TEST(CheckList, RefusesEmptyItemsAndRepetitions) {
    for (const char *value : {"", ",", "red,", ",red", "red,,blue"})
        expect_refused(list, value, "a value is empty");
    expect_refused(list, "red,blue,red", "\"red\" is given twice");
    expect_refused(ids, "7,7", "\"7\" is given twice");
}

TEST(CheckList, SendsARenamedValueUnderItsDocumentedName) {
    EXPECT_EQ(checked(list, "crimson,blue"), "red,blue");
    EXPECT_EQ(checked(color, "crimson"), "red");
    expect_refused(list, "crimson,red", "\"red\" is given twice");
}

TEST(RefuseUnsafe, LetsTextInAnyLanguagePass) {
    EXPECT_NO_THROW(refuse_unsafe("it", "日本語 ñ \xF0\x9F\x98\x80 ../%2f?&#"));
    EXPECT_NO_THROW(refuse_unsafe("it", ""));
}

TEST(RefuseUnsafe, RefusesControlCharactersBrokenUtf8AndEndlessTexts) {
    const auto refuse = [](std::string_view text) { return [text] { refuse_unsafe("it", text); }; };
    for (const std::string_view text :
         {std::string_view("a\r\nb"), std::string_view("a\0b", 3), std::string_view("\x7f"),
          std::string_view("\t"), std::string_view("\xC2\x85")}) {
        expect_failure(Status::value, refuse(text), "it: ", "holds a control character");
    }
    for (const char *text : {"\xff", "\xC0\xAF", "\xED\xA0\x80", "\xE3\x81", "\xF5\x80\x80\x80"}) {
        expect_failure(Status::value, refuse(text), "it: ", "is not UTF-8");
    }
    const std::string endless(16 * 1024 + 1, 'x');
    expect_failure(Status::value, refuse(endless), "has more than 16384 bytes");
}

TEST(AllowedValues, WordsEveryKindOfRange) {
    EXPECT_EQ(allowed_values(unbounded), "an integer");
    Parameter half = integer;
    half.maximum = highest;
    EXPECT_EQ(allowed_values(half), "an integer from 1");
    half = integer;
    half.minimum = lowest;
    EXPECT_EQ(allowed_values(half), "an integer up to 20");
    EXPECT_EQ(allowed_values(words), "a text that is not empty");
    EXPECT_EQ(allowed_values(ids), "a comma-separated list, each once");
}

} // namespace
} // namespace xtap::api
