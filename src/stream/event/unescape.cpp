// Unescaping: plain runs are copied 16 bytes at a time, everything else one character at a time.
// Must not allocate.
#include "stream/event/unescape.hpp"

#include <array>
#include <bit>
#include <cstring>
#include <simdjson.h>

#if defined(__x86_64__)
#include <emmintrin.h>
#endif

namespace xtap::event {
namespace {

static_assert(std::endian::native == std::endian::little); // words are searched from their low end

constexpr std::uint32_t kNoCodePoint = UINT32_MAX;

// Copies up to the next backslash. Whole steps are written even when the backslash comes early: what is
// written too much lies inside the bound, because at least as many raw bytes are still to come.
struct Cursor {
    const char *in;
    const char *end;
    char *out;

    void copy_plain() {
        constexpr std::ptrdiff_t step = 16;
        while (end - in >= step) {
            const unsigned plain = copy_step();
            in += plain;
            out += plain;
            if (plain != step) return;
        }
        if (end - in >= 8 && copy_rest<std::uint64_t>()) return;
        if (end - in >= 4 && copy_rest<std::uint32_t>()) return;
        while (in != end && *in != '\\')
            *out++ = *in++;
    }

private:
    // What is left, one to two words long, by two words that may overlap. Nothing is done when a backslash is
    // in it.
    template <class Word> bool copy_rest() {
        const std::ptrdiff_t rest = end - in;
        if (rest > static_cast<std::ptrdiff_t>(2 * sizeof(Word))) return false;
        Word first, last;
        std::memcpy(&first, in, sizeof(Word));
        std::memcpy(&last, end - sizeof(Word), sizeof(Word));
        if ((marks(first) | marks(last)) != 0) return false;
        std::memcpy(out, &first, sizeof(Word));
        std::memcpy(out + rest - sizeof(Word), &last, sizeof(Word));
        in = end;
        out += rest;
        return true;
    }

    // Not zero when a byte of the word is a backslash; the lowest bit set is in the first such byte.
    template <class Word> static Word marks(Word word) {
        constexpr Word ones = static_cast<Word>(0x0101010101010101),
                       highs = static_cast<Word>(0x8080808080808080);
        const Word difference = word ^ static_cast<Word>(ones * 0x5C);
        return (difference - ones) & ~difference & highs;
    }

    static unsigned before_mark(std::uint64_t marked) {
        if (marked == 0) return 8;
        return static_cast<unsigned>(std::countr_zero(marked)) / 8;
    }

