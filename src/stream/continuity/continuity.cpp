// Coverage, outages and their repair; see continuity.hpp.
#include "stream/continuity/continuity.hpp"

#include <algorithm>

namespace xtap::continuity {

namespace {

constexpr std::int64_t kMinuteMs = 60'000, kSecondMs = 1'000;

// The server's clock is read from a header with whole seconds: "now" may be so much too early.
constexpr std::int64_t kClockSlackMs = 1'000;

// Events without a time, or with an old one, do not tell when a leg has caught up: it counts as such after
// this long.
constexpr std::int64_t kCatchUpMostMs = 10 * kMinuteMs;

// A recovery brings so much at a time at most, before it is seen how far it came.
constexpr std::int64_t kRecoveredAheadMs = 10 * kMinuteMs;

std::int64_t floor_second(std::int64_t ms) { return ms - ((ms % kSecondMs) + kSecondMs) % kSecondMs; }
std::int64_t ceil_second(std::int64_t ms) { return floor_second(ms + kSecondMs - 1); }

// A minute less than the server keeps: the request takes its time.
std::int64_t oldest_kept(std::int64_t now_ms) { return now_ms - Continuity::kMostRecoveryMs + kMinuteMs; }

} // namespace

std::string_view repair_by_name(RepairBy by) noexcept {
    constexpr std::array<std::string_view, 3> kNames = {"backfill", "recovery", "redundancy"};
    return kNames[static_cast<std::size_t>(by)];
}

std::string_view gap_reason_name(GapReason reason) noexcept {
    constexpr std::array<std::string_view, 6> kNames = {"backfill_only", "unsupported", "refused",
                                                        "too_old",       "failed",      "stopped"};
    return kNames[static_cast<std::size_t>(reason)];
}

Continuity::Continuity(const ContinuitySettings &settings) : settings_(settings) {}

void Continuity::restore(const Coverage &coverage) {
    through_ms_ = coverage.through_ms;
    holes_.clear();
    for (const Interval &hole : coverage.holes) {
        if (settings_.recovery)
            holes_.push_back({hole, hole.from_ms});
        else
            lose(hole, settings_.without_recovery);
    }
}

// ---- the legs that follow the stream ----

Continuity::Leg *Continuity::other_open(std::size_t leg) noexcept {
    Leg &other = legs_[1 - leg];
    return other.open ? &other : nullptr;
}

// Of the open ones, the leg that covers from the earliest time on.
Continuity::Leg *Continuity::earliest_open() noexcept {
    Leg *earliest = nullptr;
    for (Leg &leg : legs_)
        if (leg.open && (earliest == nullptr || leg.covers_from_ms < earliest->covers_from_ms))
            earliest = &leg;
    return earliest;
}

// It brings all that is not delivered yet.
bool Continuity::covers(const Leg &leg) const noexcept {
    return leg.open && leg.covers_from_ms <= through_ms_;
}

// This one is open and does not bring what is missing; its partner is about to ask again, and the backfill of
// that one will.
bool Continuity::other_may_reach(const Leg &leg, std::int64_t now_ms) const noexcept {
    const Leg &other = legs_[&leg == &legs_[0] ? 1 : 0];
    const bool comes_back = !other.open && other.asked_ms != event::kNoTime;
    return settings_.backfill && comes_back &&
           now_ms + settings_.connect_timeout_ms - missing_from() <= kMostBackfillMinutes * kMinuteMs;
}

Ask Continuity::ask(std::size_t leg, std::int64_t now_ms) {
    Ask ask;
    const std::int64_t from = begun() ? std::min(missing_from(), now_ms - settings_.late_ms) : now_ms;
    if (begun() && settings_.user_start_ms) {
        const std::int64_t end = settings_.user_end_ms.value_or(now_ms);
        const std::int64_t start = std::max(std::min(from, end - kSecondMs), oldest_kept(now_ms));
        // What begins after the caller's end is refused whatever it says: then its own words stand.
        if (start < end) ask.start_ms = floor_second(std::max(*settings_.user_start_ms, start));
    } else if (begun() && settings_.backfill && !covers(legs_[1 - leg])) {
        const std::int64_t missing = now_ms + settings_.connect_timeout_ms - from;
        ask.backfill_minutes =
            std::clamp<std::int64_t>((missing + kMinuteMs - 1) / kMinuteMs, 1, kMostBackfillMinutes);
    }
    legs_[leg].asked = ask;
    legs_[leg].asked_minutes = begun() ? ask.backfill_minutes : settings_.user_backfill_minutes;
    legs_[leg].asked_ms = now_ms;
    return ask;
}

void Continuity::opened(std::size_t leg, std::int64_t now_ms) {
    Leg &opened = legs_[leg];
    const Ask asked = opened.asked;
    const std::int64_t minutes = opened.asked_minutes;
    // By a clock that was ahead, before the first answer told the time.
    const std::int64_t asked_ms =
        opened.asked_ms == event::kNoTime ? now_ms : std::min(opened.asked_ms, now_ms);
    const bool lost = opened.lost;
    const std::int64_t lost_from_ms = opened.lost_from_ms;
    opened = {};
    opened.asked = asked;
    opened.asked_ms = asked_ms;
    opened.lost = lost;
    opened.lost_from_ms = lost_from_ms;
    opened.open = true;
    opened.opened_ms = opened.settled_ms = now_ms + kClockSlackMs;
    opened.minutes = minutes;
    opened.replaying = opened.minutes > 0;
    opened.behind = true; // it has brought nothing yet: an answer may be all that ever comes
    opened.brings_from_ms = opened.opened_ms - opened.minutes * kMinuteMs;
    opened.covers_from_ms = std::min(opened.brings_from_ms + settings_.late_ms, opened.opened_ms);
    opened.timed_from_ms = opened.brings_from_ms - settings_.late_ms - kMinuteMs;
    if (settings_.user_start_ms) {
        // Each goes on from what was delivered when it asked, or from what the server still has of it.
        const bool from_start = !asked.start_ms || *asked.start_ms <= *settings_.user_start_ms;
        opened.brings_from_ms = from_start ? *settings_.user_start_ms : *asked.start_ms;
        opened.covers_from_ms = from_start ? event::kNoTime : *asked.start_ms + settings_.late_ms;
        opened.timed_from_ms = *settings_.user_start_ms - settings_.late_ms;
    }
    if (!begun())
        begin(leg);
    else if (!covers(legs_[1 - leg]))
        resume(leg, now_ms);
}

// The first connection of all: coverage begins here, or as far back as the caller asked for.
void Continuity::begin(std::size_t leg) {
    Leg &first = legs_[leg];
    first.covers_from_ms = event::kNoTime;
    through_ms_ = first.asked_ms;
    if (settings_.user_start_ms) {
        through_ms_ = std::min(*settings_.user_start_ms + settings_.late_ms, first.asked_ms);
    } else if (settings_.user_backfill_minutes > 0) {
        const std::int64_t from = first.asked_ms - settings_.user_backfill_minutes * kMinuteMs;
        through_ms_ = std::min(from + settings_.late_ms, first.asked_ms);
        backfill_ = {leg, {from, first.opened_ms}, settings_.user_backfill_minutes, false};
    }
}

// No leg was open that brings what was missed: it comes with this leg's backfill, the rest with a recovery.
void Continuity::resume(std::size_t leg, std::int64_t now_ms) {
    Leg &opened = legs_[leg];
    if (other_open(leg) == nullptr)
        through_ms_ = std::min(through_ms_, opened.asked_ms); // else the clock was wrong
    if (settings_.user_start_ms) return resume_from_start(now_ms);
    const std::int64_t from = missing_from();
    settle_past(now_ms);
    if (opened.minutes == 0 || covers(legs_[1 - leg])) return;
    backfill_ = {leg, {std::max(from, opened.brings_from_ms), opened.opened_ms}, opened.minutes, true};
    outcomes_.push_back({.what = Outcome::What::repairing,
                         .stretch = backfill_->stretch,
                         .by = RepairBy::backfill,
                         .minutes = opened.minutes});
}

void Continuity::resume_from_start(std::int64_t now_ms) {
    const std::int64_t oldest = oldest_kept(now_ms);
    if (missing_from() >= oldest) return;
    lose({missing_from(), oldest}, GapReason::too_old);
    through_ms_ = oldest + settings_.late_ms;
}

// What nothing that is open brings, and nothing that may yet open in time, is left to a recovery. Two legs
// that are cut together are seen to be so one after the other: the first to return believed in the other one,
// asks for nothing, and waits here for that one's backfill.
void Continuity::settle_past(std::int64_t now_ms) {
    Leg *const earliest = earliest_open();
    if (earliest == nullptr || covers(*earliest)) return;
    if (earliest->minutes == 0 && other_may_reach(*earliest, now_ms)) return;
    rest_on(*earliest);
}

// No other leg brings what was delivered before this one covers. What was delivered since it was asked for
// may be on its way, and is lost with it: nothing later than that is claimed.
void Continuity::rest_on(Leg &leg) {
    miss({missing_from(), leg.brings_from_ms});
    through_ms_ = std::max(through_ms_, std::min(leg.covers_from_ms, leg.asked_ms));
    leg.covers_from_ms = through_ms_;
    leg.lost = false;
}

// Proof is what was delivered: an event proves all before its own time, a keep-alive all before it came. That
// a socket was empty proves nothing while the server may hold more back than it could send, which the times
// of events show, nor before anything came at all; only events without a time leave nothing better.
void Continuity::progress(std::size_t leg, const Progress &progress, std::int64_t now_ms) {
    Leg &at = legs_[leg];
    if (!at.open) return;
    const std::int64_t newest = progress.newest_event_ms;
    const bool idle = progress.keep_alive && now_ms >= at.settled_ms;
    const bool timed = newest != event::kNoTime && newest >= at.timed_from_ms;
    // The caller's own start may be a day away: no wait is long enough.
    const bool waited_out = !timed && !settings_.user_start_ms && now_ms - at.settled_ms >= kCatchUpMostMs;
    if (idle) at.keep_alive_ms = now_ms;
    if (idle || waited_out || (timed && newest >= at.opened_ms)) at.replaying = false;
    if (idle || waited_out || (timed && newest >= at.settled_ms)) at.behind = false;
    if (!at.replaying) {
        const std::int64_t read = progress.read_up_to_ms;
        at.proof_ms = std::max({at.proof_ms, std::min(newest, now_ms), std::min(read, at.keep_alive_ms)});
        if (!timed && !at.behind) at.proof_ms = std::max(at.proof_ms, read);
    }
    settle_past(now_ms);
    end_backfill(leg);
    advance_through();
    tell_redundancy();
}

void Continuity::end_backfill(std::size_t leg) {
    const Leg &at = legs_[leg];
    if (!backfill_ || at.replaying || at.covers_from_ms > through_ms_) return;
    if (backfill_->told)
        outcomes_.push_back({.what = Outcome::What::repaired,
                             .stretch = backfill_->stretch,
                             .by = RepairBy::backfill,
                             .minutes = backfill_->minutes,
                             .events = at.counts.events,
                             .repeated = at.counts.repeated});
    backfill_.reset();
}

// A leg proves nothing of the time before it: what the other one has not delivered of it is still missing.
void Continuity::advance_through() noexcept {
    for (int turn = 0; turn < 2; ++turn) // one leg's proof may reach where the other one begins
        for (const Leg &leg : legs_)
            if (leg.open && leg.covers_from_ms <= through_ms_)
                through_ms_ = std::max(through_ms_, leg.proof_ms);
}

// Once the other leg has proven that it had all of it.
void Continuity::tell_redundancy() {
    for (Leg &leg : legs_) {
        if (!leg.open || !leg.lost || leg.covers_from_ms > through_ms_) continue;
        leg.lost = false;
        outcomes_.push_back({.what = Outcome::What::repaired,
                             .stretch = {leg.lost_from_ms, leg.opened_ms},
                             .by = RepairBy::redundancy});
    }
}

void Continuity::held_back(std::size_t leg, std::int64_t now_ms) {
    Leg &held = legs_[leg];
    held.behind = true;
    held.settled_ms = now_ms + kClockSlackMs;
}

void Continuity::closed(std::size_t leg, std::int64_t now_ms) {
    Leg &closed = legs_[leg];
    if (!closed.open) return;
    closed.open = false;
    if (!closed.lost) closed.lost_from_ms = std::max(closed.proof_ms, closed.covers_from_ms);
    Leg *const other = other_open(leg);
    closed.lost = other != nullptr && covers(*other);
    if (!closed.lost) legs_[1 - leg].lost = false;
    if (other == nullptr) return backfill_.reset(); // it asks again, for all of it
    settle_past(now_ms);                            // the other one goes on, and cannot ask for the past
    if (backfill_ && backfill_->leg == leg) hand_over_backfill(1 - leg);
    end_backfill(1 - leg); // which may have brought it already
    advance_through();
}

// To the leg whose own backfill brings it too, or at least its end.
void Continuity::hand_over_backfill(std::size_t leg) {
    Leg &to = legs_[leg];
    backfill_->leg = leg;
    backfill_->stretch.from_ms = std::max(backfill_->stretch.from_ms, to.brings_from_ms);
    if (backfill_->stretch.empty()) return backfill_.reset();
    to.counts.events += legs_[1 - leg].counts.events;
    to.counts.repeated += legs_[1 - leg].counts.repeated;
}

bool Continuity::replays(std::size_t leg, std::int64_t event_ms) const noexcept {
    const Leg &at = legs_[leg];
    const bool asked = at.minutes > 0 || at.asked.start_ms;
    return asked && event_ms != event::kNoTime && event_ms < at.opened_ms;
}

// ---- what is missing ----

Interval Continuity::wanted(Interval stretch) const noexcept {
    if (settings_.user_start_ms) stretch.from_ms = std::max(stretch.from_ms, *settings_.user_start_ms);
    if (settings_.user_end_ms) stretch.to_ms = std::min(stretch.to_ms, *settings_.user_end_ms);
    return stretch;
}

void Continuity::miss(Interval stretch) {
    stretch = wanted(stretch);
    if (stretch.empty()) return;
    if (!settings_.recovery) return lose(stretch, settings_.without_recovery);
    // One that waits takes in what overlaps it; one that is being recovered has said already where it ends.
    const std::size_t first_waiting = recovering_ ? 1 : 0;
    Hole *const last = holes_.size() > first_waiting ? &holes_.back() : nullptr;
    if (last != nullptr && last->stretch.to_ms >= stretch.from_ms && last->stretch.from_ms <= stretch.to_ms) {
        last->stretch.from_ms = last->next_from_ms = std::min(last->stretch.from_ms, stretch.from_ms);
        last->stretch.to_ms = std::max(last->stretch.to_ms, stretch.to_ms);
    } else {
        holes_.push_back({stretch, stretch.from_ms});
    }
    outcomes_.push_back({.what = Outcome::What::repairing, .stretch = stretch, .by = RepairBy::recovery});
}

void Continuity::lose(Interval stretch, GapReason reason) {
    stretch = wanted(stretch);
    if (stretch.empty()) return;
    ++gaps_;
    gap_ms_ += stretch.to_ms - stretch.from_ms;
    outcomes_.push_back({.what = Outcome::What::gap, .stretch = stretch, .reason = reason});
}

// What was recovered of it stays so.
void Continuity::give_up(const Hole &hole, GapReason reason) {
    if (hole.next_from_ms > hole.stretch.from_ms)
        outcomes_.push_back({.what = Outcome::What::repaired,
                             .stretch = {hole.stretch.from_ms, hole.next_from_ms},
                             .by = RepairBy::recovery,
                             .events = recovery_counts_.events,
                             .repeated = recovery_counts_.repeated});
    lose({hole.next_from_ms, hole.stretch.to_ms}, reason);
}

// Those of which the server keeps nothing any more. What a recovery has asked for already still comes,
// however long it takes.
void Continuity::lose_holes_too_old(std::int64_t now_ms) {
    while (!holes_.empty() && holes_.front().stretch.to_ms <= oldest_kept(now_ms)) {
        give_up(holes_.front(), GapReason::too_old);
        holes_.pop_front();
        recovering_ = false;
    }
}

// Told when something came, or nothing more will: a recovery that asks again and again meanwhile would lose a
// little each time.
void Continuity::lose_what_was_too_old() {
    Hole &hole = holes_.front();
    if (asked_from_ms_ <= hole.next_from_ms) return;
    give_up({{hole.stretch.from_ms, asked_from_ms_}, hole.next_from_ms}, GapReason::too_old);
    hole.stretch.from_ms = hole.next_from_ms = asked_from_ms_;
}

// ---- recovery ----

bool Continuity::recovery_wanted(std::int64_t now_ms) const noexcept {
    return !holes_.empty() && ceil_second(holes_.front().stretch.to_ms) + kSecondMs <= now_ms;
}

Ask Continuity::ask_recovery(std::int64_t now_ms) {
    lose_holes_too_old(now_ms);
    if (!recovery_wanted(now_ms)) return {};
    if (!recovering_) recovery_counts_ = {};
    recovering_ = true;
    const Hole &hole = holes_.front();
    asked_from_ms_ = std::max(hole.next_from_ms, oldest_kept(now_ms));
    Ask ask;
    ask.start_ms = floor_second(asked_from_ms_);
    ask.end_ms = ceil_second(hole.stretch.to_ms) + kSecondMs; // whether the end counts is not documented
    return ask;
}

void Continuity::recovered_up_to(std::int64_t newest_event_ms) {
    if (!recovering_ || holes_.empty() || newest_event_ms == event::kNoTime) return;
    lose_what_was_too_old();
    Hole &hole = holes_.front();
    const std::int64_t proof = std::min(newest_event_ms, hole.stretch.to_ms) - settings_.late_ms;
    hole.next_from_ms = std::max(hole.next_from_ms, proof);
}

void Continuity::recovery_done() {
    if (!recovering_ || holes_.empty()) return;
    lose_what_was_too_old();
    outcomes_.push_back({.what = Outcome::What::repaired,
                         .stretch = holes_.front().stretch,
                         .by = RepairBy::recovery,
                         .events = recovery_counts_.events,
                         .repeated = recovery_counts_.repeated});
    holes_.pop_front();
    recovering_ = false;
}

void Continuity::recovery_failed() {
    if (!recovering_ || holes_.empty()) return;
    lose_what_was_too_old();
    give_up(holes_.front(), GapReason::failed);
    holes_.pop_front();
    recovering_ = false;
}

void Continuity::recovery_refused() {
    settings_.recovery = false;
    settings_.without_recovery = GapReason::refused;
    for (const Hole &hole : holes_)
        give_up(hole, GapReason::refused);
    holes_.clear();
    recovering_ = false;
}

// ---- the end, and what is known ----

void Continuity::stop(std::int64_t now_ms) {
    if (const Leg *const earliest = earliest_open(); earliest == nullptr) {
        stopped_ms_ = now_ms;
        if (begun()) lose({missing_from(), now_ms}, GapReason::stopped);
    } else if (!covers(*earliest)) {
        const std::int64_t promised_to = backfill_ ? backfill_->stretch.to_ms : event::kNoTime;
        lose({missing_from(), std::max(earliest->brings_from_ms, promised_to)}, GapReason::stopped);
    } else if (backfill_ && backfill_->told) {
        lose(backfill_->stretch, GapReason::stopped);
    }
    stop_after_the_end();
}

void Continuity::stop_after_the_end() {
    backfill_.reset();
    for (const Hole &hole : holes_)
        give_up(hole, GapReason::stopped);
    recovering_ = false;
}

void Continuity::stopped_until(std::int64_t now_ms) {
    if (begun() && stopped_ms_ != event::kNoTime) lose({stopped_ms_, now_ms}, GapReason::stopped);
    stopped_ms_ = event::kNoTime;
}

std::optional<Outcome> Continuity::take_outcome() {
    if (outcomes_.empty()) return std::nullopt;
    const Outcome first = outcomes_.front();
    outcomes_.pop_front();
    return first;
}

std::uint64_t Continuity::version() const noexcept {
    std::uint64_t version = 0;
    const auto mix = [&](std::int64_t ms) {
        version = (version ^ static_cast<std::uint64_t>(floor_second(ms))) * 0x100000001B3;
    };
    mix(through_ms_);
    for (const Hole &hole : holes_) {
        mix(hole.next_from_ms);
        mix(hole.stretch.to_ms);
    }
    return version;
}

Coverage Continuity::coverage() const {
    Coverage coverage{through_ms_, {}};
    for (const Hole &hole : holes_)
        coverage.holes.push_back({hole.next_from_ms, hole.stretch.to_ms});
    return coverage;
}

Interval Continuity::edge_at(std::int64_t from_ms) const noexcept {
    return {from_ms - kSecondMs, from_ms + std::max(2 * settings_.late_ms, kRecoveredAheadMs)};
}

std::vector<Interval> Continuity::may_come_again() const {
    std::vector<Interval> stretches = overlaps();
    if (begun()) stretches.push_back(edge_at(missing_from()));
    return stretches;
}

// All of a hole: connections that were cut before they proved anything delivered parts of it. What follows it
// came with a backfill, and the recovery asks for whole seconds.
std::vector<Interval> Continuity::overlaps() const {
    std::vector<Interval> overlaps;
    for (const Hole &hole : holes_) {
        overlaps.push_back(edge_at(hole.next_from_ms));
        std::int64_t &to_ms = overlaps.back().to_ms;
        to_ms = std::max(to_ms, hole.stretch.to_ms + 4 * kSecondMs);
    }
    return overlaps;
}

} // namespace xtap::continuity
