// The table of keys: against a plain set, at every size, with keys made to crowd.
#include "stream/continuity/key_set.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <set>
#include <vector>

namespace xtap::continuity {
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
} // namespace xtap::continuity
