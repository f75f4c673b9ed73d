// The list of forgotten stretches; see dedupe_forgotten.hpp.
#include "stream/continuity/dedupe_forgotten.hpp"

#include <algorithm>

namespace xtap::continuity {

void Forgotten::add(Interval stretch) noexcept {
    if (stretch.empty()) return;
    Interval *const begin = stretches_.data();
    Interval *const end = begin + count_;
    Interval *const first =
        std::find_if(begin, end, [&](const Interval &i) { return i.to_ms >= stretch.from_ms; });
    Interval *const last =
        std::find_if(first, end, [&](const Interval &i) { return i.from_ms > stretch.to_ms; });
    if (first == last) {
        std::move_backward(first, end, end + 1);
        *first = stretch;
        if (++count_ > kMost) join_nearest();
        return;
    }
    first->from_ms = std::min(first->from_ms, stretch.from_ms);
    first->to_ms = std::max((last - 1)->to_ms, stretch.to_ms);
    std::move(last, end, first + 1);
    count_ -= static_cast<std::size_t>(last - first) - 1;
}

bool Forgotten::contains(std::int64_t ms) const noexcept {
    // Events of now come after everything forgotten: the usual answer takes one comparison.
    for (std::size_t i = count_; i != 0 && ms < stretches_[i - 1].to_ms; --i)
        if (stretches_[i - 1].contains(ms)) return true;
    return false;
}

void Forgotten::join_nearest() noexcept {
    std::size_t nearest = 1;
    const auto before = [&](std::size_t i) {
        return static_cast<std::uint64_t>(stretches_[i].from_ms) -
               static_cast<std::uint64_t>(stretches_[i - 1].to_ms);
    };
    for (std::size_t i = 2; i < count_; ++i)
        if (before(i) < before(nearest)) nearest = i;
    stretches_[nearest - 1].to_ms = stretches_[nearest].to_ms;
    std::move(stretches_.data() + nearest + 1, stretches_.data() + count_, stretches_.data() + nearest);
    --count_;
}

} // namespace xtap::continuity
