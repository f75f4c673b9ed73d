// What the caller wants of repairs, duplicates and checkpoints, read once from the options.
#pragma once

#include <cstddef>
#include <cstdint>

namespace xtap::api {
class Options;
}

namespace xtap::tap {

struct ContinuityOptions {
    bool tells = true; // repairs, and names gaps: not with continuity=off
    bool recovers = true;
    std::int64_t late_ms = 0;
    std::int64_t redundancy = 1;
    std::int64_t dedupe_window_ms = 0;
    std::size_t dedupe_max_bytes = 0;
    std::int64_t keys_ms = 0; // how long the keys of what was delivered are kept for checkpoints
};

ContinuityOptions continuity_options(const api::Options &options);

} // namespace xtap::tap
