// The arm64 backend of the scan. NEON is part of every such processor, so nothing is asked at run time.
// Must not know anything but masks.
#if defined(__aarch64__)

#include "stream/event/scan_backends.hpp"

#include <arm_neon.h>
#include <bit>
#include <cstring>

namespace xtap::event {
namespace {
namespace neon {
#define XTAP_SCAN_TARGET

struct Raw {
    std::uint64_t quotes, backslashes, openers, closers, colons, commas;
};

inline std::uint64_t prefix_xor(std::uint64_t bits) {
    for (unsigned shift = 1; shift < 64; shift *= 2)
        bits ^= bits << shift;
    return bits;
}

inline unsigned count(std::uint64_t bits) { return static_cast<unsigned>(__builtin_popcountll(bits)); }

// Four at a time without asking whether there are so many: few blocks have more.
inline void copy_marked(const char *from, std::uint64_t marked, unsigned count, char *to) {
    for (unsigned done = 0;;) {
        for (unsigned i = 0; i < 4; ++i, marked &= marked - 1)
            *to++ = from[std::countr_zero(marked) & 63];
        if ((done += 4) >= count) return;
    }
}

// NEON has no movemask: each byte, all ones or zero, keeps one bit of its place, and pairwise sums gather
// them.
inline std::uint64_t bits_of(const uint8x16_t (&part)[4]) {
    static const std::uint8_t kPlaces[16] = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
    const uint8x16_t places = vld1q_u8(kPlaces);
    const uint8x16_t low = vpaddq_u8(vandq_u8(part[0], places), vandq_u8(part[1], places));
    const uint8x16_t high = vpaddq_u8(vandq_u8(part[2], places), vandq_u8(part[3], places));
    const uint8x16_t half = vpaddq_u8(low, high);
    return vgetq_lane_u64(vreinterpretq_u64_u8(vpaddq_u8(half, half)), 0);
}

inline std::uint64_t equal(const uint8x16_t (&bytes)[4], char wanted) {
    const uint8x16_t all = vdupq_n_u8(static_cast<std::uint8_t>(wanted));
    const uint8x16_t same[4] = {vceqq_u8(bytes[0], all), vceqq_u8(bytes[1], all), vceqq_u8(bytes[2], all),
                                vceqq_u8(bytes[3], all)};
    return bits_of(same);
}

struct Seen {
    uint8x16_t bytes = vdupq_n_u8(0);
    bool non_ascii() const { return vmaxvq_u8(bytes) >= 0x80; }
};

template <bool with_commas> inline Raw read(const char *data, Seen &seen) {
    constexpr std::uint8_t fold = 0x20; // '[' and '{', ']' and '}' differ in this bit alone
    uint8x16_t bytes[4], folded[4];
    for (int i = 0; i < 4; ++i) {
        bytes[i] = vld1q_u8(reinterpret_cast<const std::uint8_t *>(data) + 16 * i);
        seen.bytes = vorrq_u8(seen.bytes, bytes[i]);
        folded[i] = vorrq_u8(bytes[i], vdupq_n_u8(fold));
    }
    return {equal(bytes, '"'),  equal(bytes, '\\'), equal(folded, '{'),
            equal(folded, '}'), equal(bytes, ':'),  with_commas ? equal(bytes, ',') : 0};
}

#include "stream/event/scan_kernel.inc"
#undef XTAP_SCAN_TARGET
} // namespace neon
} // namespace

Backend neon_backend() { return {"neon", neon::scan_line<false>, neon::scan_line<true>}; }

} // namespace xtap::event
#endif
