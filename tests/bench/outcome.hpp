// What one run of one consumer brought. Plain numbers, so that it crosses a pipe as it is; knows nothing of
// how they were measured.
#pragma once

#include <array>
#include <cstdint>
#include <type_traits>

namespace xtap::bench {

struct Outcome {
    // Of the stretch after the warm-up.
    double seconds = 0;
    double cpu_seconds = 0;
    double bytes = 0; // of the events, line ends included; for curl without its own decompression: as sent
    double events = 0;
    double allocations = 0;
    // Of the whole run.
    std::uint64_t all_events = 0;
    std::uint64_t all_bytes = 0;
    std::uint64_t peak_kib = 0;
    // Of a paced run: from before the server's write to the callback.
    double p50_us = 0, p99_us = 0, p999_us = 0, worst_us = 0;
    std::array<char, 512> failure{}; // empty: it went well

    bool failed() const { return failure[0] != '\0'; }
    double bytes_per_second() const { return seconds > 0 ? bytes / seconds : 0; }
};
static_assert(std::is_trivially_copyable_v<Outcome>);

} // namespace xtap::bench
