// Times that are promised to users, measured on machines that are busy with something else. The least of
// several tries is what the library takes: whatever waits for a timer or a time-out in it waits in every one
// of them.
#pragma once

#include "patience.hpp"

#include <algorithm>
#include <chrono>

namespace xtap::test {

using Clock = std::chrono::steady_clock;

inline std::chrono::milliseconds since(Clock::time_point begun) {
    return std::chrono::ceil<std::chrono::milliseconds>(Clock::now() - begun);
}

// How long the quickest try took; the first within `promised` is quick enough. `one_try` says how long it
// took.
template <class Try> std::chrono::milliseconds quickest(std::chrono::milliseconds promised, Try &&one_try) {
    constexpr int kTries = 10;
    auto least = std::chrono::milliseconds::max();
    for (int i = 0; i < kTries && least > promised; ++i)
        least = std::min(least, std::chrono::milliseconds(one_try()));
    return least;
}

} // namespace xtap::test
