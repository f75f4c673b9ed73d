// Rice codes of gaps; see key_codec.hpp.
#include "stream/continuity/key_codec.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <numeric>

namespace xtap::continuity {
namespace {

constexpr std::size_t kBlock = 256;
constexpr std::size_t kFewForRadix = 2000;
constexpr unsigned kParameterBits = 6;
constexpr unsigned kEscape = 24; // so many ones and no zero: the gap follows as it is

constexpr unsigned kMostParameter = 57;

std::uint64_t bits_of(std::span<const std::uint64_t> gaps, unsigned parameter) {
    std::uint64_t bits = 0;
    for (const std::uint64_t gap : gaps) {
        const std::uint64_t quotient = gap >> parameter;
        bits += quotient < kEscape ? quotient + 1 + parameter : kEscape + 64;
    }
    return bits;
}

// For gaps of one size the best parameter is about the mean of their widths, which a few huge gaps do not
// carry away. But ids that are made in the same millisecond differ by little and all others by much: then the
// middle suits neither, and the best one lies higher. It is looked for as long as one can be better.
unsigned parameter_for(std::span<const std::uint64_t> gaps) {
    std::uint64_t widths = 0;
    for (const std::uint64_t gap : gaps)
        widths += static_cast<unsigned>(std::bit_width(gap));
    const std::uint64_t mean = (widths + gaps.size() / 2) / gaps.size();
    auto best = static_cast<unsigned>(std::min<std::uint64_t>(mean, kMostParameter));
    std::uint64_t least = bits_of(gaps, best);
    const unsigned from = best == 0 ? 0 : best - 1;
    for (unsigned other = from; other <= kMostParameter && gaps.size() * (other + 1) < least; ++other)
        if (const std::uint64_t bits = bits_of(gaps, other); bits < least) {
            best = other;
            least = bits;
        }
    return best;
}

void put_gap(std::uint64_t gap, unsigned parameter, BitWriter &to) {
    const std::uint64_t quotient = gap >> parameter;
    if (quotient >= kEscape) {
        to.put((1U << kEscape) - 1, kEscape);
        to.put_word(gap);
        return;
    }
    const auto ones = static_cast<unsigned>(quotient);
    to.put((std::uint64_t{1} << (ones + 1)) - 2, ones + 1);
    to.put(gap & ((std::uint64_t{1} << parameter) - 1), parameter);
}

std::uint64_t take_gap(unsigned parameter, BitReader &from) {
    const std::uint64_t quotient = from.take_ones(kEscape);
    if (quotient == kEscape) return from.take_word();
    return quotient << parameter | from.take(parameter);
}

// By eleven bits at a time, from the lowest on, and only by those in which any two numbers differ: a million
// ids of two minutes are sorted four times as fast as by comparing them.
void radix_sort(std::vector<std::uint64_t> &numbers) {
    constexpr unsigned digit_bits = 11;
    constexpr std::size_t digits = std::size_t{1} << digit_bits;
    std::uint64_t differing = 0;
    for (const std::uint64_t number : numbers)
        differing |= number ^ numbers.front();
    std::vector<std::uint64_t> sorted(numbers.size());
    for (unsigned shift = 0; shift < 64; shift += digit_bits) {
        const auto digit = [&](std::uint64_t number) { return number >> shift & (digits - 1); };
        if (digit(differing) == 0) continue;
        std::array<std::size_t, digits> next{};
        for (const std::uint64_t number : numbers)
            ++next[digit(number)];
        std::exclusive_scan(next.begin(), next.end(), next.begin(), std::size_t{0});
        for (const std::uint64_t number : numbers)
            sorted[next[digit(number)]++] = number;
        numbers.swap(sorted);
    }
}

} // namespace

// Gaps are one less than the difference: none is 0 otherwise.
void put_ascending(std::span<const std::uint64_t> numbers, BitWriter &to) {
    to.put_number(numbers.size());
    std::uint64_t least = 0;
    while (!numbers.empty()) {
        std::uint64_t gaps[kBlock];
        const std::size_t count = std::min(kBlock, numbers.size());
        for (std::size_t i = 0; i < count; ++i) {
            gaps[i] = numbers[i] - least;
            least = numbers[i] + 1;
        }
        const unsigned parameter = parameter_for({gaps, count});
        to.put(parameter, kParameterBits);
        for (std::size_t i = 0; i < count; ++i)
            put_gap(gaps[i], parameter, to);
        numbers = numbers.subspan(count);
    }
}

std::vector<std::uint64_t> take_ascending(BitReader &from) {
    const std::uint64_t count = from.take_number();
    if (count > from.left()) throw_corrupt("it promises more keys than it has room for");
    std::vector<std::uint64_t> numbers;
    numbers.reserve(count);
    unsigned parameter = 0;
    std::uint64_t least = 0;
    for (std::uint64_t i = 0; i < count; ++i) {
        if (i % kBlock == 0) parameter = static_cast<unsigned>(from.take(kParameterBits));
        if (parameter > kMostParameter) throw_corrupt("it holds a parameter that none has");
        const std::uint64_t number = least + take_gap(parameter, from);
        if (number < least || (i != 0 && least == 0)) throw_corrupt("its keys do not ascend");
        numbers.push_back(number);
        least = number + 1;
    }
    return numbers;
}

void sort_unique(std::vector<std::uint64_t> &numbers) {
    if (!std::is_sorted(numbers.begin(), numbers.end())) {
        if (numbers.size() < kFewForRadix)
            std::sort(numbers.begin(), numbers.end());
        else
            radix_sort(numbers);
    }
    numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
}

} // namespace xtap::continuity
