// Which scan this processor runs, and the portable one that every processor can.
// Must not know what the masks are used for.
#include "stream/event/scan.hpp"
#include "stream/event/scan_backends.hpp"

#include <array>
#include <bit>
#include <cstring>
#include <vector>

namespace xtap::event {
namespace {
namespace portable {
#define XTAP_SCAN_TARGET

struct Raw {
    std::uint64_t quotes, backslashes, openers, closers, colons, commas;
};

enum Class : std::uint8_t {
    quote = 1,
    backslash = 2,
    opener = 4,
    closer = 8,
    colon = 16,
    comma = 32,
    non_ascii = 64
};

constexpr std::array<std::uint8_t, 256> kClasses = [] {
    std::array<std::uint8_t, 256> classes{};
    classes['"'] = quote;
    classes['\\'] = backslash;
    classes['{'] = opener;
    classes['}'] = closer;
    classes['['] = opener;
    classes[']'] = closer;
    classes[':'] = colon;
    classes[','] = comma;
    for (std::size_t byte = 0x80; byte < 256; ++byte)
        classes[byte] = non_ascii;
    return classes;
}();

inline std::uint64_t prefix_xor(std::uint64_t bits) {
    for (unsigned shift = 1; shift < 64; shift *= 2)
        bits ^= bits << shift;
    return bits;
}

inline unsigned count(std::uint64_t bits) { return static_cast<unsigned>(std::popcount(bits)); }

inline void copy_marked(const char *from, std::uint64_t marked, unsigned, char *to) {
    for (; marked != 0; marked &= marked - 1)
        *to++ = from[std::countr_zero(marked)];
}

struct Seen {
    std::uint64_t classes = 0;
    bool non_ascii() const { return (classes & Class::non_ascii) != 0; }
};

template <bool with_commas> inline Raw read(const char *data, Seen &seen) {
    Raw raw{};
    for (unsigned i = 0; i < kBlockBytes; ++i) {
        const std::uint64_t found = kClasses[static_cast<unsigned char>(data[i])];
        raw.quotes |= (found & quote) << i;
        raw.backslashes |= ((found & backslash) >> 1) << i;
        raw.openers |= ((found & opener) >> 2) << i;
        raw.closers |= ((found & closer) >> 3) << i;
        raw.colons |= ((found & colon) >> 4) << i;
        if (with_commas) raw.commas |= ((found & comma) >> 5) << i;
        seen.classes |= found;
    }
    return raw;
}

#include "stream/event/scan_kernel.inc"
#undef XTAP_SCAN_TARGET
} // namespace portable

std::vector<Backend> find_backends() {
    std::vector<Backend> found;
#if defined(__x86_64__)
    const bool bits = __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") &&
                      __builtin_cpu_supports("popcnt") && __builtin_cpu_supports("pclmul");
    if (bits && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512vbmi2"))
        found.push_back(avx512_backend());
    if (bits && __builtin_cpu_supports("avx2")) found.push_back(avx2_backend());
    found.push_back(sse2_backend());
#elif defined(__aarch64__)
    found.push_back(neon_backend());
#endif
    found.push_back({"portable", portable::scan_line<false>, portable::scan_line<true>});
    return found;
}

} // namespace

std::span<const Backend> backends() {
    static const std::vector<Backend> found = find_backends();
    return found;
}

} // namespace xtap::event
