// Pairing brackets.
#include "stream/event/nesting.hpp"

#include <gtest/gtest.h>
#include <string>

namespace xtap::event {
namespace {

std::string nested(std::size_t depth, char open, char close) {
    return std::string(depth, open) + std::string(depth, close);
}

TEST(Nesting, TakesBracketsThatPairUp) {
    for (const char *good : {"", "{}", "{[]}", "{[{}][]{}}", "[[]{}]"})
        EXPECT_TRUE(brackets_pair_up(good)) << good;
}

TEST(Nesting, RefusesWhatIsLeftOpenOrPairedWithAnotherKind) {
    for (const char *bad : {"{", "}", "{]", "[}", "{[}]", "{}}", "{{}", "[{]}", "{[{}}"})
        EXPECT_FALSE(brackets_pair_up(bad)) << bad;
}

TEST(Nesting, GoesOneThousandAndTwentyFourLevelsDeepAndNoDeeper) {
    for (const std::size_t depth : {1u, 61u, 62u, 63u, 64u, 65u, 500u, 1024u}) {
        EXPECT_TRUE(brackets_pair_up(nested(depth, '{', '}'))) << depth;
        EXPECT_TRUE(brackets_pair_up(nested(depth, '[', ']'))) << depth;
        EXPECT_FALSE(brackets_pair_up(nested(depth, '{', ']'))) << depth;
    }
    EXPECT_FALSE(brackets_pair_up(nested(1025, '[', ']')));
}

TEST(Nesting, ComparesKindsBelowTheDepthThatFitsARegister) {
    std::string brackets = nested(100, '[', ']');
    brackets[80] = '{';
    EXPECT_FALSE(brackets_pair_up(brackets));
    brackets[119] = '}';
    EXPECT_TRUE(brackets_pair_up(brackets));
}

} // namespace
} // namespace xtap::event
