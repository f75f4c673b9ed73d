// What reaches a terminal, and how it is wrapped.
#include "cli/base/plain_text.hpp"

#include <gtest/gtest.h>

namespace xtap::cli {
namespace {

TEST(PlainText, LeavesWordsOfEveryScriptAlone) {
    EXPECT_EQ(plain_text("plain, 日本語, עברית, 😀"), "plain, 日本語, עברית, 😀");
}

TEST(PlainText, TurnsLineEndsAndTabsIntoBlanks) { EXPECT_EQ(plain_text("a\r\nb\tc"), "a  b c"); }

TEST(PlainText, DisarmsControlCharacters) {
    EXPECT_EQ(plain_text(std::string_view("\x1b]0;title\x07\0\x7f", 12)), "?]0;title???");
    EXPECT_EQ(plain_text("\xc2\x9b"
                         "2J"),
              "?2J"); // the one-character form of ESC [
    EXPECT_EQ(plain_text("a\xe2\x80\xae"
                         "b"),
              "a?b"); // right-to-left override
}

TEST(PlainText, ReplacesBytesThatAreNoUtf8) {
    EXPECT_EQ(plain_text("a\xff\xc3"), "a??");
    EXPECT_EQ(plain_text("\xe2\x82"), "??");
    EXPECT_EQ(plain_text("\xc0\xaf"), "??");
    EXPECT_EQ(plain_text("\xed\xa0\x80"), "???");
}

TEST(Wrapped, BreaksAtBlanksBeforeTheWidth) {
    EXPECT_EQ(wrapped("one two three four", 9, 2, 0), "one two\n  three\n  four");
}

TEST(Wrapped, CountsWhatIsAlreadyOnTheFirstLine) { EXPECT_EQ(wrapped("one two", 9, 4, 4), "one\n    two"); }

TEST(Wrapped, LetsAWordThatIsTooLongStandAlone) {
    EXPECT_EQ(wrapped("a veryverylongword b", 6, 0, 0), "a\nveryverylongword\nb");
}

} // namespace
} // namespace xtap::cli
