// Ascending numbers in few bits: any list comes back as it was, and no bits make more than they are.
#include "stream/continuity/key_codec.hpp"

#include "api/failure.hpp"
#include "stream/continuity/crc32.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace xtap::continuity {
namespace {

std::string encoded(const std::vector<std::uint64_t> &numbers) {
    std::string text;
    BitWriter to(text);
    put_ascending(numbers, to);
    to.finish();
    return text;
}

std::vector<std::uint64_t> decoded(const std::string &text) {
    BitReader from(text);
    std::vector<std::uint64_t> numbers = take_ascending(from);
    from.expect_end();
    return numbers;
}

TEST(KeyCodec, EveryListComesBack) {
    std::mt19937_64 random(8);
    for (std::size_t size : {0U, 1U, 2U, 255U, 256U, 257U, 5000U}) {
        for (unsigned shift = 0; shift < 64; ++shift) {
            std::vector<std::uint64_t> numbers;
            for (std::size_t i = 0; i < size; ++i)
                numbers.push_back(random() >> (i % 10 == 0 ? random() % 64 : shift));
            if (shift % 2 == 0) numbers.insert(numbers.end(), {0, 1, UINT64_MAX - 1, UINT64_MAX});
            sort_unique(numbers);
            ASSERT_EQ(decoded(encoded(numbers)), numbers) << size << " " << shift;
        }
    }
}

TEST(KeyCodec, ABurstAfterAQuietStretchCostsWhatItWouldAlone) {
    std::vector<std::uint64_t> numbers;
    for (std::uint64_t i = 0; i < 10'000; ++i)
        numbers.push_back((std::uint64_t{1} << 50) + i * 3);
    const std::size_t alone = encoded(numbers).size();
    numbers.insert(numbers.begin(), {1, 1000, std::uint64_t{1} << 40});
    EXPECT_LE(encoded(numbers).size(), alone + 4 * 88 / 6);
}

// As ids are where several are made in a millisecond: the next number, or the next millisecond's.
TEST(KeyCodec, GapsOfTwoSizesCostNoMoreThanTheLargerOne) {
    constexpr std::size_t kCount = 10'240;
    std::vector<std::uint64_t> numbers;
    for (std::uint64_t i = 0; i < kCount; ++i)
        numbers.push_back((i / 2) << 22 | i % 2);
    EXPECT_LE(encoded(numbers).size() * 6, kCount * 24);
}

TEST(KeyCodec, RejectsListsThatWrapAround) {
    std::string text;
    BitWriter to(text);
    to.put_number(2);
    to.put(0, 6);
    for (int i = 0; i < 2; ++i) {
        to.put((1U << 24) - 1, 24);
        to.put_word(UINT64_MAX);
    }
    to.finish();
    EXPECT_THROW(decoded(text), Failure);
}

TEST(KeyCodec, RejectsACountThatTheTextHasNoRoomFor) {
    std::string text;
    BitWriter to(text);
    to.put_number(std::uint64_t{1} << 60);
    to.finish();
    EXPECT_THROW(decoded(text), Failure);
}

TEST(KeyCodec, SortsAndDropsRepetitions) {
    std::mt19937_64 random(4);
    for (const std::uint64_t bound : {std::uint64_t{10}, std::uint64_t{1} << 40, UINT64_MAX}) {
        std::vector<std::uint64_t> numbers, plain;
        for (int i = 0; i < 30'000; ++i)
            numbers.push_back((std::uint64_t{1} << 62) + random() % bound);
        plain = numbers;
        std::sort(plain.begin(), plain.end());
        plain.erase(std::unique(plain.begin(), plain.end()), plain.end());
        sort_unique(numbers);
        EXPECT_EQ(numbers, plain);
    }
}

TEST(Crc32, IsTheOneOfZlib) {
    EXPECT_EQ(crc32_of(""), 0U);
    EXPECT_EQ(crc32_of("123456789"), 0xCBF43926U);
    EXPECT_EQ(crc32_of("The quick brown fox jumps over the lazy dog"), 0x414FA339U);
}

TEST(BitReader, RejectsNumbersOfMoreThan64Bits) {
    for (const char *text : {"______________", "____________Q", "-"})
        EXPECT_THROW(BitReader(text).take_number(), Failure) << text;
    EXPECT_EQ(BitReader("____________P").take_number(), UINT64_MAX);
}

TEST(BitReader, RejectsCharactersThatNoneHas) { EXPECT_THROW(BitReader("A=").take(12), Failure); }

TEST(BitReader, RejectsWhatFollowsTheEnd) {
    BitReader zeros("AA"), ones("AB");
    zeros.take(7);
    EXPECT_NO_THROW(zeros.expect_end());
    ones.take(7);
    EXPECT_THROW(ones.expect_end(), Failure);
    EXPECT_THROW(BitReader("A").expect_end(), Failure);
}

} // namespace
} // namespace xtap::continuity
