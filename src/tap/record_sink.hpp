// Where a leg's records go: the room there is, and how much of it is taken. Knows nothing of connections.
#pragma once

#include "stream/event/batch.hpp"

#include <cstdint>

namespace xtap::tap {

class RecordSink {
public:
    // The batch to fill now; null when records may not be taken now.
    virtual event::BatchView *batch() = 0;
    // The batch cannot take `need`: another one that can, or null (the leg keeps its bytes and stops
    // reading).
    virtual event::BatchView *next(const event::Need &need) = 0;
    // No more bytes should be read now, although records could still be taken.
    virtual bool full() const = 0;
    virtual bool half_full() const = 0;
    // The consumer is so far behind that no lost connection should be made again.
    virtual bool far_behind() const = 0;
    // How many records were put so far, all batches together.
    virtual std::uint64_t records_put() const = 0;

protected:
    ~RecordSink() = default;
};

} // namespace xtap::tap
