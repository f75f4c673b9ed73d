// Bits as text, six to a character of base64url. Knows nothing of what the bits mean.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace xtap::continuity {

// Writes numbers bit by bit, the highest bit first, to the end of a text.
class BitWriter {
public:
    explicit BitWriter(std::string &text) : text_(text) {}

    // The lowest `bits` of the value, at most 58.
    void put(std::uint64_t value, unsigned bits);
    void put_word(std::uint64_t value);
    // Small numbers in few bits: six for each five.
    void put_number(std::uint64_t value);
    // Fills the last character with zero bits.
    void finish();

private:
    std::string &text_;
    std::uint64_t pending_ = 0; // fewer than six bits between calls
    unsigned count_ = 0;
};

// Reads what BitWriter wrote. Every way in which the text can be wrong is the Failure of a corrupt
// checkpoint.
class BitReader {
public:
    explicit BitReader(std::string_view text) : text_(text) {}

    std::uint64_t take(unsigned bits); // at most 58
    std::uint64_t take_word();
    std::uint64_t take_number();
    // How many one bits come, at most `most` (below 58); the zero bit after fewer is taken too.
    unsigned take_ones(unsigned most);
    // Throws unless nothing but the zero bits of finish() is left.
    void expect_end();
    // No more than so many bits can follow.
    std::uint64_t left() const noexcept { return std::uint64_t{text_.size()} * 6 + count_; }

private:
    void fill();
    void drop(unsigned bits);

    std::string_view text_;
    std::uint64_t next_ = 0; // the next bits, from the highest on
    unsigned count_ = 0;
};

[[noreturn]] void throw_corrupt(const std::string &why);

} // namespace xtap::continuity
