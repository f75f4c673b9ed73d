// A stream's checkpoints: what is told of its coverage, and the text that is made of it. See stream.hpp.
#include "tap/stream.hpp"

#include <algorithm>
#include <stdexcept>

namespace xtap::tap {

void Stream::covered(std::uint32_t partition, const continuity::Coverage &coverage,
                     const std::vector<continuity::Interval> &overlaps) {
    if (delivered_) delivered_->covered(partition, coverage, overlaps, sink().records_put());
}

void Stream::check_continuity() const {
    if (!delivered_)
        throw Failure(Status::unsupported,
                      "with continuity=off a stream keeps no coverage, so there is no checkpoint");
}

// Where a partition begins that has told no coverage yet. Not now: what it brought since it was connected may
// still wait to be delivered.
std::int64_t Stream::begins_ms(std::uint32_t partition) const {
    const continuity::ContinuitySettings wanted = settings_of(partition).continuity;
    const std::int64_t started = started_ms_.load(std::memory_order_relaxed);
    const std::int64_t from = started == event::kNoTime ? edge::now().wall_ms : started;
    if (wanted.user_start_ms) return std::min(*wanted.user_start_ms + wanted.late_ms, from);
    if (wanted.user_backfill_minutes == 0) return from;
    return std::min(from - wanted.user_backfill_minutes * 60'000 + wanted.late_ms, from);
}

std::string Stream::checkpoint(std::uint64_t upto) const {
    check_continuity();
    const std::uint64_t delivered = delivered_->position();
    if (upto > delivered)
        throw Failure(Status::argument, "position " + std::to_string(upto) +
                                            " was not delivered yet; the last is " +
                                            std::to_string(delivered));
    continuity::Checkpoint checkpoint{operation_->id, {}};
    try {
        checkpoint.partitions = delivered_->at(upto == 0 ? delivered : upto);
    } catch (const std::out_of_range &) {
        throw Failure(Status::argument,
                      "position " + std::to_string(upto) +
                          " was delivered too long ago; the oldest that is still known is " +
                          std::to_string(delivered_->oldest()));
    }
    // What nothing is known of yet was not delivered at all.
    for (const std::uint32_t number : numbers_) {
        const auto same = [&](const continuity::PartitionCheckpoint &one) { return one.partition == number; };
        if (std::any_of(checkpoint.partitions.begin(), checkpoint.partitions.end(), same)) continue;
        checkpoint.partitions.push_back({.partition = number, .through_ms = begins_ms(number)});
    }
    return continuity::write_checkpoint(checkpoint);
}

// The checkpoint as it is read; throws when it is not this stream's.
std::vector<continuity::PartitionCheckpoint> Stream::checked_checkpoint(std::string_view text) const {
    check_continuity();
    continuity::Checkpoint checkpoint = continuity::read_checkpoint(text);
    if (checkpoint.operation != operation_->id)
        throw Failure(Status::value, "the checkpoint is of " + checkpoint.operation + ", the stream of " +
                                         std::string(operation_->id));
    for (const std::uint32_t number : numbers_) {
        const auto same = [&](const continuity::PartitionCheckpoint &one) { return one.partition == number; };
        if (std::none_of(checkpoint.partitions.begin(), checkpoint.partitions.end(), same))
            throw Failure(Status::value, "the checkpoint knows nothing of partition " +
                                             std::to_string(number) +
                                             ": it is of a stream that did not have it");
    }
    // Those of other processes' streams are theirs to keep: carried on here, they would never move again.
    std::erase_if(checkpoint.partitions, [&](const continuity::PartitionCheckpoint &one) {
        return std::find(numbers_.begin(), numbers_.end(), one.partition) == numbers_.end();
    });
    return std::move(checkpoint.partitions);
}

} // namespace xtap::tap
