// See partition.hpp.
#include "tap/partition.hpp"

#include "api/date_time.hpp"

#include <algorithm>
#include <array>

namespace xtap::tap {

namespace {

// While another stream's recoveries take all the places, ours looks again this often.
constexpr std::int64_t kLookAgainMs = 250;

// Events may be so much ahead of the server's clock as we know it. Less than events may be late at the
// defaults, which is asked for again in any case.
constexpr std::int64_t kEarlyMs = 10'000;

} // namespace

std::string_view Partition::role_name(Role role) noexcept {
    constexpr std::array<std::string_view, 3> kNames = {"live", "redundant", "recovery"};
    return kNames[static_cast<std::size_t>(role)];
}

Partition::Partition(const PartitionSettings &settings, const Parts &parts)
    : settings_(settings), parts_(parts), recovery_sink_(parts.sink), continuity_(settings.continuity),
      dedupe_(settings.dedupe), clock_(edge::now().wall_ms, edge::mono_ms()) {
    add_lane(Role::live, 0);
    if (settings_.redundancy > 1) add_lane(Role::redundant, 1);
    if (!settings_.continuity.recovery) return;
    add_lane(Role::recovery, 0);
    recovery_ = lanes_.back().get();
}

Partition::~Partition() { end_recovery(); }

void Partition::add_lane(Role role, std::size_t index) {
    lanes_.push_back(std::make_unique<Lane>(*this, role, index));
}

void Partition::restore(const continuity::PartitionCheckpoint &checkpoint) {
    continuity_.restore({checkpoint.through_ms, checkpoint.holes});
    dedupe_.pin(continuity_.may_come_again()); // before the keys, which lie further apart than the window
    // Known are the keys of the last stretch alone; what came before it may come again unrecognised.
    const std::int64_t known_from = checkpoint.through_ms - parts_.stream.continuity.keys_ms;
    std::int64_t from = checkpoint.through_ms - continuity::Continuity::kMostRecoveryMs;
    for (const continuity::Interval &hole : checkpoint.holes) { // of which all that was delivered is known
        dedupe_.forget({from, std::min(hole.from_ms, known_from)});
        from = std::max(from, hole.to_ms);
    }
    dedupe_.forget({from, known_from});
    for (const continuity::Key &key : checkpoint.keys)
        dedupe_.add(key, event::kTimeUnknown);
    const std::int64_t oldest_fold = checkpoint.holes.empty() ? known_from : checkpoint.holes.front().from_ms;
    dedupe_.seed(checkpoint.folds, {std::min(known_from, oldest_fold), checkpoint.through_ms});
}

// ---- one round ----

std::int64_t Partition::advance(edge::Now now, edge::Pump &pump, bool drained, bool finishing) {
    std::int64_t next = edge::kNever;
    tell_untold();
    if (finishing) {
        end(now);
        stop(now); // while the legs are open: what they deliver to the end is no gap
    }
    for (const auto &lane : lanes_) {
        if (finishing) lane->leg().finish(pump);
        if (lane->role() != Role::recovery) next = std::min(next, lane->leg().advance(now, pump, drained));
    }
    next = std::min(next, advance_recovery(now, pump, drained));
    settle_end(now, pump);
    if (tell_outcomes(now)) next = now.mono_ms;
    tell_coverage();
    return next;
}

bool Partition::live_over() const noexcept {
    return std::all_of(lanes_.begin(), lanes_.end(),
                       [](const auto &lane) { return lane->role() == Role::recovery || lane->leg().over(); });
}

std::int64_t Partition::advance_recovery(edge::Now now, edge::Pump &pump, bool drained) {
    if (recovery_ == nullptr) return edge::kNever;
    Leg &leg = recovery_->leg();
    if (ended_) return leg.advance(now, pump, drained); // it may have something left to deliver
    if (parts_.client.repairs().refused(parts_.request.operation().path, continuity::RepairBy::recovery))
        continuity_.recovery_refused();
    if (recovering_ && leg.over()) {
        if (leg.failure())
            continuity_.recovery_failed();
        else
            continuity_.recovery_done();
        end_recovery();
    }
    if (!recovering_) begin_recovery(now);
    const std::int64_t next = leg.advance(now, pump, drained);
    if (recovering_) return leg.over() ? now.mono_ms : next;
    return continuity_.has_holes() ? now.mono_ms + kLookAgainMs : next;
}

void Partition::begin_recovery(edge::Now now) {
    if (!continuity_.recovery_wanted(clock_.at(now.mono_ms))) return;
    if (!parts_.client.repairs().take(parts_.request.operation().path)) return;
    recovering_ = true;
    recovery_->leg().begin();
}

void Partition::end_recovery() noexcept {
    if (std::exchange(recovering_, false)) parts_.client.repairs().give_back(parts_.request.operation().path);
}

// What is still missing will not come any more, and is named.
void Partition::stop(edge::Now now) {
    if (std::exchange(stopped_, true)) return;
    if (live_over() && !failure())
        continuity_.stop_after_the_end();
    else
        continuity_.stop(clock_.at(now.mono_ms));
}

void Partition::end(edge::Now now) {
    if (!stopped_) return;
    continuity_.stopped_until(clock_.at(now.mono_ms));
    tell_outcomes(now);
}

// Once no live leg is left: what is still missing is fetched after a clean end, and named after any other.
void Partition::settle_end(edge::Now now, edge::Pump &pump) {
    if (ended_ || !live_over()) return;
    if (failure()) stop(now);
    if (!stopped_ && continuity_.has_holes()) return;
    if (recovery_ != nullptr && recovering_) recovery_->leg().disconnect(pump);
    end_recovery();
    ended_ = true;
}

bool Partition::tell_outcomes(edge::Now now) {
    bool any = false;
    while (const std::optional<continuity::Outcome> outcome = continuity_.take_outcome()) {
        if (!settings_.tells) continue;
        Leg &leg = lanes_.front()->leg();
        leg.tell(session::outcome_notice(leg.source(), now.wall_ms, *outcome));
        any = true;
    }
    counters_.gaps.store(settings_.tells ? continuity_.gaps() : 0, kRelaxed);
    counters_.gap_ms.store(settings_.tells ? continuity_.gap_ms() : 0, kRelaxed);
    return any;
}

// A gap's notice that had no room goes first now, and with it the coverage without that stretch: whoever
// commits the notice alone, and none of the events behind it, is not told of the gap again.
void Partition::tell_untold() {
    Leg &leg = lanes_.front()->leg();
    if (leg.has_untold() && leg.tell_rest()) tell_coverage();
}

void Partition::tell_coverage() {
    counters_.keys.store(dedupe_.size(), kRelaxed);
    counters_.key_bytes.store(dedupe_.bytes(), kRelaxed);
    if (!continuity_.begun() || continuity_.version() == told_version_) return;
    // A gap takes a stretch out of the coverage: whoever goes on from there must have been told of it.
    if (lanes_.front()->leg().has_untold()) return;
    told_version_ = continuity_.version();
    const continuity::Coverage coverage = continuity_.coverage();
    std::int64_t missing_ms = 0;
    for (const continuity::Interval &hole : coverage.holes)
        missing_ms += hole.to_ms - hole.from_ms;
    counters_.through_ms.store(coverage.through_ms, kRelaxed);
    counters_.recovering.store(coverage.holes.size(), kRelaxed);
    counters_.recovering_ms.store(missing_ms, kRelaxed);
    dedupe_.pin(continuity_.may_come_again());
    parts_.listener.covered(settings_.partition, coverage, continuity_.overlaps());
}

void Partition::disconnect(edge::Pump &pump) noexcept {
    for (const auto &lane : lanes_)
        lane->leg().disconnect(pump);
    end_recovery();
}

void Partition::abandon() noexcept {
    for (const auto &lane : lanes_)
        lane->leg().abandon();
}

bool Partition::over() const noexcept {
    return ended_ &&
           std::all_of(lanes_.begin(), lanes_.end(), [](const auto &lane) { return lane->leg().over(); });
}

const std::optional<Failure> &Partition::failure() const noexcept {
    for (const auto &lane : lanes_)
        if (lane->role() != Role::recovery && lane->leg().failure()) return lane->leg().failure();
    return lanes_.front()->leg().failure();
}

// ---- events and requests ----

bool Partition::admit(Lane &lane, const event::Facts &facts, std::uint32_t &flags) {
    // The same bytes twice are two malformed events, unless two connections bring each of them.
    if (facts.kind == Kind::event_malformed && settings_.redundancy == 1) return true;
    const bool recovered = lane.role() == Role::recovery;
    const bool replayed = recovered || continuity_.replays(lane.index(), facts.time_ms);
    continuity::RepairCounts &counts =
        recovered ? continuity_.recovery_counts() : continuity_.counts(lane.index());
    const continuity::Dedupe::Seen seen = dedupe_.add(facts.key, facts.time_ms);
    if (seen == continuity::Dedupe::Seen::known) {
        if (replayed) ++counts.repeated;
        return false;
    }
    if (!replayed) return true;
    ++counts.events;
    flags |= flag_replayed;
    if (seen == continuity::Dedupe::Seen::maybe) {
        flags |= flag_maybe_repeated;
        counters_.maybe_repeated.fetch_add(1, kRelaxed);
    }
    return true;
}

std::string Partition::url_for(const Lane &lane) const {
    using Instead = api::Request::Instead;
    const continuity::Ask &ask = lane.asked_;
    std::vector<Instead> instead;
    if (ask.start_ms) instead.push_back({"start_time", api::date_time(*ask.start_ms)});
    if (ask.end_ms) instead.push_back({"end_time", api::date_time(*ask.end_ms)});
    if (ask.backfill_minutes > 0)
        instead.push_back({"backfill_minutes", std::to_string(ask.backfill_minutes)});
    else if (continuity_.begun() && settings_.tells)
        instead.push_back({"backfill_minutes", std::nullopt}); // the caller's was for the beginning
    return parts_.client.edge().base_url + parts_.request.target(settings_.partition, instead);
}

// ---- a leg's view ----

Partition::Lane::Lane(Partition &whole, Role role, std::size_t index)
    : whole_(whole), role_(role), index_(index),
      leg_(leg_settings(),
           {.client = whole.parts_.client,
            .operation = whole.parts_.request.operation(),
            .pointers = whole.parts_.pointers,
            .sink = role == Role::recovery ? whole.recovery_sink_ : whole.parts_.sink,
            .guide = *this,
            .filter = whole.settings_.tells || whole.settings_.redundancy > 1 ? this : nullptr}) {}

LegSettings Partition::Lane::leg_settings() const {
    const StreamSettings &stream = whole_.parts_.stream;
    const api::Operation &operation = whole_.parts_.request.operation();
    LegSettings settings{.stream = &stream,
                         .session = stream.session,
                         .decoder = {.expected = operation.event_kind,
                                     .index = stream.index,
                                     .deliver_json = stream.deliver_json,
                                     .max_event_bytes = stream.max_event_bytes,
                                     .partition = whole_.settings_.partition},
                         .source = {.operation = operation.id, .partition = whole_.settings_.partition}};
    // Legs that were cut together must not come back together.
    settings.session.seed += whole_.settings_.partition * 3 + static_cast<std::uint32_t>(role_);
    if (role_ == Role::live) return settings;
    settings.source.leg = role_name(role_);
    if (role_ != Role::recovery) return settings;
    settings.session.user_end_time = true; // a clean close is its end
    settings.session.proven = true;        // it begins after a live leg was open
    settings.session.max_reconnects = -1;
    settings.waits = true;
    return settings;
}

std::optional<std::string> Partition::Lane::next_url(edge::Now now) {
    continuity::Continuity &continuity = whole_.continuity_;
    const std::int64_t at_ms = whole_.clock_.at(now.mono_ms);
    if (whole_.parts_.client.repairs().refused(whole_.parts_.request.operation().path,
                                               continuity::RepairBy::backfill))
        continuity.backfill_refused();
    asked_ = role_ == Role::recovery ? continuity.ask_recovery(at_ms) : continuity.ask(index_, at_ms);
    if (role_ == Role::recovery && asked_.nothing()) return std::nullopt;
    return whole_.url_for(*this);
}

void Partition::Lane::opened(edge::Now now, std::int64_t server_ms) {
    if (server_ms >= 0) whole_.clock_.seen(server_ms, now.mono_ms);
    newest_event_ms_ = event::kNoTime;
    believed_to_ms_ = asked_.end_ms.value_or(event::kNoTime);
    looked_ = false;
    if (role_ == Role::recovery) return;
    whole_.continuity_.opened(index_, whole_.clock_.at(now.mono_ms));
    whole_.dedupe_.pin(
        whole_.continuity_.may_come_again());              // before the first event, which may be far younger
    if (whole_.tell_outcomes(now)) whole_.tell_coverage(); // before the events that repair
}

void Partition::Lane::progressed(const Course &course, edge::Now now) {
    looked_ = false;
    continuity::Continuity &continuity = whole_.continuity_;
    if (role_ == Role::recovery) return continuity.recovered_up_to(newest_event_ms_);
    const continuity::Progress progress{.newest_event_ms = newest_event_ms_,
                                        .read_up_to_ms = course.read_up_to_mono_ms < 0
                                                             ? event::kNoTime
                                                             : whole_.clock_.at(course.read_up_to_mono_ms),
                                        .keep_alive = course.keep_alive};
    continuity.progress(index_, progress, whole_.clock_.at(now.mono_ms));
}

void Partition::Lane::held_back(edge::Now now) {
    if (role_ != Role::recovery) whole_.continuity_.held_back(index_, whole_.clock_.at(now.mono_ms));
}

void Partition::Lane::closed(edge::Now now) {
    if (role_ == Role::recovery) return whole_.continuity_.recovered_up_to(newest_event_ms_);
    whole_.continuity_.closed(index_, whole_.clock_.at(now.mono_ms));
}

// The account may not have what we added to the caller's request: remembered for all streams of the client.
bool Partition::Lane::refused(const session::Closing &) {
    const char *endpoint = whole_.parts_.request.operation().path;
    if (role_ == Role::recovery) {
        whole_.parts_.client.repairs().refuse(endpoint, continuity::RepairBy::recovery);
        whole_.continuity_.recovery_refused();
        return true; // there is nothing left to ask for, which ends the leg
    }
    if (asked_.backfill_minutes == 0) return false;
    whole_.parts_.client.repairs().refuse(endpoint, continuity::RepairBy::backfill);
    whole_.continuity_.backfill_refused();
    return true;
}

bool Partition::Lane::admit(const event::Facts &facts, std::uint32_t &flags) {
    if (facts.time_ms > newest_event_ms_ && is_believed(facts.time_ms)) newest_event_ms_ = facts.time_ms;
    return whole_.admit(*this, facts, flags);
}

// An event of the future would prove that all before it was delivered. What a recovery brings lies in the
// stretch that it asked for. The clock is looked at when the last look does not settle the question, and once
// for all that is read at a time.
bool Partition::Lane::is_believed(std::int64_t event_ms) {
    if (event_ms > believed_to_ms_ && !looked_ && role_ != Role::recovery) {
        believed_to_ms_ = whole_.clock_.at(edge::mono_ms()) + kEarlyMs;
        looked_ = true;
    }
    return event_ms <= believed_to_ms_;
}

} // namespace xtap::tap
