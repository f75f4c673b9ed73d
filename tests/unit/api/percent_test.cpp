// Percent encoding leaves what RFC 3986 calls unreserved and nothing else.
#include "api/percent.hpp"

#include "api/secret_builder.hpp"

#include <gtest/gtest.h>

#include <string>

namespace xtap::api {
namespace {

std::string encoded(std::string_view text, std::string_view kept = {}) {
    std::string out;
    append_percent_encoded(out, text, kept);
    return out;
}

TEST(Percent, LeavesTheUnreservedCharactersAlone) {
    const std::string_view unreserved = "ABCXYZabcxyz0123456789-._~";
    EXPECT_EQ(encoded(unreserved), unreserved);
}

TEST(Percent, EncodesEverythingElseInCapitals) {
    EXPECT_EQ(encoded("Ladies + Gentlemen"), "Ladies%20%2B%20Gentlemen");
    EXPECT_EQ(encoded("Dogs, Cats & Mice"), "Dogs%2C%20Cats%20%26%20Mice");
    EXPECT_EQ(encoded("\xE2\x98\x83"), "%E2%98%83");
    EXPECT_EQ(encoded("!*'()/?#[]@:;=$%"), "%21%2A%27%28%29%2F%3F%23%5B%5D%40%3A%3B%3D%24%25");
    EXPECT_EQ(encoded(std::string_view("\r\n\0", 3)), "%0D%0A%00");
}

TEST(Percent, KeepsWhatItIsToldTo) { EXPECT_EQ(encoded("id,text/x", ","), "id,text%2Fx"); }

TEST(Percent, WritesIntoASecretAsWell) {
    SecretBuilder builder;
    append_percent_encoded(builder, "a b");
    EXPECT_EQ(builder.take().reveal(), "a%20b");
}

} // namespace
} // namespace xtap::api
