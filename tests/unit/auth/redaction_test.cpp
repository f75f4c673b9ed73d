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

TEST(Redaction, MasksWhatWasEncodedTwiceOrInSmallLetters) {
    for (const char *text : {"a%2Fb%3Dcd", "a%2fb%3dcd", "a%252Fb%253Dcd", "%61%2F%62=cd", R"(a\/b=cd)",
                             R"(a\\\/b\u003dcd)", R"(a\\u002Fb\\u003Dcd)"})
        EXPECT_EQ(masked(text, {"a/b=cd"}), "***") << text;
    // X's own tokens hold escapes.
    for (const char *text : {"AAAA%2Bb%3D", "AAAA+b=", "AAAA%252Bb%253D"})
        EXPECT_EQ(masked(text, {"AAAA%2Bb%3D"}), "***") << text;
    EXPECT_EQ(masked("SECRET%41", {"SECRET%"}), "***41");
}

TEST(Redaction, MasksTheBeginningOfASecretThatWasCutOff) {
    EXPECT_EQ(masked("token SECRET-12...", {"SECRET-123"}), "token ***...");
    EXPECT_EQ(masked("\"SECRET-12\xE2\x80\xA6\"", {"SECRET-123"}), "\"***\xE2\x80\xA6\"");
    EXPECT_EQ(masked("SECRE...", {"SECRET-123"}), "SECRE...") << "too little to be known";
}

TEST(Redaction, LeavesJsonWhole) {
    const auto in_json = [](std::string_view json, std::vector<std::string_view> secrets) {
        return redacted_json(json, secrets);
    };
    EXPECT_EQ(in_json(R"({"at_ms":1234567,"message":"a 1234567 \"SECRET1\" \\"})", {"1234567", "SECRET1"}),
              R"({"at_ms":1234567,"message":"a *** \"***\" \\"})");
    EXPECT_EQ(in_json(R"({"a":"SECRET","b":"1"})", {R"(SECRET","b)"}), R"({"a":"SECRET","b":"1"})");
    // No escape is cut in two.
    EXPECT_EQ(in_json(R"(["x\nSECRET"])", {"nSECRET"}), R"(["x***"])");
    EXPECT_EQ(in_json(R"(["SECRET\\"])", {R"(SECRET\)"}), R"(["***"])");
    EXPECT_EQ(in_json(R"(["SECRET1)", {"SECRET1"}), R"(["***)");
    EXPECT_EQ(in_json("", {"SECRET1"}), "");
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
