// Ascending numbers in few bits. Knows nothing of what they number.
#pragma once

#include "stream/continuity/checkpoint_bits.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace xtap::continuity {

// REQUIRES: strictly ascending. The gaps are Rice-coded in blocks that each have their own parameter, so that
// a burst and a quiet stretch both cost little; a gap far larger than its block's costs 88 bits.
void put_ascending(std::span<const std::uint64_t> numbers, BitWriter &to);
std::vector<std::uint64_t> take_ascending(BitReader &from);

void sort_unique(std::vector<std::uint64_t> &numbers);

} // namespace xtap::continuity
