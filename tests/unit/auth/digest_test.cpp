// The digests against published vectors: RFC 2202 for HMAC-SHA1, FIPS 180 for SHA-256.
#include "auth/digest.hpp"
#include "auth/encoding.hpp"

#include <gtest/gtest.h>

#include <string>

namespace xtap::auth {
namespace {

template <std::size_t Size> std::string text_of(const std::array<char, Size> &digest) {
    return hexadecimal({digest.data(), digest.size()});
}

TEST(Digest, HmacSha1AgreesWithRfc2202) {
    EXPECT_EQ(text_of(hmac_sha1(std::string(20, '\x0b'), "Hi There")),
              "b617318655057264e28bc0b6fb378c8ef146be00");
    EXPECT_EQ(text_of(hmac_sha1("Jefe", "what do ya want for nothing?")),
              "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
    EXPECT_EQ(
        text_of(hmac_sha1(std::string(80, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First")),
        "aa4ae5e15272d00e95705637ce8a3b55ed402112");
}

TEST(Digest, HmacSha1TakesAnEmptyKeyAndAnEmptyText) {
    EXPECT_EQ(text_of(hmac_sha1("", "")), "fbdb1d1b18aa6c08324b7d64b71fb76370690e1d");
}

TEST(Digest, Sha256AgreesWithFips180) {
    EXPECT_EQ(text_of(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(text_of(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

} // namespace
} // namespace xtap::auth
