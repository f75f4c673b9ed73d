// The table of keys: against a plain set, at every size, with keys made to crowd.
#include "stream/key_set.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <set>
#include <vector>

namespace xtap::stream {
namespace {

TEST(KeySet, AgreesWithAPlainSet) {
    const KeyMix mix(11);
    std::mt19937_64 random(2);
    for (const std::uint32_t bound : {1U, 10U, 1000U, 1U << 31}) {
        KeySet<std::uint32_t> keys;
        std::set<std::uint32_t> plain;
        for (int i = 0; i < 20'000; ++i) {
            const auto key = static_cast<std::uint32_t>(random() % bound);
            ASSERT_EQ(keys.contains(key, mix), plain.contains(key));
            ASSERT_EQ(keys.add(key, mix), plain.insert(key).second);
            ASSERT_EQ(keys.size(), plain.size());
            if (i % 1000 == 0) keys.settle(mix);
            if (i % 1500 == 0) keys.reserve(plain.size() * 2, mix);
        }
        for (const std::uint32_t key : plain)
            ASSERT_TRUE(keys.contains(key, mix));
    }
}

TEST(KeySet, TellsApartKeysThatDifferInOneWordOnly) {
    const KeyMix mix(0);
    KeySet<Key> keys;
    for (std::uint64_t i = 0; i < 1000; ++i) {
        EXPECT_TRUE(keys.add({i, 0}, mix));
        if (i != 0) {
            EXPECT_TRUE(keys.add({0, i}, mix));
        }
    }
    for (std::uint64_t i = 0; i < 1000; ++i) {
        EXPECT_FALSE(keys.add({i, 0}, mix));
        EXPECT_FALSE(keys.add({0, i}, mix));
    }
    EXPECT_EQ(keys.size(), 1999U);
}

TEST(KeySet, TakesLittleMoreThanItsKeysOnceSettled) {
    const KeyMix mix(1);
    KeySet<std::uint32_t> keys;
    for (std::uint32_t i = 0; i < 10'000; ++i)
        keys.add(i * 4096, mix);
    keys.settle(mix);
    EXPECT_LE(keys.bytes(), 10'000U * 5);
    for (std::uint32_t i = 0; i < 10'000; ++i)
        ASSERT_TRUE(keys.contains(i * 4096, mix));
}

TEST(KeySet, GivesAllBackWhenItSettlesEmpty) {
    const KeyMix mix(1);
    KeySet<Key> keys;
    keys.reserve(100, mix);
    keys.settle(mix);
    EXPECT_EQ(keys.bytes(), 0U);
    EXPECT_TRUE(keys.add({1, 1}, mix));
}

// The fullest of 4096 parts of the table: with perfect chance about 45 for 100,000 keys, 24.4 on average.
std::size_t fullest(const std::vector<std::uint32_t> &hashes) {
    std::vector<std::size_t> parts(4096);
    for (const std::uint32_t hash : hashes)
        ++parts[hash >> 20];
    return *std::max_element(parts.begin(), parts.end());
}

TEST(KeyMix, SpreadsRegularKeysEvenlyWhateverTheSeed) {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        const KeyMix mix(seed);
        for (unsigned shift = 0; shift < 15; ++shift) {
            std::vector<std::uint32_t> posts, lower, upper;
            for (std::uint64_t i = 0; i < 100'000; ++i) {
                posts.push_back(mix(i << shift));
                lower.push_back(mix(Key{i << shift, 7}));
                upper.push_back(mix(Key{7, i << (shift + 32)}));
            }
            ASSERT_LE(fullest(posts), 60U) << "seed " << seed << ", shift " << shift;
            ASSERT_LE(fullest(lower), 60U) << "seed " << seed << ", shift " << shift;
            ASSERT_LE(fullest(upper), 60U) << "seed " << seed << ", shift " << shift;
        }
    }
}

// Ids of X: milliseconds, one of few machines, a sequence that seldom passes 2.
TEST(KeyMix, SpreadsSnowflakesEvenly) {
    const KeyMix mix(4);
    std::vector<std::uint32_t> hashes;
    for (std::uint32_t ms = 0; ms < 1000; ++ms)
        for (std::uint32_t machine = 0; machine < 50; ++machine)
            for (std::uint32_t sequence = 0; sequence < 2; ++sequence)
                hashes.push_back(mix(std::uint64_t{ms << 22 | (machine + 320) << 12 | sequence}));
    EXPECT_LE(fullest(hashes), 60U);
}

TEST(KeyMix, DependsOnItsSeed) {
    std::set<std::uint32_t> posts, others;
    for (std::uint64_t seed = 0; seed < 1000; ++seed) {
        posts.insert(KeyMix(seed)(std::uint64_t{5}));
        others.insert(KeyMix(seed)(Key{5, 6}));
    }
    EXPECT_GE(posts.size(), 999U);
    EXPECT_GE(others.size(), 999U);
}

TEST(KeyFold, TellsRegularKeysApart) {
    std::set<std::uint64_t> folds;
    for (std::uint64_t i = 0; i < 100'000; ++i) {
        folds.insert(fold_key({i, 0x2001}));
        folds.insert(fold_key({0x2001, i << 40 | 1}));
        folds.insert(fold_key({i << 32, i}));
    }
    EXPECT_GE(folds.size(), 299'999U); // {0, 0x2001} may be one of both
}

// Checkpoints are read by later releases: the fold must stay what it is.
TEST(KeyFold, StaysTheSame) {
    EXPECT_EQ(fold_key({0x0123456789abcdef, 0xfedcba9876543210}), 16'417'017'140'187'169'074U);
}

} // namespace
} // namespace xtap::stream
