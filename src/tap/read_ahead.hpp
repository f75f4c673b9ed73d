// The bounded queue between the I/O thread, which fills it, and the one thread that is inside run or read.
// Records stay where they were decoded; only the last segment is still being written while the first is read.
#pragma once

#include "stream/event/segment.hpp"
#include "tap/record_sink.hpp"

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

namespace xtap::tap {

class ReadAhead final : public RecordSink {
public:
    ReadAhead(std::size_t capacity_bytes, std::size_t columns_per_event);

    // ---- the filling side ----
    event::BatchView *batch() override;
    event::BatchView *next(const event::Need &need) override;
    bool full() const override;
    bool half_full() const override;
    bool far_behind() const override { return !below_half(); }
    std::uint64_t records_put() const override;
    // Before a round of filling: what was read meanwhile becomes room again, still warm in the cache.
    void begin();
    // After it: what was written becomes readable. True when something did.
    bool commit();

    // ---- the reading side ----
    struct Unread {
        event::BatchView view; // as it was committed: the writer does not touch these records any more
        std::size_t begin = 0, end = 0;
    };
    Unread unread() const;
    // Records of the first segment before index `end` are delivered. True when the writer waits for room.
    bool consume(std::size_t end);

    // ---- any thread ----
    std::uint64_t bytes() const noexcept { return bytes_.load(std::memory_order_relaxed); }
    std::uint64_t records() const noexcept { return records_.load(std::memory_order_relaxed); }
    std::uint64_t capacity() const noexcept { return capacity_; }
    bool below_half() const noexcept { return bytes() < capacity_ / 2; }

private:
    struct Slot {
        std::unique_ptr<event::Segment> segment;
        event::BatchView committed; // a copy of the segment's view at the last commit
        std::size_t consumed = 0;
    };

    std::uint64_t cost(const Slot &slot, std::size_t records) const;
    void publish(Slot &slot);
    bool writer_waits_for(std::uint64_t most_bytes) const;
    bool reuse(Slot &slot);
    void keep(std::unique_ptr<event::Segment> segment);
    std::unique_ptr<event::Segment> segment_for(const event::Need &need);

    const std::uint64_t capacity_;
    const std::size_t columns_per_event_;
    mutable std::mutex
        mutex_; // slots_, free_, and what is in them except the last segment's uncommitted part
    std::deque<Slot> slots_;
    std::vector<std::unique_ptr<event::Segment>> free_;
    event::Segment *last_ = nullptr; // the segment being written: the filling side's own
    std::atomic<std::uint64_t> bytes_{0}, records_{0};
    std::uint64_t published_ = 0; // records ever made readable
    mutable std::atomic<bool> writer_waits_{false};
};

} // namespace xtap::tap
