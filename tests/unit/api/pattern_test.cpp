// The matcher against std::regex, on the table's own patterns, and at the edges of each form it knows.
#include "api/pattern.hpp"

#include "api/operation.hpp"

#include <gtest/gtest.h>

#include <random>
#include <regex>
#include <set>
#include <string>

namespace xtap::api {
namespace {

TEST(Pattern, CountsWhatItIsToldToCount) {
    EXPECT_TRUE(matches("^[0-9]{2,3}$", "12"));
    EXPECT_TRUE(matches("^[0-9]{2,3}$", "123"));
    EXPECT_FALSE(matches("^[0-9]{2,3}$", "1"));
    EXPECT_FALSE(matches("^[0-9]{2,3}$", "1234"));
    EXPECT_TRUE(matches("^[0-9]{3}$", "123"));
    EXPECT_FALSE(matches("^[0-9]{3}$", "1234"));
    EXPECT_TRUE(matches("^[0-9]{2,}$", std::string(10'000, '7')));
    EXPECT_FALSE(matches("^[0-9]{2,}$", "7"));
    EXPECT_TRUE(matches("^a?b*c+$", "c"));
    EXPECT_TRUE(matches("^a?b*c+$", "abbcc"));
    EXPECT_FALSE(matches("^a?b*c+$", "aabc"));
    EXPECT_FALSE(matches("^a?b*c+$", "ab"));
}

TEST(Pattern, MatchesTheWholeTextOnly) {
    EXPECT_FALSE(matches("^[0-9]+$", "12 "));
    EXPECT_FALSE(matches("^[0-9]+$", "x12"));
    EXPECT_FALSE(matches("^[0-9]+$", "12\n"));
    EXPECT_FALSE(matches("^[0-9]+$", ""));
    EXPECT_TRUE(matches("^[0-9]*$", ""));
}

TEST(Pattern, GivesBackWhatALaterPieceNeeds) {
    EXPECT_TRUE(matches("^[0-9]+1$", "111"));
    EXPECT_TRUE(matches("^[0-9]{1,3}[0-9]{3}$", "1234"));
    EXPECT_FALSE(matches("^[0-9]{2,3}[0-9]{3}$", "1234"));
    EXPECT_TRUE(matches("^([0-9]+)_([0-9]+)$", "13_1263145212760805376"));
    EXPECT_FALSE(matches("^([0-9]+)_([0-9]+)$", "13_"));
}

TEST(Pattern, TriesEveryAlternative) {
    constexpr std::string_view conversation = "^([0-9]{1,19}-[0-9]{1,19}|[0-9]{15,19})$";
    EXPECT_TRUE(matches(conversation, "123123123-456456456"));
    EXPECT_TRUE(matches(conversation, "1584988213961031680"));
    EXPECT_FALSE(matches(conversation, "12345678901234"));
    EXPECT_FALSE(matches(conversation, "123-"));
    EXPECT_FALSE(matches(conversation, "1-2|3"));
    EXPECT_TRUE(matches("^([0-9]{1,19}|g[0-9]{1,19})$", "g7"));
    EXPECT_FALSE(matches("^([0-9]{1,19}|g[0-9]{1,19})$", "g"));
}

TEST(Pattern, ReadsClassesWithRangesAndSigns) {
    EXPECT_TRUE(matches("^[A-Za-z0-9_' ]{1,50}$", "it's 5_OK"));
    EXPECT_FALSE(matches("^[A-Za-z0-9_' ]{1,50}$", "a-b"));
    EXPECT_TRUE(matches("^[A-Za-z0-9._~-]+$", "a.b_c~d-e"));
    EXPECT_FALSE(matches("^[A-Za-z0-9._~-]+$", "a+b"));
    EXPECT_FALSE(matches("^[a-z]+$", "\xC3\xA9"));
}

std::set<std::string_view> patterns_of_the_table() {
    std::set<std::string_view> patterns;
    for (const Operation &operation : operations()) {
        for (const Parameter &parameter : operation.parameters)
            if (!parameter.pattern.empty()) patterns.insert(parameter.pattern);
    }
    return patterns;
}

TEST(Pattern, AgreesWithStdRegexOnEveryPatternOfTheTable) {
    const std::set<std::string_view> patterns = patterns_of_the_table();
    EXPECT_GE(patterns.size(), 9u);
    std::mt19937 random(20'260'720);
    constexpr std::string_view letters = "0123456789012345678901234567890129-_gaZ' .~x";
    for (const std::string_view pattern : patterns) {
        const std::regex reference{std::string(pattern)};
        int matched = 0;
        for (int round = 0; round < 20'000; ++round) {
            std::string text(random() % 60, '0');
            const std::size_t variety = 1 + random() % letters.size();
            for (char &byte : text)
                byte = letters[random() % variety];
            const bool expected = std::regex_match(text, reference);
            matched += expected ? 1 : 0;
            ASSERT_EQ(matches(pattern, text), expected) << pattern << " on " << text;
        }
        EXPECT_GT(matched, 10) << pattern << " was hardly ever matched: the comparison shows nothing";
    }
}

} // namespace
} // namespace xtap::api
