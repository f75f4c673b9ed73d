// The stretches of time whose keys were forgotten: a short list, however often that happens. Never allocates.
#pragma once

#include "stream/continuity/interval.hpp"

#include <array>
#include <cstddef>

namespace xtap::continuity {

class Forgotten {
public:
    // Beyond kMost separate stretches the two with the least between them become one: what lies between then
    // counts as forgotten too, which costs a flag on an event and never an event.
    void add(Interval stretch) noexcept;
    bool contains(std::int64_t ms) const noexcept;
    std::size_t count() const noexcept { return count_; }

    static constexpr std::size_t kMost = 64;

private:
    void join_nearest() noexcept;

    std::array<Interval, kMost + 1> stretches_; // ascending, none touches the next
    std::size_t count_ = 0;
};

} // namespace xtap::continuity
