// Scalars, ids and the hash of a line.
#include "stream/event/line_hash.hpp"
#include "stream/event/scalar.hpp"

#include <gtest/gtest.h>
#include <set>
#include <string>

namespace xtap::event {
namespace {

TEST(Scalar, TellsNumbersBooleansAndNullByJsonsGrammar) {
    for (const char *number : {"0", "-0", "7", "-17", "10", "1.5", "0.5", "1e3", "1E+3", "1.25e-7"})
        EXPECT_EQ(scalar_kind(number), ColumnKind::number) << number;
    for (const char *neither :
         {"", "-", "01", "-01", "1.", ".5", "1e", "1e+", "+1", "0x1", "1a", "nul", "True", "NaN"})
        EXPECT_EQ(scalar_kind(neither), ColumnKind::absent) << neither;
    EXPECT_EQ(scalar_kind("true"), ColumnKind::boolean);
    EXPECT_EQ(scalar_kind("false"), ColumnKind::boolean);
    EXPECT_EQ(scalar_kind("null"), ColumnKind::null);
}

TEST(Scalar, ReadsDigitsThatFitSixtyFourBits) {
    EXPECT_EQ(parse_digits("0"), 0u);
    EXPECT_EQ(parse_digits("1234567"), 1234567u);
    EXPECT_EQ(parse_digits("12345678"), 12345678u);
    EXPECT_EQ(parse_digits("1346889436626259968"), 1346889436626259968u);
    EXPECT_EQ(parse_digits("18446744073709551615"), UINT64_MAX);
    EXPECT_EQ(parse_digits("00000000000000000007"), 7u);
}

TEST(Scalar, RefusesEverythingThatIsNotDigitsAlone) {
    for (const char *text : {"", "-1", "+1", " 1", "1 ", "1.0", "12a45678", "1234567:", "1234567/",
                             "18446744073709551616", "99999999999999999999", "000000000000000000000"})
        EXPECT_FALSE(parse_digits(text)) << text;
    for (int c = 0; c < 256; ++c) {
        if (c >= '0' && c <= '9') continue;
        for (std::size_t at = 0; at < 10; ++at) {
            std::string text = "1234567890";
            text[at] = static_cast<char>(c);
            EXPECT_FALSE(parse_digits(text)) << c << " at " << at;
        }
    }
}

TEST(Scalar, ReadsThirtyTwoHexadecimalDigitsWithOrWithoutDashes) {
    const auto plain = parse_hex("8ba4f34e6235d905a46bac021d98e923");
    ASSERT_TRUE(plain);
    EXPECT_EQ(plain->high, 0x8ba4f34e6235d905u);
    EXPECT_EQ(plain->low, 0xa46bac021d98e923u);
    const auto dashed = parse_hex("123E4567-e89b-12d3-a456-426614174000");
    ASSERT_TRUE(dashed);
    EXPECT_EQ(dashed->high, 0x123e4567e89b12d3u);
    EXPECT_EQ(dashed->low, 0xa456426614174000u);
    for (const char *text : {"", "8ba4f34e6235d905a46bac021d98e92", "8ba4f34e6235d905a46bac021d98e92g",
                             "123e4567ae89b-12d3-a456-426614174000", "8ba4f34e6235d905a46bac021d98e9234"})
        EXPECT_FALSE(parse_hex(text)) << text;
}

TEST(LineHash, TellsLinesApartThatDifferInOneBitOrInLength) {
    std::set<std::pair<std::uint64_t, std::uint64_t>> seen;
    std::size_t lines = 0;
    const auto add = [&](const std::string &line) {
        const Wide hash = hash_line(line);
        seen.insert({hash.high, hash.low});
        ++lines;
    };
    for (std::size_t size = 0; size < 70; ++size)
        add(std::string(size, '\0'));
    const std::string base(50, 'x');
    for (std::size_t at = 0; at < base.size(); ++at)
        for (int bit = 0; bit < 8; ++bit) {
            std::string line = base;
            line[at] = static_cast<char>(line[at] ^ (1 << bit));
            add(line);
        }
    EXPECT_EQ(seen.size(), lines);
}

} // namespace
} // namespace xtap::event
