// The key of an event and its shorter stand-in. Knows nothing of what is done with either.
#pragma once

#include <array>
#include <cstdint>

namespace xtap::continuity {

using Key = std::array<std::uint64_t, 2>; // as Facts::key

// Keys of posts are {id, 0}: one word says it all.
constexpr bool is_post_key(const Key &key) noexcept { return key[1] == 0; }

// Two words into one that depends on every bit of both.
inline std::uint64_t fold_words(std::uint64_t a, std::uint64_t b) noexcept {
    __extension__ using Product = unsigned __int128;
    const Product product = static_cast<Product>(a) * b;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

// What a checkpoint keeps of a key of 128 bits: the same in every process, so without a seed. Among N folds,
// one more key is taken for known by mistake once in 2^64 / N: with 1.2 million kept and six million asked
// for, the odds of a single mistake are 4 in 10 million.
inline std::uint64_t fold_key(const Key &key) noexcept {
    // Odd numbers from the fractions of the square roots of 2, 3 and 5.
    const std::uint64_t once = fold_words(key[0] ^ 0x6A09E667F3BCC909, key[1] ^ 0xBB67AE8584CAA73B);
    return fold_words(once ^ key[1], key[0] ^ 0x3C6EF372FE94F82B) ^ once;
}

} // namespace xtap::continuity
