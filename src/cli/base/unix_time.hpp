// The wall clock, as the library counts it: unix time in milliseconds.
#pragma once

#include <chrono>
#include <cstdint>

namespace xtap::cli {

inline std::int64_t unix_ms() {
    using namespace std::chrono;
    return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

} // namespace xtap::cli
