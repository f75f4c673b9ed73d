// Selected values: found wherever they stand, by every backend.
#include "stream/event/classifier.hpp"
#include "stream/event/unescape.hpp"

#include <cstring>
#include <gtest/gtest.h>
#include <string>
#include <sys/mman.h>
#include <unistd.h>
#include <vector>

namespace xtap::event {
namespace {

struct Column {
    ColumnKind kind;
    std::string raw;
    bool operator==(const Column &) const = default;
};

void PrintTo(const Column &column, std::ostream *out) {
    *out << static_cast<unsigned>(column.kind) << " \"" << column.raw << '"';
}

const Column kAbsent{ColumnKind::absent, ""};
Column text(std::string raw) { return {ColumnKind::string, std::move(raw)}; }
Column json(std::string raw) { return {ColumnKind::json, std::move(raw)}; }
Column number(std::string raw) { return {ColumnKind::number, std::move(raw)}; }

std::vector<Column> select_with(const Backend &backend, const std::vector<std::string> &pointers,
                                std::string_view line) {
    Classifier classifier(Kind::event_post, Pointers(pointers), backend);
    std::vector<Span> spans(pointers.size());
    classifier.classify(line, spans.data());
    std::vector<Column> columns;
    for (const Span &span : spans)
        columns.push_back({span.kind, std::string(span.text())});
    return columns;
}

std::vector<Column> select(const std::vector<std::string> &pointers, std::string_view line) {
    const std::vector<Column> first = select_with(backends().front(), pointers, line);
    for (const Backend &backend : backends())
        EXPECT_EQ(select_with(backend, pointers, line), first) << backend.name;
    return first;
}

using Columns = std::vector<Column>;

TEST(Columns, GivesEveryKindOfValueAsItStands) {
    EXPECT_EQ(
        select({"/data/s", "/data/n", "/data/t", "/data/f", "/data/z", "/data/o", "/data/a", "/data/x"},
               R"({"data":{"s":"a\nb","n":-1.5e3,"t":true,"f":false,"z":null,"o":{"k":[1]},"a":[1,"]"]}})"),
        (Columns{text(R"(a\nb)"),
                 number("-1.5e3"),
                 {ColumnKind::boolean, "true"},
                 {ColumnKind::boolean, "false"},
                 {ColumnKind::null, "null"},
                 json(R"({"k":[1]})"),
                 json(R"([1,"]"])"),
                 kAbsent}));
}

TEST(Columns, MarksStringsThatHaveEscapes) {
    const std::vector<std::string> pointers = {"/a", "/b"};
    Classifier classifier(Kind::event_post, Pointers(pointers));
    for (std::size_t offset = 0; offset < 130; ++offset) {
        const std::string line =
            R"({"a":")" + std::string(offset, 'x') + R"(\n","b":")" + std::string(offset, 'x') + "\"}";
        Span spans[2];
        classifier.classify(line, spans);
        EXPECT_TRUE(spans[0].escaped) << offset;
        EXPECT_FALSE(spans[1].escaped) << offset;
    }
}

TEST(Columns, TakesTheEmptyPointerForTheWholeObject) {
    EXPECT_EQ(select({"", "/data", ""}, "  {\"data\":{}}\t"),
              (Columns{json(R"({"data":{}})"), json("{}"), json(R"({"data":{}})")}));
}

TEST(Columns, GoesThroughArraysByPlace) {
    const char *line = R"({"a":[10,[20,21],{"b":[{"c":"x"},{"c":"y"}]},"end"]})";
    EXPECT_EQ(select({"/a/0", "/a/1/1", "/a/2/b/1/c", "/a/3", "/a/4", "/a/01", "/a/-", "/a/2/b", "/a"}, line),
              (Columns{number("10"), number("21"), text("y"), text("end"), kAbsent, kAbsent, kAbsent,
                       json(R"([{"c":"x"},{"c":"y"}])"),
                       json(R"([10,[20,21],{"b":[{"c":"x"},{"c":"y"}]},"end"])")}));
}

TEST(Columns, TakesDigitsForANameInAnObject) {
    EXPECT_EQ(select({"/a/0", "/a/01"}, R"({"a":{"0":"zero","01":"one"}})"),
              (Columns{text("zero"), text("one")}));
    EXPECT_EQ(select({"/a/0"}, R"({"a":[]})"), Columns{kAbsent});
}

TEST(Columns, GivesTheFirstOfRepeatedKeys) {
    EXPECT_EQ(select({"/a", "/o/k"}, R"({"a":1,"a":2,"o":{"x":0},"o":{"k":1}})"),
              (Columns{number("1"), kAbsent}));
    EXPECT_EQ(select({"/a"}, R"({"a":1,"\u0061":2})"), Columns{number("1")});
    EXPECT_EQ(select({"/a"}, R"({"\u0061":2,"a":1})"), Columns{number("2")});
}

