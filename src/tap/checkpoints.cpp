// What a stream's partitions are to keep, and its checkpoints. See stream.hpp.
#include "tap/stream.hpp"

#include "stream/event/event_time.hpp"

#include <algorithm>
#include <charconv>
#include <random>
#include <stdexcept>

namespace xtap::tap {

PartitionSettings Stream::partition_settings(std::uint32_t partition) const {
    const ContinuityOptions &wanted = settings_.continuity;
    const auto time_of = [&](std::string_view parameter) -> std::optional<std::int64_t> {
        const std::optional<std::string_view> text = request_.get(parameter);
        const std::int64_t time = text ? event::parse_time(*text) : event::kNoTime;
        return time == event::kNoTime || !wanted.tells ? std::nullopt : std::optional(time);
    };
    const auto allowed = [&](continuity::RepairBy by) {
        return wanted.tells && !client_->repairs().refused(operation_->path, by);
    };
    PartitionSettings settings{
        .partition = partition, .tells = wanted.tells, .redundancy = wanted.redundancy};
    continuity::ContinuitySettings &continuity = settings.continuity;
    continuity.backfill =
        allowed(continuity::RepairBy::backfill) && operation_->find_parameter("backfill_minutes") != nullptr;
    continuity.recovery = allowed(continuity::RepairBy::recovery) && wanted.recovers && operation_->recovers;
    continuity.without_recovery = !operation_->recovers ? continuity::GapReason::unsupported
                                  : !wanted.recovers    ? continuity::GapReason::backfill_only
                                                        : continuity::GapReason::refused;
    continuity.late_ms = wanted.late_ms;
    continuity.connect_timeout_ms = settings_.connect_timeout_ms;
    continuity.user_start_ms = time_of("start_time");
    continuity.user_end_ms = time_of("end_time");
    if (const auto minutes = request_.get("backfill_minutes"))
        std::from_chars(minutes->data(), minutes->data() + minutes->size(), continuity.user_backfill_minutes);
    settings.dedupe = {.window_ms = wanted.dedupe_window_ms,
                       .max_bytes = wanted.dedupe_max_bytes / numbers_.size(),
                       .seed = std::random_device{}()};
    return settings;
}

// ---- checkpoints ----

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
    const continuity::ContinuitySettings wanted = partition_settings(partition).continuity;
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
    return std::move(checkpoint.partitions);
}

} // namespace xtap::tap
