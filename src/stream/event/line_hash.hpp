// 128 bits that tell one line from another, for events that carry no id of their own.
// Not for secrets: whoever wants two lines to collide can have it.
#pragma once

#include "stream/event/scalar.hpp"

#include <cstdint>
#include <cstring>
#include <string_view>

namespace xtap::event {

// Two lanes of folded 64x64 multiplications over 16 bytes at a time; the length goes into the end.
inline Wide hash_line(std::string_view bytes, std::uint64_t seed = 0) {
    __extension__ using Product = unsigned __int128;
    const auto fold = [](std::uint64_t a, std::uint64_t b) {
        const Product product = static_cast<Product>(a) * b;
        return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
    };
    // Odd numbers from the fractions of the square roots of 2, 3, 5 and 7.
    constexpr std::uint64_t k2 = 0x6A09E667F3BCC909, k3 = 0xBB67AE8584CAA73B;
    constexpr std::uint64_t k5 = 0x3C6EF372FE94F82B, k7 = 0xA54FF53A5F1D36F1;
    std::uint64_t left = seed ^ k2;
    std::uint64_t right = ~seed ^ k3;
    const char *at = bytes.data();
    std::size_t rest = bytes.size();
    const auto mix = [&](std::uint64_t a, std::uint64_t b) {
        const std::uint64_t l = fold(a ^ left, b ^ k5);
        right = fold(b ^ right, a ^ k7) + left;
        left = l;
    };
    std::uint64_t a = 0, b = 0;
    for (; rest > 16; at += 16, rest -= 16) {
        std::memcpy(&a, at, 8);
        std::memcpy(&b, at + 8, 8);
        mix(a, b);
    }
    char last[16] = {};
    if (rest != 0) std::memcpy(last, at, rest);
    std::memcpy(&a, last, 8);
    std::memcpy(&b, last + 8, 8);
    mix(a, b);
    mix(bytes.size(), seed ^ k2);
    return {fold(left ^ k3, right ^ k5), fold(right ^ k2, left ^ k7)};
}

} // namespace xtap::event
