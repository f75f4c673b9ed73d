// The JSON writer: what it writes is what simdjson reads back, and misuse stops the program in tests.
#include "api/json_writer.hpp"

#include <gtest/gtest.h>
#include <simdjson.h>

#include <limits>
#include <string>

namespace xtap::api {
namespace {

std::string written(std::string_view text) {
    JsonWriter json;
    json.value(text);
    return json.take();
}

TEST(JsonWriter, PutsCommasBetweenMembersAndValuesOnly) {
    JsonWriter json;
    json.begin_object().member("a", 1).key("b").begin_array().value(1).value(2).begin_object().end_object();
    json.begin_array().end_array().end_array().member("c", "x").key("d").null().end_object();
    EXPECT_EQ(json.take(), R"({"a":1,"b":[1,2,{},[]],"c":"x","d":null})");
}

TEST(JsonWriter, WritesEveryKindOfInteger) {
    JsonWriter json;
    json.begin_array()
        .value(std::numeric_limits<std::int64_t>::min())
        .value(std::numeric_limits<std::uint64_t>::max());
    json.value(std::int32_t{-1}).value(std::uint8_t{200}).value(true).value(false).end_array();
    EXPECT_EQ(json.take(), "[-9223372036854775808,18446744073709551615,-1,200,true,false]");
}

TEST(JsonWriter, TakesALiteralForATextAndNotForABoolean) {
    JsonWriter json;
    json.begin_array().value("yes").value(std::string("no")).value(std::string_view("maybe")).end_array();
    EXPECT_EQ(json.take(), R"(["yes","no","maybe"])");
}

TEST(JsonWriter, EscapesWhatJsonMustNotHoldRaw) {
    EXPECT_EQ(written("a\"b\\c/d\n\r\t\b\f"), R"("a\"b\\c/d\n\r\t\b\f")");
    EXPECT_EQ(written(std::string_view("\0\x1f\x7f", 3)), R"("\u0000\u001f\u007f")");
}

TEST(JsonWriter, KeepsTextInAnyLanguage) { EXPECT_EQ(written("日本語 😀 ñ"), "\"日本語 😀 ñ\""); }

TEST(JsonWriter, WritesTheReplacementCharacterForEveryBrokenByte) {
    EXPECT_EQ(written("a\xff"), "\"a\xEF\xBF\xBD\"");
    EXPECT_EQ(written("\xE3\x81"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\"");
    EXPECT_EQ(written("\xED\xA0\x80x"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBDx\"");
}

TEST(JsonWriter, IsReadBackUnchangedForEveryCharacter) {
    for (std::uint32_t code = 0; code < 0x110000; code += code < 0x3000 ? 1 : 251) {
        if (code >= 0xd800 && code < 0xe000) continue;
        std::string text;
        if (code < 0x80) {
            text += static_cast<char>(code);
        } else if (code < 0x800) {
            text += {static_cast<char>(0xc0 | code >> 6), static_cast<char>(0x80 | (code & 0x3f))};
        } else if (code < 0x10000) {
            text += {static_cast<char>(0xe0 | code >> 12), static_cast<char>(0x80 | (code >> 6 & 0x3f)),
                     static_cast<char>(0x80 | (code & 0x3f))};
        } else {
            text += {static_cast<char>(0xf0 | code >> 18), static_cast<char>(0x80 | (code >> 12 & 0x3f)),
                     static_cast<char>(0x80 | (code >> 6 & 0x3f)), static_cast<char>(0x80 | (code & 0x3f))};
        }
        simdjson::dom::parser parser;
        std::string_view back;
        ASSERT_EQ(parser.parse(written(text)).get_string().get(back), simdjson::SUCCESS) << code;
        ASSERT_EQ(back, text) << code;
    }
}

TEST(JsonWriter, EscapesKeysToo) {
    JsonWriter json;
    json.begin_object().member("a\"b", 1).end_object();
    EXPECT_EQ(json.take(), R"({"a\"b":1})");
}

TEST(JsonWriter, PutsRawJsonInAsItIs) {
    JsonWriter json;
    json.begin_object().key("message").raw(R"({"errors":[]})").member("n", 1).end_object();
    EXPECT_EQ(json.take(), R"({"message":{"errors":[]},"n":1})");
}

TEST(JsonWriter, IsReadyForAnotherTextOnceItsTextIsTaken) {
    JsonWriter json;
    json.begin_array().value(1).end_array();
    EXPECT_EQ(json.take(), "[1]");
    json.begin_array().value(2).end_array();
    EXPECT_EQ(json.take(), "[2]");
}

#ifndef NDEBUG
TEST(JsonWriterDeathTest, StopsOnMisuse) {
    ::testing::FLAGS_gtest_death_test_style = "threadsafe";
    EXPECT_DEATH(JsonWriter().begin_object().value(1), "after_key_");
    EXPECT_DEATH(JsonWriter().begin_object().key("a").key("b"), "after_key_");
    EXPECT_DEATH(JsonWriter().begin_object().key("a").end_object(), "after_key_");
    EXPECT_DEATH(JsonWriter().begin_array().key("a"), "open_");
    EXPECT_DEATH(JsonWriter().begin_array().end_object(), "opened_by");
    EXPECT_DEATH(JsonWriter().begin_array().take(), "open_");
    EXPECT_DEATH(JsonWriter().take(), "out_");
    EXPECT_DEATH(JsonWriter().value(1).value(2), "out_");
}
#endif

} // namespace
} // namespace xtap::api
