// Bits to characters and back; see checkpoint_bits.hpp.
#include "stream/continuity/checkpoint_bits.hpp"

#include "api/failure.hpp"

#include <algorithm>
#include <array>
#include <bit>

namespace xtap::continuity {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::uint8_t kNoDigit = 0xFF;

constexpr std::array<std::uint8_t, 256> digits_of_characters() {
    std::array<std::uint8_t, 256> made{};
    made.fill(kNoDigit);
    for (std::uint8_t i = 0; i < 64; ++i)
        made[static_cast<unsigned char>(kAlphabet[i])] = i;
    return made;
}

constexpr std::array<std::uint8_t, 256> kDigits = digits_of_characters();

// Eight tables, so that eight bytes go at a time: table t is what a byte means with t bytes after it.
constexpr std::array<std::array<std::uint32_t, 256>, 8> crc_tables() {
    std::array<std::array<std::uint32_t, 256>, 8> made{};
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
        std::uint32_t rest = byte;
        for (int bit = 0; bit < 8; ++bit)
            rest = (rest >> 1) ^ ((rest & 1) != 0 ? 0xEDB88320U : 0U);
        made[0][byte] = rest;
    }
    for (std::size_t table = 1; table < made.size(); ++table)
        for (std::size_t byte = 0; byte < 256; ++byte)
            made[table][byte] = (made[table - 1][byte] >> 8) ^ made[0][made[table - 1][byte] & 0xFF];
    return made;
}

constexpr auto kCrc = crc_tables();

} // namespace

void BitWriter::put(std::uint64_t value, unsigned bits) {
    pending_ = pending_ << bits | value;
    count_ += bits;
    char characters[11];
    std::size_t made = 0;
    while (count_ >= 6) {
        count_ -= 6;
        characters[made++] = kAlphabet[pending_ >> count_ & 63];
    }
    text_.append(characters, made);
    pending_ &= (std::uint64_t{1} << count_) - 1;
}

void BitWriter::put_word(std::uint64_t value) {
    put(value >> 32, 32);
    put(value & UINT32_MAX, 32);
}

void BitWriter::put_number(std::uint64_t value) {
    for (; value >= 32; value >>= 5)
        put(32 | (value & 31), 6);
    put(value, 6);
}

void BitWriter::finish() {
    if (count_ != 0) put(0, 6 - count_);
}

void BitReader::fill() {
    while (count_ <= 58 && !text_.empty()) {
        const std::uint64_t digit = kDigits[static_cast<unsigned char>(text_.front())];
        if (digit == kNoDigit) throw_corrupt("it holds a character that none has");
        text_.remove_prefix(1);
        count_ += 6;
        next_ |= digit << (64 - count_);
    }
}

void BitReader::drop(unsigned bits) {
    if (bits > count_) throw_corrupt("it ends inside a number");
    next_ <<= bits;
    count_ -= bits;
}

std::uint64_t BitReader::take(unsigned bits) {
    if (bits == 0) return 0;
    if (count_ < bits) fill();
    const std::uint64_t value = next_ >> (64 - bits);
    drop(bits);
    return value;
}

std::uint64_t BitReader::take_word() {
    const std::uint64_t upper = take(32);
    return upper << 32 | take(32);
}

std::uint64_t BitReader::take_number() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 65; shift += 5) {
        const std::uint64_t group = take(6);
        const std::uint64_t bits = group & 31;
        if (shift == 60 && bits > 15) break;
        value |= bits << shift;
        if (group < 32) return value;
    }
    throw_corrupt("it holds a number of more than 64 bits");
}

unsigned BitReader::take_ones(unsigned most) {
    if (count_ <= most) fill();
    const unsigned ones = std::min(most, static_cast<unsigned>(std::countl_one(next_)));
    drop(ones == most ? ones : ones + 1);
    return ones;
}

void BitReader::expect_end() {
    if (!text_.empty() || count_ >= 6 || next_ != 0) throw_corrupt("something follows its end");
}

void throw_corrupt(const char *why) {
    throw Failure(Status::value, std::string("the checkpoint is corrupt: ") + why);
}

std::uint32_t crc32_of(std::string_view text) noexcept {
    std::uint32_t crc = ~std::uint32_t{0};
    const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
    for (; text.size() >= 8; text.remove_prefix(8)) {
        crc = kCrc[7][(crc ^ byte(0)) & 0xFF] ^ kCrc[6][(crc >> 8 ^ byte(1)) & 0xFF] ^
              kCrc[5][(crc >> 16 ^ byte(2)) & 0xFF] ^ kCrc[4][crc >> 24 ^ byte(3)] ^ kCrc[3][byte(4)] ^
              kCrc[2][byte(5)] ^ kCrc[1][byte(6)] ^ kCrc[0][byte(7)];
    }
    for (; !text.empty(); text.remove_prefix(1))
        crc = crc >> 8 ^ kCrc[0][(crc ^ byte(0)) & 0xFF];
    return ~crc;
}

} // namespace xtap::continuity