TEST(Columns, GivesTheSamePointerTwiceAndAValueInsideAnother) {
    EXPECT_EQ(select({"/a/b", "/a", "/a/b"}, R"({"a":{"b":"x"}})"),
              (Columns{text("x"), json(R"({"b":"x"})"), text("x")}));
}

TEST(Columns, MatchesKeysThatAreWrittenWithEscapes) {
    EXPECT_EQ(select({"/data/text", "/a~1b", "/q\"", "/b\\"},
                     R"({"d\u0061t\u0061":{"\u0074ext":"x"},"a\/b":1,"q\"":2,"b\\":3})"),
              (Columns{text("x"), number("1"), number("2"), number("3")}));
    EXPECT_EQ(select({"/b\\\\"}, R"({"b\\":1})"), Columns{kAbsent});
    EXPECT_EQ(select({"/data"}, R"({"x\"data":1})"), Columns{kAbsent});
}

TEST(Columns, MatchesEmptyLongAndForeignKeys) {
    const std::string name(100, 'k');
    EXPECT_EQ(
        select({"/", "/" + name, "/データ", "/" + name + "x"}, "{\"\":1,\"" + name + "\":2,\"データ\":3}"),
        (Columns{number("1"), number("2"), number("3"), kAbsent}));
}

TEST(Columns, AllowsWhiteSpaceEverywhere) {
    const std::string gap = " \t\r\n" + std::string(70, ' ');
    std::string line;
    for (const char c : std::string(R"({#"a"#:#[#1#,#{#"b"#:#"x"#}#]#,#"c"#:#2#}#)"))
        c == '#' ? line += gap : line += c;
    EXPECT_EQ(select({"/a/0", "/a/1/b", "/c"}, gap + line), (Columns{number("1"), text("x"), number("2")}));
}

TEST(Columns, FindsValuesAfterAStringOfBracketsQuotesAndBackslashesAtEveryOffset) {
    for (std::size_t offset = 0; offset <= 130; ++offset) {
        const std::string noise = std::string(offset, '\'') + R"({[\"\\]}:,\"\\)";
        const std::string line =
            R"({"n":")" + noise + R"(","o":{"}":["{"]},"data":{"text":")" + noise + R"(","id":"7"}})";
        EXPECT_EQ(select({"/data/text", "/data/id"}, line), (Columns{text(noise), text("7")})) << offset;
    }
}

TEST(Columns, FindsAValueBelowManyOthersAndBelowDeepNesting) {
    std::string deep;
    for (int i = 0; i < 60; ++i)
        deep += "/a";
    std::string line = "1";
    for (int i = 0; i < 60; ++i)
        line = "{\"x\":[[" + std::string(80, '[') + std::string(80, ']') + "]],\"a\":" + line + "}";
    EXPECT_EQ(select({deep}, line), Columns{number("1")});
}

TEST(Columns, LeavesAScalarThatIsNoneAbsent) {
    EXPECT_EQ(select({"/a", "/b", "/c"}, R"({"a":nul,"b":01,"c":"x"})"),
              (Columns{kAbsent, kAbsent, text("x")}));
}

TEST(Columns, AreAllAbsentWhenTheLineIsMalformed) {
    EXPECT_EQ(select({"/a", ""}, R"({"a":1)"), (Columns{kAbsent, kAbsent}));
    EXPECT_EQ(select({"/a", ""}, R"({"a":1}x)"), (Columns{kAbsent, kAbsent}));
}

TEST(Columns, ReadNothingBehindTheLine) {
    const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    char *const pages = static_cast<char *>(
        mmap(nullptr, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    ASSERT_NE(pages, MAP_FAILED);
    ASSERT_EQ(mprotect(pages + page, page, PROT_NONE), 0);
    const std::string whole =
        R"({"data":{"id":"1346889436626259968","created_at":"2021-01-06T18:40:40.000Z","text":"日本\n"}})";
    for (std::size_t size = 0; size <= whole.size(); ++size) {
        char *const at = pages + page - size;
        std::memcpy(at, whole.data(), size);
        select({"/data/id", "/data/text", "/data/created_at", ""}, {at, size});
    }
    std::memcpy(pages + page - 7, R"({"a":1})", 7);
    EXPECT_EQ(select({"/a"}, {pages + page - 7, 7}), Columns{number("1")});
    munmap(pages, 2 * page);
}

} // namespace
} // namespace xtap::event
