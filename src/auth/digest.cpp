// libcrypto's one-shot functions, which keep nothing of the key.
#include "auth/digest.hpp"

#include "api/failure.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace xtap::auth {
namespace {

const unsigned char *bytes(std::string_view text) noexcept {
    return reinterpret_cast<const unsigned char *>(text.data());
}

[[noreturn]] void refuse_without(const char *algorithm) {
    throw Failure(Status::internal, std::string("libcrypto does not offer ") + algorithm);
}

} // namespace

std::array<char, sha1_size> hmac_sha1(std::string_view key, std::string_view text) {
    std::array<char, sha1_size> digest;
    if (HMAC(EVP_sha1(), key.data(), static_cast<int>(key.size()), bytes(text), text.size(),
             reinterpret_cast<unsigned char *>(digest.data()), nullptr) == nullptr)
        refuse_without("HMAC-SHA1, which OAuth 1.0a signs with");
    return digest;
}

std::array<char, sha256_size> sha256(std::string_view text) {
    std::array<char, sha256_size> digest;
    if (EVP_Digest(text.data(), text.size(), reinterpret_cast<unsigned char *>(digest.data()), nullptr,
                   EVP_sha256(), nullptr) != 1)
        refuse_without("SHA-256, which PKCE needs");
    return digest;
}

} // namespace xtap::auth
