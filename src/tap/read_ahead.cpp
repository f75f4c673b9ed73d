// See read_ahead.hpp.
#include "tap/read_ahead.hpp"

namespace xtap::tap {

namespace {

// A few are kept for reuse: the one used last is likely still in the cache.
constexpr std::size_t kMostFree = 4;

} // namespace

ReadAhead::ReadAhead(std::size_t capacity_bytes, std::size_t columns_per_event)
    : capacity_(capacity_bytes), columns_per_event_(columns_per_event) {
    free_.reserve(kMostFree);
}

event::BatchView *ReadAhead::batch() {
    // Only this thread adds and removes at the back, so looking at the last slot needs no lock; the reader
    // removes slots at the front only while another one stands behind them.
    if (last_ == nullptr) return next({});
    return &last_->batch();
}

event::BatchView *ReadAhead::next(const event::Need &need) {
    const std::lock_guard lock(mutex_);
    if (!slots_.empty()) {
        publish(slots_.back());
        if (reuse(slots_.back())) {
            if (last_->batch().fits(need)) return &last_->batch();
            // Empty and too small: left where it is, it would never be read, and so never be freed.
            keep(std::move(slots_.back().segment));
            slots_.pop_back();
            last_ = nullptr;
        }
    }
    // A few compressed bytes may stand for very many: then what is full must say so in the middle of them.
    if (full()) return nullptr;
    Slot slot;
    slot.segment = segment_for(need);
    slot.committed = slot.segment->batch();
    slots_.push_back(std::move(slot));
    last_ = slots_.back().segment.get();
    return &last_->batch();
}

bool ReadAhead::full() const { return writer_waits_for(capacity_); }

bool ReadAhead::half_full() const { return writer_waits_for(capacity_ / 2); }

bool ReadAhead::writer_waits_for(std::uint64_t most_bytes) const {
    if (bytes() < most_bytes) return false;
    writer_waits_.store(true);
    // The reader may have made room between the two: then nobody else would wake the writer. Sequentially
    // consistent, as in consume: either the reader sees that the writer waits, or the writer sees the room.
    return bytes_.load() >= most_bytes;
}

std::uint64_t ReadAhead::records_put() const {
    const std::lock_guard lock(mutex_);
    if (slots_.empty()) return published_;
    return published_ + last_->batch().record_count() - slots_.back().committed.record_count();
}

void ReadAhead::begin() {
    const std::lock_guard lock(mutex_);
    if (!slots_.empty()) reuse(slots_.back());
}

bool ReadAhead::commit() {
    const std::lock_guard lock(mutex_);
    if (slots_.empty()) return false;
    publish(slots_.back());
    return records() > 0;
}

ReadAhead::Unread ReadAhead::unread() const {
    const std::lock_guard lock(mutex_);
    for (const Slot &slot : slots_)
        if (slot.consumed < slot.committed.record_count())
            return {slot.committed, slot.consumed, slot.committed.record_count()};
    return {};
}

bool ReadAhead::consume(std::size_t end) {
    const std::lock_guard lock(mutex_);
    // unread() skips slots that are used up: only the last one can be, and it is the writer's to reuse.
    for (auto slot = slots_.begin(); slot != slots_.end(); ++slot) {
        if (slot->consumed >= slot->committed.record_count()) continue;
        bytes_ -= cost(*slot, end) - cost(*slot, slot->consumed);
        records_ -= end - slot->consumed;
        slot->consumed = end;
        if (end == slot->committed.record_count() && slot->segment.get() != last_) {
            keep(std::move(slot->segment));
            slots_.erase(slot);
        }
        break;
    }
    return below_half() && writer_waits_.exchange(false);
}

// What the first `records` records of a slot count for: their bytes and their own size.
std::uint64_t ReadAhead::cost(const Slot &slot, std::size_t records) const {
    const std::size_t count = slot.committed.record_count();
    const std::size_t data =
        records < count ? slot.committed.records()[records].json_offset : slot.committed.data_size();
    return data + records * (sizeof(event::Record) + columns_per_event_ * sizeof(event::Column));
}

void ReadAhead::publish(Slot &slot) {
    const std::size_t before = slot.committed.record_count();
    const std::uint64_t cost_before = cost(slot, before);
    slot.committed = slot.segment->batch();
    bytes_ += cost(slot, slot.committed.record_count()) - cost_before;
    records_ += slot.committed.record_count() - before;
    published_ += slot.committed.record_count() - before;
}

// The last segment starts afresh when all in it was read. Memory in use never grows while the reader keeps
// up.
bool ReadAhead::reuse(Slot &slot) {
    const std::size_t written = slot.segment->batch().record_count();
    if (slot.consumed != written) return false;
    // Bytes without records (an event dropped half-way) go too: nobody can refer to them.
    slot.segment->batch().clear();
    slot.committed = slot.segment->batch();
    slot.consumed = 0;
    return true;
}

void ReadAhead::keep(std::unique_ptr<event::Segment> segment) {
    if (free_.size() < kMostFree && segment->usual_size()) free_.push_back(std::move(segment));
}

std::unique_ptr<event::Segment> ReadAhead::segment_for(const event::Need &need) {
    if (!free_.empty()) {
        free_.back()->batch().clear();
        if (free_.back()->batch().fits(need)) {
            auto segment = std::move(free_.back());
            free_.pop_back();
            return segment;
        }
    }
    return std::make_unique<event::Segment>(columns_per_event_, need);
}

} // namespace xtap::tap
