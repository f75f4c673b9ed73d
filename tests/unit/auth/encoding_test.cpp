// Base64 in both forms, fields of a form, and the two simple kinds of authorization.
#include "auth/encoding.hpp"

#include <gtest/gtest.h>

#include <string>

namespace xtap::auth {
namespace {

std::string base64(std::string_view bytes) {
    api::SecretBuilder out;
    append_base64(out, bytes);
    return std::string(out.text());
}

// RFC 4648, section 10.
TEST(Base64, PadsAsTheStandardSays) {
    EXPECT_EQ(base64(""), "");
    EXPECT_EQ(base64("f"), "Zg==");
    EXPECT_EQ(base64("fo"), "Zm8=");
    EXPECT_EQ(base64("foo"), "Zm9v");
    EXPECT_EQ(base64("foob"), "Zm9vYg==");
    EXPECT_EQ(base64("fooba"), "Zm9vYmE=");
    EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
}

TEST(Base64, UsesBothLastLettersOfItsAlphabet) {
    EXPECT_EQ(base64("\xfb\xff\xfe"), "+//+");
    EXPECT_EQ(base64url("\xfb\xff\xfe").reveal(), "-__-");
}

TEST(Base64, TakesBytesOfAllValues) { EXPECT_EQ(base64(std::string_view("\0\0\0\xff", 4)), "AAAA/w=="); }

TEST(Base64Url, HasNoPadding) {
    EXPECT_EQ(base64url("f").reveal(), "Zg");
    EXPECT_EQ(base64url("fo").reveal(), "Zm8");
    EXPECT_EQ(base64url("").reveal(), "");
}

TEST(Hexadecimal, WritesTwoDigitsForEachByte) {
    EXPECT_EQ(hexadecimal(std::string_view("\x00\x0f\xf0\xab", 4)), "000ff0ab");
}

TEST(Form, EncodesNamesAndValuesSoThatNoneCanAddAField) {
    api::SecretBuilder form;
    append_field(form, "grant_type", "refresh_token");
    append_field(form, "a&b", "c=d&e\r\n");
    append_field(form, "empty", "");
    EXPECT_EQ(form.text(), "grant_type=refresh_token&a%26b=c%3Dd%26e%0D%0A&empty=");
}

TEST(Form, DecodesEscapesAndPluses) {
    EXPECT_EQ(form_decoded("a+b%20c%2Bd%e2%98%83").reveal(), "a b c+d\xE2\x98\x83");
    EXPECT_EQ(form_decoded("").reveal(), "");
}

TEST(Form, LeavesWhatOnlyLooksLikeAnEscape) {
    EXPECT_EQ(form_decoded("100%").reveal(), "100%");
    EXPECT_EQ(form_decoded("%4").reveal(), "%4");
    EXPECT_EQ(form_decoded("%zz%4g%41").reveal(), "%zz%4gA");
}

TEST(Authorization, BasicJoinsUserAndPassword) {
    EXPECT_EQ(basic_authorization("key", "secret").reveal(), "Basic a2V5OnNlY3JldA==");
}

TEST(Authorization, BasicEncodesWhatCouldMoveTheColon) {
    api::SecretBuilder expected;
    append_base64(expected, "k%3Aey:se%3Acret");
    EXPECT_EQ(basic_authorization("k:ey", "se:cret").reveal(), "Basic " + std::string(expected.text()));
}

TEST(Authorization, BearerIsTheTokenAsItIs) {
    EXPECT_EQ(bearer_authorization("AAAA%2FBBBB%3D").reveal(), "Bearer AAAA%2FBBBB%3D");
}

} // namespace
} // namespace xtap::auth
