// How long tests wait before they call something broken. Nothing here is what a library may take, except
// kCancelWithin, which is promised to users and named here once.
#pragma once

#include <chrono>

namespace xtap::test {

#if defined(__SANITIZE_THREAD__)
constexpr int kSlowdown = 10;
#elif defined(__SANITIZE_ADDRESS__)
constexpr int kSlowdown = 5; // sanitizers, and machines that run several at once
#else
constexpr int kSlowdown = 1;
#endif

// A test that is not done by then hangs.
constexpr std::chrono::milliseconds kPatience{20'000 * kSlowdown};
// cancel takes effect within 100 ms; quickest.hpp tells that from what a busy machine adds.
constexpr std::chrono::milliseconds kCancelWithin{100 * kSlowdown};

} // namespace xtap::test
