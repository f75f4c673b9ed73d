// The JSON arrays of --select, byte by byte.
#include "cli/stream/selected.hpp"
#include "json/value.hpp"

#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace xtap::cli {
namespace {

std::string as_json_string(std::string_view text) {
    ByteBuffer out;
    append_json_string(out, text);
    return std::string(out.view());
}

TEST(SelectedString, IsQuotedAndOtherwiseAsItWas) {
    EXPECT_EQ(as_json_string(""), R"("")");
    EXPECT_EQ(as_json_string("日本語 😀 /path"), R"("日本語 😀 /path")");
}

TEST(SelectedString, EscapesWhatJsonDemandsAndNothingElse) {
    EXPECT_EQ(as_json_string("a\"b\\c"), R"("a\"b\\c")");
    EXPECT_EQ(as_json_string("\b\f\n\r\t"), R"("\b\f\n\r\t")");
    EXPECT_EQ(as_json_string(std::string_view("\0\x1f\x7f", 3)), "\"\\u0000\\u001f\x7f\"");
}

TEST(SelectedString, FindsASpecialCharacterAtEveryOffsetOfEveryLength) {
    for (std::size_t length = 1; length <= 40; ++length) {
        for (std::size_t at = 0; at < length; ++at) {
            for (const char special : {'"', '\\', '\n', '\x01', '\x1f', '\0'}) {
                std::string text(length, '\x7f');
                text[at] = special;
                const auto back = Json::parse_or_null(as_json_string(text));
                ASSERT_TRUE(back.is_string()) << length << " " << at;
                ASSERT_EQ(back.get<std::string>(), text) << length << " " << at;
            }
        }
    }
}

TEST(SelectedString, IsNotConfusedByBytesNextToASpecialOne) {
    // The eight-at-a-time scan borrows between bytes: neighbours of a hit must come out unharmed.
    const std::string text = "\"#\"\\]\\ \x1f !\x01\xe3\x81\x82\"\xc3\xa9\\";
    EXPECT_EQ(Json::parse(as_json_string(text)).get<std::string>(), text);
}

struct Column {
    std::uint32_t kind;
    std::string value;
};

std::string as_array(const std::vector<Column> &values) {
    std::string data = "before";
    std::vector<xtap_column> columns;
    for (const Column &value : values) {
        columns.push_back({static_cast<std::uint32_t>(data.size()),
                           static_cast<std::uint32_t>(value.value.size()), value.kind});
        data += value.value;
    }
    ByteBuffer out;
    append_selected(out, data.data(), columns.data(), columns.size());
    return std::string(out.view());
}

TEST(SelectedArray, HoldsStringsQuotedAndTheRestRawInTheOrderAskedFor) {
    EXPECT_EQ(as_array({{XTAP_COLUMN_STRING, "te\"xt"},
                        {XTAP_COLUMN_NUMBER, "1.50e3"},
                        {XTAP_COLUMN_BOOL, "true"},
                        {XTAP_COLUMN_JSON, R"({"a":[1]})"}}),
              R"(["te\"xt",1.50e3,true,{"a":[1]}])");
}

TEST(SelectedArray, ShowsNullAndAbsentBothAsNull) {
    EXPECT_EQ(as_array({{XTAP_COLUMN_ABSENT, ""}, {XTAP_COLUMN_NULL, "null"}, {XTAP_COLUMN_NULL, ""}}),
              "[null,null,null]");
}

TEST(SelectedArray, IsEmptyWithoutColumnsAndStaysJsonWithAnUnknownKind) {
    EXPECT_EQ(as_array({}), "[]");
    EXPECT_EQ(as_array({{99, ""}, {99, "7"}}), "[null,7]");
}

TEST(ByteBufferTest, KeepsItsBytesWhenItGrows) {
    ByteBuffer buffer;
    std::string expected;
    for (int round = 0; round < 1000; ++round) {
        buffer.append("0123456789");
        buffer.append('|');
        expected += "0123456789|";
    }
    EXPECT_EQ(buffer.view(), expected);
    buffer.clear();
    EXPECT_TRUE(buffer.empty());
}

} // namespace
} // namespace xtap::cli
