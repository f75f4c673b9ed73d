// What the safety net catches: secrets as they are, encoded, repeated, overlapping.
#include "auth/redaction.hpp"

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <vector>

namespace xtap::auth {
namespace {

std::string masked(std::string_view text, std::vector<std::string_view> secrets) {
    return redacted(text, secrets);
}

TEST(Redaction, MasksEveryOccurrence) {
    EXPECT_EQ(masked("token SECRET1 and SECRET1.", {"SECRET1"}), "token *** and ***.");
    EXPECT_EQ(masked("SECRET1", {"SECRET1"}), "***");
}

TEST(Redaction, LeavesOtherTextAlone) {
    EXPECT_EQ(masked("nothing to hide", {"SECRET1", "SECRET2"}), "nothing to hide");
    EXPECT_EQ(masked("", {"SECRET1"}), "");
    EXPECT_EQ(masked("SECRET", {"SECRET1"}), "SECRET");
}

TEST(Redaction, MasksTheEncodedFormToo) {
    EXPECT_EQ(masked("refresh_token=a%2Fb%3Dcd&x", {"a/b=cd"}), "refresh_token=***&x");
}

TEST(Redaction, SecretsThatOverlapOrContainEachOtherLeaveNothing) {
    for (const auto &order : {std::vector<std::string_view>{"AAAABBBB", "BBBBCCCC", "ABBBBC"},
                              std::vector<std::string_view>{"ABBBBC", "BBBBCCCC", "AAAABBBB"}})
        EXPECT_EQ(masked("x AAAABBBBCCCC y", order), "x *** y");
    EXPECT_EQ(masked("ABABABABA", {"ABABAB"}), "***A");
    EXPECT_EQ(masked("ABABABAB", {"ABABAB"}), "***");
}

TEST(Redaction, AnEmptyOrVeryShortSecretShredsNothing) {
    EXPECT_EQ(masked("a letter", {"", "a", "lette"}), "a letter");
}

} // namespace
} // namespace xtap::auth
