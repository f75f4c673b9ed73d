// Every backend of the scan against a scan that goes byte by byte.
#include "stream/event/scan.hpp"

#include <cstring>
#include <gtest/gtest.h>
#include <string>
#include <string_view>
#include <sys/mman.h>
#include <unistd.h>
#include <vector>

namespace xtap::event {
namespace {

struct Scanned {
    std::vector<BlockBits> blocks;
    std::string brackets;
    bool in_string = false;
    bool non_ascii = false;
};

Scanned scan_with(ScanFunction scan, std::string_view line) {
    Scanned result;
    result.blocks.resize(blocks_of(line.size()));
    result.brackets.resize((blocks_of(line.size()) + 1) * kBlockBytes);
    const LineEnd end = scan(line.data(), line.size(), {result.blocks.data(), result.brackets.data()});
    result.brackets.resize(end.brackets);
    result.in_string = end.in_string;
    result.non_ascii = end.non_ascii;
    return result;
}

// One byte after the other, as a person would do it.
Scanned scan_by_hand(std::string_view line) {
    Scanned result;
    result.blocks.resize(blocks_of(line.size()));
    bool escaped = false;
    std::int32_t depth = 0;
    for (std::size_t i = 0; i < line.size(); ++i) {
        BlockBits &block = result.blocks[i / kBlockBytes];
        const std::uint64_t bit = std::uint64_t{1} << i % kBlockBytes;
        if (i % kBlockBytes == 0) block.depth = block.floor = depth;
        const char c = line[i];
        const bool literal = escaped;
        escaped = c == '\\' && !escaped;
        result.non_ascii |= static_cast<unsigned char>(c) >= 0x80;
        if (c == '\\') block.backslashes |= bit;
        if (c == '"' && !literal) {
            block.quotes |= bit;
            result.in_string = !result.in_string;
        }
        if (result.in_string) continue;
        if (c == '{' || c == '[') block.openers |= bit, ++depth, result.brackets += c;
        if (c == '}' || c == ']') block.closers |= bit, --depth, --block.floor, result.brackets += c;
        if (c == ':') block.colons |= bit;
        if (c == ',') block.commas |= bit;
    }
    return result;
}

void expect_equal(const Scanned &found, const Scanned &wanted, bool commas, std::string_view what) {
    ASSERT_EQ(found.blocks.size(), wanted.blocks.size()) << what;
    for (std::size_t i = 0; i < found.blocks.size(); ++i) {
        EXPECT_EQ(found.blocks[i].quotes, wanted.blocks[i].quotes) << what;
        EXPECT_EQ(found.blocks[i].backslashes, wanted.blocks[i].backslashes) << what;
        EXPECT_EQ(found.blocks[i].openers, wanted.blocks[i].openers) << what;
        EXPECT_EQ(found.blocks[i].closers, wanted.blocks[i].closers) << what;
        EXPECT_EQ(found.blocks[i].colons, wanted.blocks[i].colons) << what;
        EXPECT_EQ(found.blocks[i].commas, commas ? wanted.blocks[i].commas : 0) << what;
        EXPECT_EQ(found.blocks[i].depth, wanted.blocks[i].depth) << what;
        EXPECT_EQ(found.blocks[i].floor, wanted.blocks[i].floor) << what;
    }
    EXPECT_EQ(found.brackets, wanted.brackets) << what;
    EXPECT_EQ(found.in_string, wanted.in_string) << what;
    EXPECT_EQ(found.non_ascii, wanted.non_ascii) << what;
}

void expect_all_backends_agree(std::string_view line) {
    const Scanned wanted = scan_by_hand(line);
    for (const Backend &backend : backends()) {
        expect_equal(scan_with(backend.scan, line), wanted, false, backend.name);
        expect_equal(scan_with(backend.scan_with_commas, line), wanted, true, backend.name);
    }
}

TEST(Scan, AlwaysHasThePortableBackend) {
    ASSERT_FALSE(backends().empty());
    EXPECT_STREQ(backends().back().name, "portable");
}

TEST(Scan, TakesLinesOfEveryLengthUpToThreeBlocks) {
    const std::string pattern = R"({"a\"":[1,{"b":"[x]\\"}],"c":"d,e:f"},)";
    std::string line;
    while (line.size() < 200)
        line += pattern;
    for (std::size_t size = 0; size <= 192; ++size)
        expect_all_backends_agree(std::string_view(line).substr(0, size));
}

TEST(Scan, FindsAStringFullOfBracketsQuotesAndBackslashesAtEveryOffset) {
    for (std::size_t offset = 0; offset <= 130; ++offset)
        expect_all_backends_agree("{" + std::string(offset, ' ') +
                                  R"("k\\\"{[":"}]{[,:\"\\","x":["\\\\",{}]})");
}

TEST(Scan, CountsRunsOfBackslashesOfEveryLengthAtEveryOffset) {
    for (std::size_t offset = 0; offset <= 70; ++offset)
        for (std::size_t run = 1; run <= 70; run += run < 5 ? 1 : 13)
            expect_all_backends_agree(std::string(offset, ' ') + "\"" + std::string(run, '\\') +
                                      "\",{\"}\":[]}");
}

TEST(Scan, SeesAnOpenStringAndBytesThatAreNotAscii) {
    expect_all_backends_agree(R"({"a":"b)");
    expect_all_backends_agree("{\"a\":\"" + std::string(90, 'x') + "\xE6\x97\xA5\"}");
    expect_all_backends_agree("\x80");
}

// The line ends where readable memory ends, and begins where it begins.
TEST(Scan, ReadsNothingBesideTheLine) {
    const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    char *const pages =
        static_cast<char *>(mmap(nullptr, 3 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    ASSERT_NE(pages, MAP_FAILED);
    char *const middle = pages + page;
    ASSERT_EQ(mprotect(middle, page, PROT_READ | PROT_WRITE), 0);
    std::memset(middle, '{', page);
    for (std::size_t size = 0; size <= 200; ++size) {
        expect_all_backends_agree({middle + page - size, size});
        expect_all_backends_agree({middle, size});
    }
    munmap(pages, 3 * page);
}

} // namespace
} // namespace xtap::event
