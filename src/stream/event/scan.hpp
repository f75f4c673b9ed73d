// The first pass over a line: where its quotes, brackets, colons and commas outside strings are, as bit
// masks. Knows bytes only; must not know what an event is, nor which fields anybody wants.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace xtap::event {

// 64 bytes of a line; bit n is byte n. Bytes past the end of the line count as nothing.
struct BlockBits {
    std::uint64_t quotes;      // those that open or close a string
    std::uint64_t backslashes; // all of them
    std::uint64_t openers;     // { [ outside strings
    std::uint64_t closers;     // } ] outside strings
    std::uint64_t colons;      // outside strings
    std::uint64_t commas;      // outside strings; 0 unless asked for
    std::int32_t depth;        // brackets open where the block begins
    std::int32_t floor;        // no place in the block is less deep: all closers taken off, no opener added
};

constexpr std::uint32_t kBlockBytes = 64;

constexpr std::size_t blocks_of(std::size_t size) { return (size + kBlockBytes - 1) / kBlockBytes; }

// Where a scan writes: blocks_of(size) entries, and the brackets outside strings one after another. The
// latter are written in steps, so there must be room for kBlockBytes more than the line has.
struct ScanRoom {
    BlockBits *blocks;
    char *brackets;
};

// What is known when the whole line was seen.
struct LineEnd {
    std::size_t brackets; // how many there are outside strings
    bool in_string;       // a string is still open
    bool non_ascii;
};

// Reads [data, data + size) and nothing beside it.
using ScanFunction = LineEnd (*)(const char *data, std::size_t size, const ScanRoom &room);

struct Backend {
    const char *name;
    ScanFunction scan;
    ScanFunction scan_with_commas;
};

// The backends that this processor can run, the fastest first. Never empty: the portable one is always there.
std::span<const Backend> backends();

} // namespace xtap::event
