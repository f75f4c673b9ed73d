// What the library is compared with: libcurl alone, throwing the bytes away. Knows nothing of xtap.
#pragma once

#include "outcome.hpp"

#include <cstdint>
#include <string>

namespace xtap::bench {

struct Reference {
    std::string url;
    std::string ca_file;
    long buffer_bytes = 16 * 1024;
    bool decompress = false;
    bool stamped = false;         // look for the time in every piece: one event each
    std::uint64_t warm_bytes = 0; // of what the callback gets
    std::uint64_t expected_bytes = 0;
    double events_per_byte = 0;
    std::uint64_t expected_events = 0;
};

Outcome run_reference(const Reference &reference);

} // namespace xtap::bench