    // How many of the next 16 bytes stand before a backslash; all 16 are written.
    unsigned copy_step() {
#if defined(__x86_64__)
        const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i *>(in));
        _mm_storeu_si128(reinterpret_cast<__m128i *>(out), bytes);
        const int found = _mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')));
        return static_cast<unsigned>(std::countr_zero(static_cast<unsigned>(found) | 0x10000u));
#else
        unsigned plain = 0;
        for (unsigned half = 0; half < 16; half += 8) {
            std::uint64_t word;
            std::memcpy(&word, in + half, 8);
            std::memcpy(out + half, &word, 8);
            if (plain == half) plain += before_mark(marks(word));
        }
        return plain;
#endif
    }
};

constexpr std::array<char, 128> kSimpleEscapes = [] {
    std::array<char, 128> table{};
    table['"'] = '"';
    table['\\'] = '\\';
    table['/'] = '/';
    table['b'] = '\b';
    table['f'] = '\f';
    table['n'] = '\n';
    table['r'] = '\r';
    table['t'] = '\t';
    return table;
}();

std::uint32_t hex_digit(char c) {
    if (c >= '0' && c <= '9') return static_cast<std::uint32_t>(c - '0');
    const char lower = static_cast<char>(c | 0x20);
    if (lower >= 'a' && lower <= 'f') return static_cast<std::uint32_t>(lower - 'a' + 10);
    return 16;
}

// The 16 bits of a \uXXXX at `at`, or kNoCodePoint when none stands there.
std::uint32_t code_unit(const char *at, const char *end) {
    if (end - at < 6 || at[0] != '\\' || at[1] != 'u') return kNoCodePoint;
    std::uint32_t value = 0;
    for (int i = 2; i < 6; ++i) {
        const std::uint32_t digit = hex_digit(at[i]);
        if (digit == 16) return kNoCodePoint;
        value = value * 16 + digit;
    }
    return value;
}

char *put(char *out, std::uint32_t code) {
    const auto byte = [](std::uint32_t bits) { return static_cast<char>(bits); };
    if (code < 0x80) {
        *out++ = byte(code);
    } else if (code < 0x800) {
        *out++ = byte(0xC0 | code >> 6);
        *out++ = byte(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
        *out++ = byte(0xE0 | code >> 12);
        *out++ = byte(0x80 | (code >> 6 & 0x3F));
        *out++ = byte(0x80 | (code & 0x3F));
    } else {
        *out++ = byte(0xF0 | code >> 18);
        *out++ = byte(0x80 | (code >> 12 & 0x3F));
        *out++ = byte(0x80 | (code >> 6 & 0x3F));
        *out++ = byte(0x80 | (code & 0x3F));
    }
    return out;
}

bool is_high(std::uint32_t unit) { return unit >= 0xD800 && unit <= 0xDBFF; }
bool is_low(std::uint32_t unit) { return unit >= 0xDC00 && unit <= 0xDFFF; }

// One escape, at cursor.in; true when it could not be taken as meant.
bool escape(Cursor &cursor) {
    const char *at = cursor.in;
    const auto second = at + 1 == cursor.end ? std::uint8_t{0} : static_cast<std::uint8_t>(at[1]);
    if (second < 128 && kSimpleEscapes[second] != 0) {
        *cursor.out++ = kSimpleEscapes[second];
        cursor.in += 2;
        return false;
    }
    std::uint32_t code = code_unit(at, cursor.end);
    if (code == kNoCodePoint) { // not ours to interpret
        *cursor.out++ = *cursor.in++;
        return true;
    }
    cursor.in += 6;
    bool repaired = false;
    if (is_high(code)) {
        const std::uint32_t low = code_unit(cursor.in, cursor.end);
        if (low != kNoCodePoint && is_low(low)) {
            code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
            cursor.in += 6;
        }
    }
    if (code >= 0xD800 && code <= 0xDFFF) {
        code = 0xFFFD;
        repaired = true;
    }
    cursor.out = put(cursor.out, code);
    return repaired;
}

// Length of the UTF-8 character at `at`, 0 when none begins there: the shortest form only, no surrogates, up
// to U+10FFFF.
int character_length(const char *at, const char *end) {
    const auto lead = static_cast<unsigned char>(*at);
    if (lead < 0x80) return 1;
    const int length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || end - at < length) return 0;
    const auto second = static_cast<unsigned char>(at[1]);
    const unsigned least = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    const unsigned most = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    if (second < least || second > most) return 0;
    for (int i = 2; i < length; ++i)
        if ((static_cast<unsigned char>(at[i]) & 0xC0) != 0x80) return 0;
    return length;
}

// The slow way for text that is not UTF-8. Here the output may grow, so nothing is written ahead.
Unescaped repair(std::string_view raw, char *out) {
    Cursor cursor{raw.data(), raw.data() + raw.size(), out};
    while (cursor.in != cursor.end) {
        if (*cursor.in == '\\') {
            escape(cursor);
            continue;
        }
        const int length = character_length(cursor.in, cursor.end);
        if (length == 0) {
            cursor.out = put(cursor.out, 0xFFFD);
            ++cursor.in;
            continue;
        }
        for (int i = 0; i < length; ++i)
            *cursor.out++ = *cursor.in++;
    }
    return {static_cast<std::uint32_t>(cursor.out - out), true};
}

} // namespace

std::size_t unescaped_bound(const Span &value, bool valid_utf8) {
    return value.kind == ColumnKind::string && !valid_utf8 ? std::size_t{3} * value.size : value.size;
}

Unescaped unescape(std::string_view raw, char *out, bool valid_utf8) {
    if (!valid_utf8 && !simdjson::validate_utf8(raw.data(), raw.size())) return repair(raw, out);
    Cursor cursor{raw.data(), raw.data() + raw.size(), out};
    bool repaired = false;
    for (;;) {
        cursor.copy_plain();
        if (cursor.in == cursor.end) break;
        repaired |= escape(cursor);
    }
    return {static_cast<std::uint32_t>(cursor.out - out), repaired};
}

} // namespace xtap::event
