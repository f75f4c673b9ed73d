// The time and the random bytes that credentials need, replaceable in tests.
#pragma once

#include <cstdint>
#include <functional>
#include <span>

namespace xtap::edge {

struct Sources {
    std::function<std::int64_t()> wall_ms;       // unix time
    std::function<void(std::span<char>)> random; // fills it with bytes that nobody can guess
};

// The system's. Its random source throws Failure(internal) when the kernel has none to give.
Sources system_sources();

} // namespace xtap::edge
