// Unescaping: the right text, never more than the bound, never outside the input.
#include "stream/event/unescape.hpp"

#include <gtest/gtest.h>
#include <memory>
#include <string>

namespace xtap::event {
namespace {

struct Text {
    std::string text;
    bool repaired;
    bool operator==(const Text &) const = default;
};

void PrintTo(const Text &text, std::ostream *out) {
    *out << '"' << text.text << "\" repaired: " << text.repaired;
}

// Input and output each lie in memory of exactly their size, for the sanitizers to watch.
Text unescaped(const std::string &raw, bool valid_utf8) {
    const std::unique_ptr<char[]> in(new char[raw.size()]);
    raw.copy(in.get(), raw.size());
    const Span span{in.get(), static_cast<std::uint32_t>(raw.size()), ColumnKind::string, true};
    const std::size_t bound = unescaped_bound(span, valid_utf8);
    const std::unique_ptr<char[]> out(new char[bound]);
    const Unescaped done = unescape(span.text(), out.get(), valid_utf8);
    EXPECT_LE(done.size, bound);
    return {std::string(out.get(), done.size), done.repaired};
}

Text both_ways(const std::string &raw) {
    const Text text = unescaped(raw, true);
    EXPECT_EQ(text, unescaped(raw, false));
    return text;
}

TEST(Unescape, KnowsEveryEscape) {
    EXPECT_EQ(both_ways(R"(\"\\\/\b\f\n\r\t)"), (Text{"\"\\/\b\f\n\r\t", false}));
    EXPECT_EQ(both_ways(R"(\u0041\u00e9\u20AC\uFFFF)"), (Text{"A\u00e9\u20ac\uffff", false}));
    EXPECT_EQ(both_ways(R"(\u0000)"), (Text{std::string(1, '\0'), false}));
}

TEST(Unescape, JoinsSurrogatesInEitherCase) {
    EXPECT_EQ(both_ways(R"(\ud83d\ude00)"), (Text{"😀", false}));
    EXPECT_EQ(both_ways(R"(\uD83D\uDE00)"), (Text{"😀", false}));
    EXPECT_EQ(both_ways(R"(\udbff\udfff)"), (Text{"\U0010FFFF", false}));
}

TEST(Unescape, PutsTheReplacementCharacterForLoneSurrogates) {
    EXPECT_EQ(both_ways(R"(\ud83d)"), (Text{"\uFFFD", true}));
    EXPECT_EQ(both_ways(R"(\ude00)"), (Text{"\uFFFD", true}));
    EXPECT_EQ(both_ways(R"(\ud83dx)"), (Text{"\uFFFDx", true}));
    EXPECT_EQ(both_ways(R"(\ud83d\n)"), (Text{"\uFFFD\n", true}));
    EXPECT_EQ(both_ways(R"(\ude00\ud83d)"), (Text{"\uFFFD\uFFFD", true}));
    EXPECT_EQ(both_ways(R"(\ud83d\ud83d\ude00)"), (Text{"\uFFFD😀", true}));
    EXPECT_EQ(both_ways(R"(\ud83d\u0041)"), (Text{"\uFFFDA", true}));
}

TEST(Unescape, LeavesUnknownAndUnfinishedEscapesAsTheyAre) {
    for (const char *raw : {R"(\x)", R"(\)", R"(\u)", R"(\u12)", R"(\u12g4)", R"(a\u123)", R"(\é)"})
        EXPECT_EQ(both_ways(raw), (Text{raw, true})) << raw;
}

TEST(Unescape, PutsTheReplacementCharacterForEveryBadByte) {
    EXPECT_EQ(unescaped("\x80", false), (Text{"\uFFFD", true}));
    EXPECT_EQ(unescaped("a\xFFz", false), (Text{"a\uFFFDz", true}));
    EXPECT_EQ(unescaped("\xC0\xAF", false), (Text{"\uFFFD\uFFFD", true}));                     // overlong
    EXPECT_EQ(unescaped("\xE0\x80\xAF", false), (Text{"\uFFFD\uFFFD\uFFFD", true}));           // overlong
    EXPECT_EQ(unescaped("\xED\xA0\x80", false), (Text{"\uFFFD\uFFFD\uFFFD", true}));           // a surrogate
    EXPECT_EQ(unescaped("\xF4\x90\x80\x80", false), (Text{"\uFFFD\uFFFD\uFFFD\uFFFD", true})); // too great
    EXPECT_EQ(unescaped("\xE6\x97", false), (Text{"\uFFFD\uFFFD", true}));                     // cut off
    EXPECT_EQ(unescaped("日\xE6\\n日", false), (Text{"日\uFFFD\n日", true}));
}

TEST(Unescape, CopiesPlainTextOfEveryLengthWithAnEscapeAtEveryPlace) {
    for (std::size_t size = 0; size <= 70; ++size) {
        const std::string plain(size, 'x');
        EXPECT_EQ(both_ways(plain), (Text{plain, false}));
        for (std::size_t at = 0; at <= size; ++at) {
            std::string raw = plain, wanted = plain;
            raw.insert(at, "\\n");
            wanted.insert(at, "\n");
            EXPECT_EQ(both_ways(raw), (Text{wanted, false})) << size << " " << at;
        }
    }
}

TEST(Unescape, BoundsOnlyStringsThatMayHaveBadBytesByThreeTimesTheirSize) {
    EXPECT_EQ(unescaped_bound({"abcd", 4, ColumnKind::string, true}, true), 4u);
    EXPECT_EQ(unescaped_bound({"abcd", 4, ColumnKind::string, true}, false), 12u);
    EXPECT_EQ(unescaped_bound({"1234", 4, ColumnKind::number, false}, false), 4u);
}

} // namespace
} // namespace xtap::event
