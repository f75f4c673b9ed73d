// A batch that owns its memory: what run delivers from and what the read-ahead queue is made of.
#pragma once

#include "stream/event/batch.hpp"

#include <memory>
#include <span>

namespace xtap::event {

class Segment {
public:
    // Small enough to stay in a core's L2 together with curl's buffer, large enough that its upkeep does not
    // show.
    static constexpr std::size_t kDataBytes = 128 * 1024;
    static constexpr std::size_t kRecords = 512;

    // Room for at least `least` and for the usual amount, `columns_per_event` columns an event.
    Segment(std::size_t columns_per_event, Need least);

    BatchView &batch() noexcept { return batch_; }
    const BatchView &batch() const noexcept { return batch_; }
    bool usual_size() const noexcept { return usual_; }

private:
    std::unique_ptr<char[]> data_;
    std::unique_ptr<Record[]> records_;
    std::unique_ptr<Column[]> columns_;
    BatchView batch_;
    bool usual_;
};

} // namespace xtap::event
