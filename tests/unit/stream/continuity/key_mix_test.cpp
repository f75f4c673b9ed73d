// How keys are mixed into places of the table: evenly, also where they are made to crowd.
#include "stream/continuity/key_set.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <set>
#include <vector>

namespace xtap::continuity {
namespace {

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

} // namespace
} // namespace xtap::continuity
