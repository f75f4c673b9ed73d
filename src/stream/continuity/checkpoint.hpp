// A checkpoint as text: from where another process goes on. Knows nothing of streams or files.
#pragma once

#include "stream/continuity/interval.hpp"
#include "stream/continuity/key_fold.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace xtap::continuity {

// Times that a checkpoint holds: X began in 2006.
inline constexpr std::int64_t kEarliestMs = 1'136'073'600'000; // 2006-01-01T00:00:00Z
inline constexpr std::int64_t kLatestMs = 4'102'444'800'000;   // 2100-01-01T00:00:00Z

struct PartitionCheckpoint {
    std::uint32_t partition = 0;
    std::int64_t through_ms = 0;           // all before it was delivered, but
    std::vector<Interval> holes = {};      // these, still to be repaired
    std::vector<Key> keys = {};            // of the last 120 s before through_ms and in the holes
    std::vector<std::uint64_t> folds = {}; // the same, of which only fold_key() is known

    bool operator==(const PartitionCheckpoint &) const = default;
};

struct Checkpoint {
    std::string operation;
    std::vector<PartitionCheckpoint> partitions;

    bool operator==(const Checkpoint &) const = default;
};

// One line of printable ASCII that needs no quotes in a shell:
//
//   xtap-checkpoint.VERSION.LENGTH.PAYLOAD.CRC
//
// LENGTH: of PAYLOAD, decimal. PAYLOAD: bits, six to a character of base64url. CRC: CRC-32 of all before its
// dot, eight hexadecimal digits. Keys of posts stay exact, keys of 128 bits become their folds, both in
// ascending order and without repetitions; empty holes are left out.
// Times before kEarliestMs or after kLatestMs, which only a wrong clock or a caller's start_time tells, are
// written as these two: no event is older, and none is as young.
//
// Size: N ascending numbers over a range R cost about log2(R / N) + 1.6 bits each, and six bits make a
// character. Posts, R being 2^22 a millisecond: (log2(2^22 * 1000 / rate per second) + 1.6) / 6, or 3.4
// characters at 10,000/s. Measured with ids as X makes them, unevenly within a millisecond: 3.8. Folds, R
// being 2^64: (64 - log2(N) + 1.6) / 6, or 7.6 for 1.2 million, which is also what was measured.
std::string write_checkpoint(const Checkpoint &checkpoint);

// White space after the text is allowed. Throws Failure(Status::value) that says whether the text is
// truncated, corrupt, of a newer version, or no checkpoint at all. Corrupt is also what write_checkpoint
// never writes: a time outside those two, a partition twice. Holes come in ascending order, and none touches
// the next.
Checkpoint read_checkpoint(std::string_view text);

} // namespace xtap::continuity
