// See partition_settings.hpp.
#include "tap/partition_settings.hpp"

#include "stream/event/event_time.hpp"

#include <charconv>
#include <optional>
#include <random>
#include <string_view>

namespace xtap::tap {

PartitionSettings partition_settings(const api::Request &request, const StreamSettings &stream,
                                     const client::Repairs &repairs, std::uint32_t partition) {
    const api::Operation &operation = request.operation();
    const ContinuityOptions &wanted = stream.continuity;
    const auto time_of = [&](std::string_view parameter) -> std::optional<std::int64_t> {
        const std::optional<std::string_view> text = request.get(parameter);
        const std::int64_t time = text ? event::parse_time(*text) : event::kNoTime;
        return time == event::kNoTime || !wanted.tells ? std::nullopt : std::optional(time);
    };
    const auto allowed = [&](continuity::RepairBy by) {
        return wanted.tells && !repairs.refused(operation.path, by);
    };
    PartitionSettings settings{
        .partition = partition, .tells = wanted.tells, .redundancy = wanted.redundancy};
    continuity::ContinuitySettings &continuity = settings.continuity;
    continuity.backfill =
        allowed(continuity::RepairBy::backfill) && operation.find_parameter("backfill_minutes") != nullptr;
    continuity.recovery = allowed(continuity::RepairBy::recovery) && wanted.recovers && operation.recovers;
    continuity.without_recovery = !operation.recovers ? continuity::GapReason::unsupported
                                  : !wanted.recovers  ? continuity::GapReason::backfill_only
                                                      : continuity::GapReason::refused;
    continuity.late_ms = wanted.late_ms;
    continuity.connect_timeout_ms = stream.connect_timeout_ms;
    continuity.user_start_ms = time_of("start_time");
    continuity.user_end_ms = time_of("end_time");
    if (const auto minutes = request.get("backfill_minutes"))
        std::from_chars(minutes->data(), minutes->data() + minutes->size(), continuity.user_backfill_minutes);
    settings.dedupe = {.window_ms = wanted.dedupe_window_ms,
                       .max_bytes = wanted.dedupe_max_bytes / request.partitions().size(),
                       .seed = std::random_device{}()};
    return settings;
}

} // namespace xtap::tap
