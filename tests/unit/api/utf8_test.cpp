// UTF-8: whole and broken characters, cutting, quoting and sanitising.
#include "api/utf8.hpp"

#include <gtest/gtest.h>

#include <string>

namespace xtap::api {
namespace {

TEST(FirstCharacter, ReadsOneToFourBytes) {
    EXPECT_EQ(first_character("A").code, 0x41u);
    EXPECT_EQ(first_character("ñ").code, 0xf1u);
    EXPECT_EQ(first_character("日").code, 0x65e5u);
    EXPECT_EQ(first_character("😀").code, 0x1f600u);
    EXPECT_EQ(first_character("😀x").size, 4);
}

TEST(FirstCharacter, CallsOverlongCutSurrogateAndTooLargeOnesBroken) {
    for (const char *text :
         {"\x80", "\xBF", "\xC0\xAF", "\xC1\x81", "\xC3", "\xC3(", "\xE0\x80\x80", "\xE3\x81", "\xED\xA0\x80",
          "\xF0\x80\x80\x80", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF"}) {
        const Character character = first_character(text);
        EXPECT_FALSE(character.valid) << text;
        EXPECT_EQ(character.size, 1);
    }
    EXPECT_TRUE(first_character("\xF4\x8F\xBF\xBF").valid);
}

TEST(Cut, NeverCutsACharacter) {
    const std::string text = "a日😀b";
    const std::size_t expected[] = {0, 1, 1, 1, 4, 4, 4, 4, 8, 9, 9};
    for (std::size_t limit = 0; limit < std::size(expected); ++limit) {
        EXPECT_EQ(cut(text, limit).size(), expected[limit]) << limit;
    }
}

TEST(Cut, CutsBrokenTextAnywhere) { EXPECT_EQ(cut("\x80\x80\x80\x80\x80", 2).size(), 2u); }

TEST(Quote, ShowsControlCharactersAndBrokenBytesEscaped) {
    EXPECT_EQ(quote(std::string_view("a\"\\\r\n\t\0\x1b\x7f\xff\xC2\x85", 12)),
              R"("a\"\\\r\n\t\x00\x1b\x7f\xff\x85")");
    EXPECT_EQ(quote("日本語"), "\"日本語\"");
    EXPECT_EQ(quote(""), "\"\"");
}

TEST(Quote, ShowsEightyCharactersAtMost) {
    const std::string eighty(80, 'x');
    EXPECT_EQ(quote(eighty), std::string("\"").append(eighty).append("\""));
    EXPECT_EQ(quote(eighty + 'x'), std::string("\"").append(eighty).append("\"..."));
}

TEST(Sanitize, MakesOneLineOfValidUtf8) {
    EXPECT_EQ(sanitize("a\r\nb\tc", 100), "a  b c");
    EXPECT_EQ(sanitize("a\x1b[31m\xff\x7f", 100), "a\xEF\xBF\xBD[31m\xEF\xBF\xBD\xEF\xBF\xBD");
    EXPECT_EQ(sanitize("日本語", 100), "日本語");
}

TEST(Sanitize, CutsOnACharacterAndShowsIt) {
    EXPECT_EQ(sanitize("日本語", 9), "日本語");
    EXPECT_EQ(sanitize("日本語", 8), "日本…");
    EXPECT_EQ(sanitize(std::string(5000, 'x'), 10), "xxxxxxxxxx…");
}

} // namespace
} // namespace xtap::api
