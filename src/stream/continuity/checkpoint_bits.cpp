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

void throw_corrupt(const std::string &why) {
    throw Failure(Status::value, "the checkpoint is corrupt: " + why);
}

} // namespace xtap::continuity
