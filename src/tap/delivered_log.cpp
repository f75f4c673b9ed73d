// See delivered_log.hpp.
#include "tap/delivered_log.hpp"

#include "stream/continuity/key_fold.hpp"
#include "stream/event/event_time.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <new>
#include <stdexcept>
#include <unordered_set>

namespace xtap::tap {

namespace {

constexpr std::int32_t kNoEntryTime = std::numeric_limits<std::int32_t>::min();

// Seconds from 2010 fit into 32 bits until 2078; X's ids begin in November 2010.
constexpr std::int64_t kEpochS = 1'262'304'000;

std::int32_t seconds_of(std::int64_t ms) noexcept {
    if (ms == event::kNoTime) return kNoEntryTime;
    const std::int64_t seconds = ms / 1000 - kEpochS;
    return static_cast<std::int32_t>(
        std::clamp<std::int64_t>(seconds, kNoEntryTime + 1, std::numeric_limits<std::int32_t>::max()));
}

// Whether an event of this time may lie in the stretch; one without a time may lie in any.
bool may_lie_in(std::int32_t time_s, const continuity::Interval &stretch) noexcept {
    return time_s == kNoEntryTime ||
           (time_s >= seconds_of(stretch.from_ms) && time_s <= seconds_of(stretch.to_ms));
}

bool may_lie_in(std::int32_t time_s, const std::vector<continuity::Interval> &stretches) noexcept {
    return std::any_of(stretches.begin(), stretches.end(),
                       [&](const continuity::Interval &stretch) { return may_lie_in(time_s, stretch); });
}

// The time of a post is in its id.
std::int32_t time_told_by(std::uint64_t key, bool is_fold) noexcept {
    return is_fold ? kNoEntryTime : seconds_of(event::snowflake_ms(key));
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

DeliveredLog::Entry DeliveredLog::entry_of(const event::Record &record) noexcept {
    const continuity::Key key{record.key[0], record.key[1]};
    const auto kind = static_cast<Kind>(record.kind);
    Entry entry{};
    entry.is_event = !event::is_notice(record.kind) && kind != Kind::event_malformed;
    entry.is_fold = !continuity::is_post_key(key);
    entry.key = entry.is_fold ? continuity::fold_key(key) : key[0];
    entry.time_s = seconds_of(record.time_ms);
    entry.partition = static_cast<std::uint16_t>(record.partition & (kPartitions - 1));
    return entry;
}

// ---- delivering ----

void DeliveredLog::delivered(const event::Record &record, std::int64_t now_ms) noexcept {
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
        auto same = marks_.rbegin();
        while (same != marks_.rend() && same->position == position && same->partition != mark.partition)
            ++same;
        if (same != marks_.rend() && same->position == position)
            *same = std::move(mark);
        else
            marks_.push_back(std::move(mark));
    }
    next_mark_.store(waiting_.empty() ? std::numeric_limits<std::uint64_t>::max()
                                      : waiting_.front().records_put,
                     std::memory_order_release);
}

// Whole chunks go, but for keys that a stream may meet that goes on from any position that can still be asked
// for. Not before there is so much to forget that looking at every mark is worth it.
void DeliveredLog::forget(std::int64_t now_ms) {
    for (; old_chunks_ < chunks_.size() && chunks_[old_chunks_]->last_ms < now_ms - keep_ms_; ++old_chunks_)
        oldest_ = chunks_[old_chunks_]->first_position + kChunk - 1;
    if (old_chunks_ == 0) return;
    const std::int64_t limit_ms = chunks_[old_chunks_ - 1]->last_ms - keep_ms_;
    std::size_t going = 0;
    while (going < old_chunks_ && chunks_[going]->last_ms < limit_ms)
        ++going;
    if (going * kChunk < marks_.size() + kept_.size()) return;
    drop_superseded_marks();
    drop_met_restored();
    const Reaches reaches = this->reaches();
    const auto will_be_met = [&](const Entry &entry) {
        const auto reach = reaches.find(entry.partition);
        return reach != reaches.end() && reach->second.holds(entry.time_s);
    };
    std::erase_if(kept_, [&](const auto &kept) { return !will_be_met(kept.second); });
    for (; going > 0; --going, --old_chunks_) {
        const Chunk &chunk = *chunks_.front();
        for (std::size_t i = 0; i < kChunk; ++i) {
            const Entry entry = chunk.at(i);
            if (entry.is_event && entry.time_s != kNoEntryTime && will_be_met(entry))
                kept_.emplace_back(chunk.first_position + i, entry);
        }
        chunks_.pop_front();
    }
}

// Of the marks before the oldest position, the last one of each partition still holds.
void DeliveredLog::drop_superseded_marks() {
    const auto end =
        std::upper_bound(marks_.begin(), marks_.end(), oldest_,
                         [](std::uint64_t position, const Mark &mark) { return position < mark.position; });
    std::deque<Mark> left;
    std::unordered_set<std::uint32_t> seen;
    for (auto mark = end; mark != marks_.begin();)
        if (--mark; seen.insert(mark->partition).second) left.push_front(std::move(*mark));
    marks_.erase(marks_.begin(), end);
    marks_.insert(marks_.begin(), std::make_move_iterator(left.begin()), std::make_move_iterator(left.end()));
}

// REQUIRES: drop_superseded_marks() before.
void DeliveredLog::drop_met_restored() {
    const auto met = [&](const continuity::PartitionCheckpoint &before) {
        return std::all_of(marks_.begin(), marks_.end(), [&](const Mark &mark) {
            return mark.partition != before.partition || is_met(before, mark.coverage);
        });
    };
    std::erase_if(restored_, met);
}

DeliveredLog::Reaches DeliveredLog::reaches() const {
    Reaches reaches;
    for (const Mark &mark : marks_) {
        Reach &reach = reaches[mark.partition];
        reach.recent_from_ms = std::min(reach.recent_from_ms, mark.coverage.through_ms - keep_ms_);
        for (const continuity::Interval &overlap : mark.overlaps)
            reach.widen(overlap);
        for (const continuity::Interval &hole : mark.coverage.holes)
            reach.widen(hole);
    }
    return reaches;
}

bool DeliveredLog::Reach::holds(std::int32_t time_s) const noexcept {
    return time_s >= seconds_of(recent_from_ms) || may_lie_in(time_s, stretches);
}

// From mark to mark a stretch moves by a second: few are left.
void DeliveredLog::Reach::widen(const continuity::Interval &stretch) {
    const auto touching = std::find_if(stretches.begin(), stretches.end(), [&](const auto &one) {
        return one.from_ms <= stretch.to_ms && stretch.from_ms <= one.to_ms;
    });
    if (touching == stretches.end()) return stretches.push_back(stretch);
    touching->from_ms = std::min(touching->from_ms, stretch.from_ms);
    touching->to_ms = std::max(touching->to_ms, stretch.to_ms);
}

// ---- coverage ----

void DeliveredLog::covered(std::uint32_t partition, const continuity::Coverage &coverage,
                           std::vector<continuity::Interval> overlaps, std::uint64_t records_put) {
    const std::lock_guard lock(mutex_);
    Mark mark{partition, records_put, 0, coverage, std::move(overlaps)};
    // While the consumer stands still, only the last word about a place counts.
    auto same = waiting_.rbegin();
    while (same != waiting_.rend() && same->records_put == records_put && same->partition != partition)
        ++same;
    if (same != waiting_.rend() && same->records_put == records_put)
        *same = std::move(mark);
    else
        waiting_.push_back(std::move(mark));
    if (records_put <= records_.load(std::memory_order_acquire))
        place_marks();
    else
        next_mark_.store(waiting_.front().records_put, std::memory_order_release);
}

void DeliveredLog::restore(const std::vector<continuity::PartitionCheckpoint> &partitions) {
    const std::lock_guard lock(mutex_);
    restored_ = partitions;
    for (const continuity::PartitionCheckpoint &one : partitions)
        marks_.push_back({one.partition, 0, 0, {one.through_ms, one.holes}, {}});
}

// ---- checkpoints ----

std::uint64_t DeliveredLog::oldest() const {
    const std::lock_guard lock(mutex_);
    return oldest_;
}

std::vector<continuity::PartitionCheckpoint> DeliveredLog::at(std::uint64_t upto) const {
    if (incomplete_.load()) throw std::bad_alloc();
    const std::lock_guard lock(mutex_);
    if (upto < oldest_) throw std::out_of_range("forgotten");
    std::map<std::uint32_t, const Mark *> last_marks;
    for (const Mark &mark : marks_) {
        if (mark.position > upto) break;
        last_marks[mark.partition] = &mark;
    }
    std::vector<Part> parts;
    for (const auto &[partition, mark] : last_marks) {
        parts.push_back({mark, {}});
        continuity::PartitionCheckpoint &made = parts.back().made;
        made.partition = partition;
        made.through_ms = mark->coverage.through_ms;
        made.holes = mark->coverage.holes;
    }
    add_keys(upto, parts);
    std::vector<continuity::PartitionCheckpoint> checkpoint;
    for (Part &part : parts) {
        add_restored_keys(part);
        checkpoint.push_back(std::move(part.made));
    }
    return checkpoint;
}

// By a stream that goes on from the mark.
bool DeliveredLog::may_be_met(const Entry &entry, const Mark &mark) const noexcept {
    const continuity::Interval recent{mark.coverage.through_ms - keep_ms_,
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
    const auto take = [](const Entry &entry, continuity::PartitionCheckpoint &into) {
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
        if (Part *const part = part_of(entry);
            part != nullptr && position <= upto && may_be_met(entry, *part->mark))
            take(entry, part->made);
}

// A stream that goes on from the coverage meets nothing of what an earlier life delivered.
bool DeliveredLog::is_met(const continuity::PartitionCheckpoint &before,
                          const continuity::Coverage &coverage) const noexcept {
    return coverage.holes.empty() && coverage.through_ms - keep_ms_ > before.through_ms;
}

// A fold does not tell its time: all of them stay until the last of them is met.
void DeliveredLog::add_restored_keys(Part &part) const {
    continuity::PartitionCheckpoint &into = part.made;
    for (const continuity::PartitionCheckpoint &before : restored_) {
        if (before.partition != into.partition || is_met(before, part.mark->coverage)) continue;
        for (const continuity::Key &key : before.keys) {
            const Entry entry{key[0], time_told_by(key[0], false), 0, true, false};
            if (may_be_met(entry, *part.mark)) into.keys.push_back(key);
        }
        into.folds.insert(into.folds.end(), before.folds.begin(), before.folds.end());
    }
}

} // namespace xtap::tap
