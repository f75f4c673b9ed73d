// The x86-64 backends of the scan: SSE2 (every such processor), AVX2 and AVX-512. Chosen at run time by
// scan.cpp. Must not know anything but masks.
#if defined(__x86_64__)

#include "stream/event/scan_backends.hpp"

#include <bit>
#include <cstring>
#include <immintrin.h>

namespace xtap::event {
namespace {

struct Raw {
    std::uint64_t quotes, backslashes, openers, closers, colons, commas;
};

namespace sse2 {
#define XTAP_SCAN_TARGET

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

inline std::uint64_t bits_of(const __m128i (&part)[4]) {
    std::uint64_t mask = 0;
    for (int i = 0; i < 4; ++i)
        mask |= std::uint64_t{static_cast<std::uint32_t>(_mm_movemask_epi8(part[i]))} << (16 * i);
    return mask;
}

inline std::uint64_t equal(const __m128i (&bytes)[4], char wanted) {
    __m128i same[4];
    for (int i = 0; i < 4; ++i)
        same[i] = _mm_cmpeq_epi8(bytes[i], _mm_set1_epi8(wanted));
    return bits_of(same);
}

struct Seen {
    __m128i bytes = _mm_setzero_si128();
    bool non_ascii() const { return _mm_movemask_epi8(bytes) != 0; }
};

template <bool with_commas> inline Raw read(const char *data, Seen &seen) {
    __m128i bytes[4], folded[4];
    for (int i = 0; i < 4; ++i) {
        bytes[i] = _mm_loadu_si128(reinterpret_cast<const __m128i *>(data + 16 * i));
        seen.bytes = _mm_or_si128(seen.bytes, bytes[i]);
        folded[i] =
            _mm_or_si128(bytes[i], _mm_set1_epi8(0x20)); // '[' and '{', ']' and '}' differ in this bit alone
    }
    return {equal(bytes, '"'),  equal(bytes, '\\'), equal(folded, '{'),
            equal(folded, '}'), equal(bytes, ':'),  with_commas ? equal(bytes, ',') : 0};
}

#include "stream/event/scan_kernel.inc"
#undef XTAP_SCAN_TARGET
} // namespace sse2

namespace avx2 {
#define XTAP_SCAN_TARGET __attribute__((target("avx2,bmi,bmi2,pclmul,lzcnt,popcnt")))

XTAP_SCAN_TARGET inline std::uint64_t prefix_xor(std::uint64_t bits) {
    const __m128i product =
        _mm_clmulepi64_si128(_mm_set_epi64x(0, static_cast<long long>(bits)), _mm_set1_epi8(-1), 0);
    return static_cast<std::uint64_t>(_mm_cvtsi128_si64(product));
}

XTAP_SCAN_TARGET inline unsigned count(std::uint64_t bits) {
    return static_cast<unsigned>(_mm_popcnt_u64(bits));
}

// Four at a time without asking whether there are so many: few blocks have more.
XTAP_SCAN_TARGET inline void copy_marked(const char *from, std::uint64_t marked, unsigned count, char *to) {
    for (unsigned done = 0;;) {
        for (unsigned i = 0; i < 4; ++i, marked &= marked - 1)
            *to++ = from[_tzcnt_u64(marked) & 63];
        if ((done += 4) >= count) return;
    }
}

XTAP_SCAN_TARGET inline std::uint64_t join(__m256i low, __m256i high) {
    return static_cast<std::uint32_t>(_mm256_movemask_epi8(low)) |
           std::uint64_t{static_cast<std::uint32_t>(_mm256_movemask_epi8(high))} << 32;
}

XTAP_SCAN_TARGET inline std::uint64_t equal(__m256i low, __m256i high, char wanted) {
    const __m256i all = _mm256_set1_epi8(wanted);
    return join(_mm256_cmpeq_epi8(low, all), _mm256_cmpeq_epi8(high, all));
}

struct Seen {
    __m256i bytes;
    XTAP_SCAN_TARGET Seen() : bytes(_mm256_setzero_si256()) {}
    XTAP_SCAN_TARGET bool non_ascii() const { return _mm256_movemask_epi8(bytes) != 0; }
};

template <bool with_commas> XTAP_SCAN_TARGET inline Raw read(const char *data, Seen &seen) {
    const __m256i low = _mm256_loadu_si256(reinterpret_cast<const __m256i *>(data));
    const __m256i high = _mm256_loadu_si256(reinterpret_cast<const __m256i *>(data + 32));
    seen.bytes = _mm256_or_si256(seen.bytes, _mm256_or_si256(low, high));
    const __m256i fold = _mm256_set1_epi8(0x20); // '[' and '{', ']' and '}' differ in this bit alone
    const __m256i folded_low = _mm256_or_si256(low, fold);
    const __m256i folded_high = _mm256_or_si256(high, fold);
    return {equal(low, high, '"'),
            equal(low, high, '\\'),
            equal(folded_low, folded_high, '{'),
            equal(folded_low, folded_high, '}'),
            equal(low, high, ':'),
            with_commas ? equal(low, high, ',') : 0};
}

#include "stream/event/scan_kernel.inc"
#undef XTAP_SCAN_TARGET
} // namespace avx2

namespace avx512 {
#define XTAP_SCAN_TARGET __attribute__((target("avx512f,avx512bw,avx512vbmi2,bmi,bmi2,pclmul,lzcnt,popcnt")))

XTAP_SCAN_TARGET inline std::uint64_t prefix_xor(std::uint64_t bits) {
    const __m128i product =
        _mm_clmulepi64_si128(_mm_set_epi64x(0, static_cast<long long>(bits)), _mm_set1_epi8(-1), 0);
    return static_cast<std::uint64_t>(_mm_cvtsi128_si64(product));
}

XTAP_SCAN_TARGET inline unsigned count(std::uint64_t bits) {
    return static_cast<unsigned>(_mm_popcnt_u64(bits));
}

XTAP_SCAN_TARGET inline void copy_marked(const char *from, std::uint64_t marked, unsigned, char *to) {
    _mm512_storeu_si512(to, _mm512_maskz_compress_epi8(marked, _mm512_loadu_si512(from)));
}

// GCC likes to do the arithmetic on masks in mask registers, where it is slow; this makes it move them over
// first.
XTAP_SCAN_TARGET inline std::uint64_t plain(std::uint64_t mask) {
    __asm__("" : "+r"(mask));
    return mask;
}

XTAP_SCAN_TARGET inline std::uint64_t equal(__m512i v, char wanted) {
    return plain(_mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8(wanted)));
}

struct Seen {
    __m512i bytes;
    XTAP_SCAN_TARGET Seen() : bytes(_mm512_setzero_si512()) {}
    XTAP_SCAN_TARGET bool non_ascii() const { return _mm512_movepi8_mask(bytes) != 0; }
};

template <bool with_commas> XTAP_SCAN_TARGET inline Raw read(const char *data, Seen &seen) {
    const __m512i v = _mm512_loadu_si512(data);
    seen.bytes = _mm512_or_si512(seen.bytes, v);
    const __m512i folded = _mm512_or_si512(v, _mm512_set1_epi8(0x20));
    return {equal(v, '"'),      equal(v, '\\'), equal(folded, '{'),
            equal(folded, '}'), equal(v, ':'),  with_commas ? equal(v, ',') : 0};
}

#include "stream/event/scan_kernel.inc"
#undef XTAP_SCAN_TARGET
} // namespace avx512

} // namespace

Backend sse2_backend() { return {"sse2", sse2::scan_line<false>, sse2::scan_line<true>}; }
Backend avx2_backend() { return {"avx2", avx2::scan_line<false>, avx2::scan_line<true>}; }
Backend avx512_backend() { return {"avx512", avx512::scan_line<false>, avx512::scan_line<true>}; }

} // namespace xtap::event
#endif
