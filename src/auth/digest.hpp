// The two digests that OAuth needs, from libcrypto; nothing else here knows OpenSSL.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace xtap::auth {

constexpr std::size_t sha1_size = 20;
constexpr std::size_t sha256_size = 32;

// Throws Failure(internal) when libcrypto does not offer the algorithm.
std::array<char, sha1_size> hmac_sha1(std::string_view key, std::string_view text);
std::array<char, sha256_size> sha256(std::string_view text);

} // namespace xtap::auth
