// See arrivals.hpp.
#include "arrivals.hpp"

#include "events.hpp"

#include <cmath>

namespace xtap::sim {
namespace {

constexpr std::uint64_t kMillion = 1'000'000;

} // namespace

Arrivals::Arrivals(Timeline timeline, std::uint64_t salt, std::uint64_t late_ms, double share_percent)
    : timeline_(timeline), salt_(mix(~salt)), longest_(static_cast<Micros>(late_ms) * 1000),
      millionths_(late_ms > 0 ? static_cast<std::uint64_t>(std::llround(share_percent * 10'000)) : 0) {}

Micros Arrivals::delay_of(std::uint64_t number) const {
    if (millionths_ == 0) return 0;
    const std::uint64_t random = mix(salt_ ^ number);
    if (random % kMillion >= millionths_) return 0;
    return 1 + static_cast<Micros>(mix(random) % static_cast<std::uint64_t>(longest_));
}

} // namespace xtap::sim
