// What was delivered lately, record by record, and how far the coverage reached at each place: from it a
// checkpoint is made that holds exactly what was delivered up to a position. One thread delivers, another one
// tells the coverage, any may ask.
#pragma once

#include "stream/continuity/checkpoint.hpp"
#include "stream/continuity/continuity.hpp"
#include "stream/event/batch.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <deque>
#include <limits>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <utility>
#include <vector>

namespace xtap::tap {

// Positions can be asked for until `keep_ms` after they were delivered. Of each it is known what was
// delivered of the keep_ms before its coverage's end, and longer where a repair that is still to be done will
// meet it: 10 bytes a post, 14 any other event, 24 of what is older than twice keep_ms by then. With 10,000
// posts/s and 132 s that is 26 MB.
class DeliveredLog {
public:
    explicit DeliveredLog(std::int64_t keep_ms) : keep_ms_(keep_ms) {}

    // Where a resumed stream begins; before anything is delivered.
    void restore(const std::vector<continuity::PartitionCheckpoint> &partitions);

    // ---- the thread that delivers ----
    // Records come in the order in which they were put; `now_ms` never goes back.
    void delivered(const event::Record &record, std::int64_t now_ms) noexcept;
    // A record that was never put among the others took this position.
    void overtaken(std::int64_t now_ms) noexcept;

    // ---- the thread that fills ----
    // The coverage after `records_put` records.
    void covered(std::uint32_t partition, const continuity::Coverage &coverage,
                 std::vector<continuity::Interval> overlaps, std::uint64_t records_put);

    // ---- any thread ----
    std::uint64_t position() const noexcept { return position_.load(std::memory_order_acquire); }
    // The oldest position that at() can still be asked for.
    std::uint64_t oldest() const;
    // REQUIRES: upto <= position().
    // Throws std::out_of_range when `upto` is before oldest(), std::bad_alloc when memory was short once:
    // what was delivered then is not known. A partition that has not begun is left out.
    std::vector<continuity::PartitionCheckpoint> at(std::uint64_t upto) const;

private:
    struct Entry {
        std::uint64_t key;   // an id, or the fold of a wide key
        std::int32_t time_s; // kNoEntryTime: unknown
        std::uint16_t partition;
        bool is_event, is_fold;
    };
    static constexpr std::size_t kChunk = 1024;
    static constexpr std::size_t kPartitions = std::size_t{1} << 14; // more than any stream has
    struct Chunk {
        struct Tag {
            std::uint16_t partition : 14, is_event : 1, is_fold : 1;
        };
        using Times = std::array<std::int32_t, kChunk>;

        std::uint64_t first_position;
        std::int64_t last_ms = 0; // when its last entry was delivered
        std::atomic<std::size_t> count{0};
        std::unique_ptr<Times> times; // none while the keys of all tell their time
        std::array<std::uint64_t, kChunk> keys;
        std::array<Tag, kChunk> tags;

        Entry at(std::size_t index) const noexcept;
        void put(std::size_t index, const Entry &entry) noexcept;
    };
    static_assert(sizeof(Chunk) <= 10 * kChunk + 64);
    struct Mark {
        std::uint32_t partition;
        std::uint64_t records_put, position;
        continuity::Coverage coverage;
        std::vector<continuity::Interval> overlaps;
    };
    static Entry entry_of(const event::Record &record) noexcept;
    void append(const Entry &entry, std::int64_t now_ms) noexcept;
    void begin_chunk(std::uint64_t position, std::int64_t now_ms);
    void begin_times(Chunk &chunk);
    // What may be met of a partition by a stream that goes on from any mark.
    struct Reach {
        std::int64_t recent_from_ms = std::numeric_limits<std::int64_t>::max();
        std::vector<continuity::Interval> stretches = {};

        bool holds(std::int32_t time_s) const noexcept;
        void widen(const continuity::Interval &stretch);
    };
    using Reaches = std::unordered_map<std::uint32_t, Reach>;
    void place_marks();
    void forget(std::int64_t now_ms);
    void drop_superseded_marks();
    void drop_met_restored();
    Reaches reaches() const;
    // A partition of the checkpoint that is being made, and the mark it goes on from.
    struct Part {
        const Mark *mark;
        continuity::PartitionCheckpoint made;
    };
    void add_keys(std::uint64_t upto, std::vector<Part> &parts) const;
    void add_restored_keys(Part &part) const;
    bool may_be_met(const Entry &entry, const Mark &mark) const noexcept;
    bool is_met(const continuity::PartitionCheckpoint &before,
                const continuity::Coverage &coverage) const noexcept;

    const std::int64_t keep_ms_;
    mutable std::mutex mutex_; // all below but for the last chunk's entries
    std::deque<std::unique_ptr<Chunk>> chunks_;
    std::size_t old_chunks_ = 0; // the first so many, whose positions cannot be asked for any more
    std::vector<std::pair<std::uint64_t, Entry>> kept_; // of chunks that are gone, by position
    std::deque<Mark> marks_;                            // at their positions, oldest first
    std::deque<Mark> waiting_;                          // not reached yet
    std::vector<continuity::PartitionCheckpoint>
        restored_; // of an earlier life, as long as its repair may meet their keys
    std::uint64_t oldest_ = 0;

    Chunk *last_ = nullptr; // the delivering thread's
    std::atomic<std::uint64_t> position_{0}, records_{0};
    std::atomic<bool> incomplete_{false};
    std::atomic<std::uint64_t> next_mark_{std::numeric_limits<std::uint64_t>::max()};
};

} // namespace xtap::tap
