// See delivered_log.hpp.
#include "net/delivered_log.hpp"

#include "stream/event_time.hpp"
#include "stream/key_fold.hpp"

#include <algorithm>
#include <map>
#include <new>

namespace xtap::net {

namespace {

constexpr std::int32_t kNoEntryTime = std::numeric_limits<std::int32_t>::min();

constexpr std::uint64_t kAnyPosition = std::numeric_limits<std::uint64_t>::max();

// Seconds from 2010 fit into 32 bits until 2078; X's ids begin in November 2010.
constexpr std::int64_t kEpochS = 1'262'304'000;

std::int32_t seconds_of(std::int64_t ms) noexcept {
    if (ms == stream::kNoTime) return kNoEntryTime;
    const std::int64_t seconds = ms / 1000 - kEpochS;
    return static_cast<std::int32_t>(
        std::clamp<std::int64_t>(seconds, kNoEntryTime + 1, std::numeric_limits<std::int32_t>::max()));
}

// Whether an event of this time may lie in the stretch; one without a time may lie in any.
bool may_lie_in(std::int32_t time_s, const stream::Interval &stretch) noexcept {
    return time_s == kNoEntryTime ||
           (time_s >= seconds_of(stretch.from_ms) && time_s <= seconds_of(stretch.to_ms));
}

bool may_lie_in(std::int32_t time_s, const std::vector<stream::Interval> &stretches) noexcept {
    return std::any_of(stretches.begin(), stretches.end(),
                       [&](const stream::Interval &stretch) { return may_lie_in(time_s, stretch); });
}

// The time of a post is in its id.
std::int32_t time_told_by(std::uint64_t key, bool is_fold) noexcept {
    return is_fold ? kNoEntryTime : seconds_of(stream::snowflake_ms(key));
}

} // namespace

DeliveredLog::Entry DeliveredLog::Chunk::at(std::size_t index) const noexcept {
    const Tag tag = tags[index];
    const std::int32_t time_s = times ? (*times)[index] : time_told_by(keys[index], tag.is_fold != 0);
    return {keys[index], time_s, tag.partition, tag.is_event != 0, tag.is_fold != 0};
}

void DeliveredLog::Chunk::put(std::size_t index, const Entry &entry) noexcept {
    keys[index] = entry.key;
    tags[index].partition = entry.partition & (kPartitions - 1);
    tags[index].is_event = entry.is_event;
    tags[index].is_fold = entry.is_fold;
    if (times) (*times)[index] = entry.time_s;
}

DeliveredLog::Entry DeliveredLog::entry_of(const stream::Record &record) noexcept {
    const stream::Key key{record.key[0], record.key[1]};
    const auto kind = static_cast<Kind>(record.kind);
    Entry entry{};
    entry.is_event = !stream::is_notice(record.kind) && kind != Kind::event_malformed;
    entry.is_fold = !stream::is_post_key(key);
    entry.key = entry.is_fold ? stream::fold_key(key) : key[0];
    entry.time_s = seconds_of(record.time_ms);
    entry.partition = static_cast<std::uint16_t>(record.partition & (kPartitions - 1));
    return entry;
}

// ---- delivering ----

void DeliveredLog::delivered(const stream::Record &record, std::int64_t now_ms) noexcept {
    append(entry_of(record), now_ms);
    const std::uint64_t records = records_.load(std::memory_order_relaxed) + 1;
    records_.store(records, std::memory_order_release);
    if (records < next_mark_.load(std::memory_order_acquire)) return;
    try {
        const std::lock_guard lock(mutex_);
        place_marks();
    } catch (const std::bad_alloc &) {
        incomplete_.store(true);
    }
}

void DeliveredLog::overtaken(std::int64_t now_ms) noexcept { append({}, now_ms); }

void DeliveredLog::append(const Entry &entry, std::int64_t now_ms) noexcept {
    const std::uint64_t position = position_.load(std::memory_order_relaxed) + 1;
    try {
        if (last_ == nullptr || last_->count.load(std::memory_order_relaxed) == kChunk)
            begin_chunk(position, now_ms);
        if (!last_->times && entry.is_event && entry.time_s != time_told_by(entry.key, entry.is_fold))
            begin_times(*last_);
    } catch (const std::bad_alloc &) {
        // The event is delivered all the same: it is checkpoints that end here.
        incomplete_.store(true);
        position_.store(position, std::memory_order_release);
        return;
    }
    const std::size_t count = last_->count.load(std::memory_order_relaxed);
    last_->put(count, entry);
    last_->last_ms = now_ms;
    last_->count.store(count + 1, std::memory_order_release);
    position_.store(position, std::memory_order_release);
}

void DeliveredLog::begin_chunk(std::uint64_t position, std::int64_t now_ms) {
    auto chunk = std::make_unique<Chunk>();
    chunk->first_position = position;
    const std::lock_guard lock(mutex_);
    forget(now_ms);
    chunks_.push_back(std::move(chunk));
    last_ = chunks_.back().get();
}

void DeliveredLog::begin_times(Chunk &chunk) {
    auto times = std::make_unique<Chunk::Times>();
    for (std::size_t i = 0; i < chunk.count.load(std::memory_order_relaxed); ++i)
        (*times)[i] = chunk.at(i).time_s;
    const std::lock_guard lock(mutex_);
    chunk.times = std::move(times);
}

// Marks whose records are all delivered get the position they hold from.
void DeliveredLog::place_marks() {
    const std::uint64_t records = records_.load(std::memory_order_relaxed);
    const std::uint64_t position = position_.load(std::memory_order_relaxed);
    while (!waiting_.empty() && waiting_.front().records_put <= records) {
        Mark mark = std::move(waiting_.front());
        waiting_.pop_front();
        mark.position = position;
        // Nobody can ask for a position between two marks of the same place.
        const auto same = std::find_if(marks_.rbegin(), marks_.rend(), [&](const Mark &other) {
            return other.partition == mark.partition && other.position == position;
        });
        if (same != marks_.rend())
            *same = std::move(mark);
        else
            marks_.push_back(std::move(mark));
    }
    next_mark_.store(waiting_.empty() ? std::numeric_limits<std::uint64_t>::max()
                                      : waiting_.front().records_put,
                     std::memory_order_release);
}

// Whole chunks go, but for keys that a repair to come will meet again. The oldest position that can be asked
// for still has all the keys before it that a resumed stream meets.
void DeliveredLog::forget(std::int64_t now_ms) {
    for (; old_chunks_ < chunks_.size() && chunks_[old_chunks_]->last_ms < now_ms - keep_ms_; ++old_chunks_)
        oldest_ = chunks_[old_chunks_]->first_position + kChunk - 1;
    if (old_chunks_ == 0) return;
    std::vector<const Mark *> repairing; // the newest mark of each partition that has a repair to come
    for (auto mark = marks_.rbegin(); mark != marks_.rend(); ++mark)
        if (!mark->overlaps.empty() && mark_of(mark->partition, kAnyPosition) == &*mark)
            repairing.push_back(&*mark);
    const auto will_be_met = [&](const Entry &entry) {
        return std::any_of(repairing.begin(), repairing.end(), [&](const Mark *mark) {
            return mark->partition == entry.partition && may_lie_in(entry.time_s, mark->overlaps);
        });
    };
    std::erase_if(kept_, [&](const auto &kept) { return !will_be_met(kept.second); });
    while (chunks_.front()->last_ms < chunks_[old_chunks_ - 1]->last_ms - keep_ms_) {
        const Chunk &chunk = *chunks_.front();
        for (std::size_t i = 0; i < kChunk && !repairing.empty(); ++i) {
            const Entry entry = chunk.at(i);
            if (entry.is_event && entry.time_s != kNoEntryTime && will_be_met(entry))
                kept_.emplace_back(chunk.first_position + i, entry);
        }
        chunks_.pop_front();
        --old_chunks_;
    }
    // Of the marks before, the last one of each partition still holds.
    const auto superseded = [&](const Mark &mark) {
        return mark.position < oldest_ && mark_of(mark.partition, oldest_) != &mark;
    };
    for (auto mark = marks_.begin(); mark != marks_.end() && mark->position < oldest_;)
        mark = superseded(*mark) ? marks_.erase(mark) : std::next(mark);
}

// ---- coverage ----

void DeliveredLog::covered(std::uint32_t partition, const stream::Coverage &coverage,
                           std::vector<stream::Interval> overlaps, std::uint64_t records_put) {
    const std::lock_guard lock(mutex_);
    // While the consumer stands still, only the last word about a place counts.
    if (!waiting_.empty() && waiting_.back().partition == partition &&
        waiting_.back().records_put == records_put)
        waiting_.pop_back();
    waiting_.push_back({partition, records_put, 0, coverage, std::move(overlaps)});
    if (records_put <= records_.load(std::memory_order_acquire))
        place_marks();
    else
        next_mark_.store(waiting_.front().records_put, std::memory_order_release);
}

void DeliveredLog::restore(const std::vector<stream::PartitionCheckpoint> &partitions) {
    const std::lock_guard lock(mutex_);
    restored_ = partitions;
    for (const stream::PartitionCheckpoint &one : partitions)
        marks_.push_back({one.partition, 0, 0, {one.through_ms, one.holes}, {}});
}

// ---- checkpoints ----

std::uint64_t DeliveredLog::oldest() const {
    const std::lock_guard lock(mutex_);
    return oldest_;
}

const DeliveredLog::Mark *DeliveredLog::mark_of(std::uint32_t partition, std::uint64_t upto) const {
    const Mark *found = nullptr;
    for (const Mark &mark : marks_) {
        if (mark.position > upto) break;
        if (mark.partition == partition) found = &mark;
    }
    return found;
}

std::vector<stream::PartitionCheckpoint> DeliveredLog::at(std::uint64_t upto) const {
    if (incomplete_.load()) throw std::bad_alloc();
    const std::lock_guard lock(mutex_);
    std::map<std::uint32_t, const Mark *> last_marks;
    for (const Mark &mark : marks_) {
        if (mark.position > upto) break;
        last_marks[mark.partition] = &mark;
    }
    std::vector<Part> parts;
    for (const auto &[partition, mark] : last_marks) {
        parts.push_back({mark, {}});
        stream::PartitionCheckpoint &made = parts.back().made;
        made.partition = partition;
        made.through_ms = mark->coverage.through_ms;
        made.holes = mark->coverage.holes;
    }
    add_keys(upto, parts);
    std::vector<stream::PartitionCheckpoint> checkpoint;
    for (Part &part : parts) {
        add_restored_keys(part);
        checkpoint.push_back(std::move(part.made));
    }
    return checkpoint;
}

// By a stream that goes on from the mark.
bool DeliveredLog::may_be_met(const Entry &entry, const Mark &mark) const noexcept {
    const stream::Interval recent{mark.coverage.through_ms - keep_ms_,
                                  std::numeric_limits<std::int64_t>::max()};
    return may_lie_in(entry.time_s, recent) || may_lie_in(entry.time_s, mark.overlaps) ||
           may_lie_in(entry.time_s, mark.coverage.holes);
}

// One walk for all partitions: nothing is delivered meanwhile.
void DeliveredLog::add_keys(std::uint64_t upto, std::vector<Part> &parts) const {
    std::vector<Part *> by_number(kPartitions);
    for (Part &part : parts)
        if (part.made.partition < kPartitions) by_number[part.made.partition] = &part;
    const auto part_of = [&](const Entry &entry) { return by_number[entry.partition]; };
    const auto take = [](const Entry &entry, stream::PartitionCheckpoint &into) {
        if (entry.is_fold)
            into.folds.push_back(entry.key);
        else
            into.keys.push_back({entry.key, 0});
    };
    for (const auto &chunk : chunks_) {
        if (chunk->first_position > upto) break;
        const std::size_t count = std::min<std::size_t>(chunk->count.load(std::memory_order_acquire),
                                                        upto - chunk->first_position + 1);
        for (std::size_t i = 0; i < count; ++i) {
            const Entry entry = chunk->at(i);
            Part *const part = entry.is_event ? part_of(entry) : nullptr;
            if (part != nullptr && may_be_met(entry, *part->mark)) take(entry, part->made);
        }
    }
    for (const auto &[position, entry] : kept_)
        if (Part *const part = part_of(entry); part != nullptr && position <= upto) take(entry, part->made);
}

void DeliveredLog::add_restored_keys(Part &part) const {
    const stream::Coverage &coverage = part.mark->coverage;
    stream::PartitionCheckpoint &into = part.made;
    for (const stream::PartitionCheckpoint &before : restored_) {
        if (before.partition != into.partition) continue;
        const bool met = coverage.holes.empty() && coverage.through_ms - keep_ms_ > before.through_ms;
        if (met) continue;
        into.keys.insert(into.keys.end(), before.keys.begin(), before.keys.end());
        into.folds.insert(into.folds.end(), before.folds.begin(), before.folds.end());
    }
}

} // namespace xtap::net
