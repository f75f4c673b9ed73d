// See requests.hpp.
#include "requests.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace xtap::sim {
namespace {

constexpr unsigned kMostBackfillMinutes = 5;
constexpr Micros kMinute = 60'000'000;

std::string quoted(std::string_view name) { return std::string(1, '"').append(name).append(1, '"'); }

struct Reader {
    const Operation &operation;
    const Query &query;
    std::vector<BadParameter> bad;

    std::optional<std::string> text(std::string_view name) const {
        const auto at = query.find(std::string(name));
        return at == query.end() ? std::nullopt : std::optional(at->second);
    }

    std::optional<unsigned> number(std::string_view name, unsigned low, unsigned high) {
        const auto value = text(name);
        if (!value) return std::nullopt;
        unsigned parsed = 0;
        const auto [end, error] = std::from_chars(value->data(), value->data() + value->size(), parsed);
        if (error == std::errc() && end == value->data() + value->size() && parsed >= low && parsed <= high)
            return parsed;
        bad.push_back({std::string(name), *value,
                       quoted(name) + " must be a whole number from " + std::to_string(low) + " to " +
                           std::to_string(high)});
        return std::nullopt;
    }

    std::optional<Micros> moment(std::string_view name) {
        const auto value = text(name);
        if (!value) return std::nullopt;
        const auto when = parse_rfc3339(*value);
        if (!when)
            bad.push_back(
                {std::string(name), *value, quoted(name) + " must be a date-time like 2026-03-01T12:00:00Z"});
        return when;
    }

    void refuse_unknown() {
        for (auto at = query.begin(); at != query.end(); ++at) {
            if (!takes_parameter(operation, at->first))
                bad.push_back({at->first, at->second,
                               quoted(at->first) + " is not a parameter of " + std::string(operation.id) +
                                   "; it takes " + parameter_names(operation)});
            else if (query.count(at->first) > 1 && at == query.lower_bound(at->first))
                bad.push_back({at->first, at->second, quoted(at->first) + " stands there twice"});
        }
    }
};

unsigned read_partition(Reader &reader, bool check) {
    const unsigned most = reader.operation.partitions;
    if (most == 0) return 0;
    const auto partition = reader.number("partition", check ? 1 : 0, check ? most : 31);
    if (!partition && check && !reader.text("partition"))
        reader.bad.push_back(
            {"partition", "", "\"partition\" is missing; it must be 1 to " + std::to_string(most)});
    return partition.value_or(1);
}

// A replay begins where history does, however early it was asked for. Without a pace there is no past.
Micros reach(const Timeline &timeline, const Settings &settings, Micros now, Micros wanted) {
    if (!timeline.paced()) return wanted;
    return std::max(wanted, now - static_cast<Micros>(settings.history_ms) * 1000);
}

} // namespace

std::variant<StreamPlan, Answer> plan_stream(const Operation &operation, const Query &query,
                                             const Settings &settings, const Timeline &timeline, Micros now) {
    Reader reader{operation, query, {}};
    reader.refuse_unknown();
    StreamPlan plan;
    plan.operation = &operation;
    plan.partition = read_partition(reader, settings.check_partitions);
    const auto backfill = reader.number(backfill_name(operation), 0, kMostBackfillMinutes);
    const auto start = operation.recovery ? reader.moment(start_name(operation)) : std::nullopt;
    const auto end = operation.recovery ? reader.moment(end_name(operation)) : std::nullopt;
    if (start && end && *end <= *start)
        reader.bad.push_back(
            {std::string(end_name(operation)), *reader.text(end_name(operation)),
             quoted(end_name(operation)) + " must be later than " + quoted(start_name(operation))});
    if (!reader.bad.empty()) return invalid_request(reader.bad);

    plan.opened = now;
    plan.ends = end;
    plan.recovery = start.has_value();
    plan.replays = start || backfill.value_or(0) > 0;
    plan.count = settings.count;
    if (start) {
        plan.first = timeline.first_at_or_after(reach(timeline, settings, now, *start));
    } else if (settings.from > 0) {
        plan.first = settings.from;
        plan.from_connect = true;
    } else if (timeline.paced()) {
        const Micros past = Micros{backfill.value_or(0)} * kMinute;
        plan.first = plan.replays ? timeline.first_at_or_after(reach(timeline, settings, now, now - past))
                                  : timeline.happened_by(now) + 1;
    }
    if (end) plan.last = std::max(timeline.first_at_or_after(*end), plan.first) - 1;
    return plan;
}

} // namespace xtap::sim
