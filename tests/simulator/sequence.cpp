// See sequence.hpp.
#include "sequence.hpp"

#include <algorithm>

namespace xtap::sim {

Sequence::Sequence(const StreamPlan &plan, const Arrivals &arrivals, double replay_rate)
    : plan_(plan), arrivals_(arrivals), replay_rate_(replay_rate),
      until_(plan.ends ? std::max(*plan.ends, plan.opened) : INT64_MAX), scan_(plan.first),
      left_(plan.count > 0 ? plan.count : UINT64_MAX) {
    // Whoever asked for no range is also sent what happened before and is still on its way.
    if (arrivals.timeline().paced() && !plan.from_connect && !plan.recovery)
        scan_ =
            std::min(scan_, arrivals.timeline().first_at_or_after(plan.opened - arrivals.longest_delay()));
}

const std::optional<Sequence::Step> &Sequence::peek() {
    if (!next_ && left_ > 0) next_ = find();
    return next_;
}

void Sequence::take() {
    next_.reset();
    --left_;
}

std::optional<Sequence::Step> Sequence::find() {
    return plan_.from_connect || !arrivals_.timeline().paced() ? find_in_order() : find_by_arrival();
}

std::optional<Sequence::Step> Sequence::find_in_order() {
    if (scan_ > plan_.last) return std::nullopt;
    const std::uint64_t number = scan_++;
    if (!arrivals_.timeline().paced()) return Step{number, INT64_MIN};
    const Timeline &line = arrivals_.timeline();
    return Step{number, plan_.opened + line.time_of(number - plan_.first) - line.base()};
}

std::optional<Sequence::Step> Sequence::find_by_arrival() {
    while (scan_ <= plan_.last || !late_.empty()) {
        const Micros time = scan_ <= plan_.last ? arrivals_.timeline().time_of(scan_) : INT64_MAX;
        if (!late_.empty() && late_.top().at <= time) {
            const Step step = late_.top();
            late_.pop();
            return step;
        }
        const std::uint64_t number = scan_++;
        const Micros at = time + arrivals_.delay_of(number);
        if (at <= plan_.opened) {
            if (!plan_.replays || number < plan_.first) continue;
            const double after = replay_rate_ > 0 ? static_cast<double>(replayed_++) / replay_rate_ : 0;
            return Step{number, plan_.opened + static_cast<Micros>(after * 1e6)};
        }
        if (at == time) return Step{number, at};
        if (at <= until_) late_.push({number, at});
    }
    return std::nullopt;
}

} // namespace xtap::sim
