// What one partition of a stream has delivered and what it misses; decides what the next connection asks for,
// and names what is lost. Knows no connection and no clock: everything happens at a time that comes in, as
// the server counts it (unix ms).
#pragma once

#include "stream/continuity/interval.hpp"
#include "stream/event/batch.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string_view>
#include <vector>

namespace xtap::continuity {

enum class RepairBy : std::uint8_t { backfill, recovery, redundancy };
std::string_view repair_by_name(RepairBy by) noexcept;

// Why a stretch is lost.
enum class GapReason : std::uint8_t {
    backfill_only, // the caller wanted no recovery
    unsupported,   // the operation has none
    refused,       // the account may not
    too_old,       // longer ago than the server keeps
    failed,        // the recovery ended with an error
    stopped,       // the stream ended before it was repaired; a checkpoint still holds it
};
std::string_view gap_reason_name(GapReason reason) noexcept;

struct ContinuitySettings {
    bool backfill = true, recovery = true;
    GapReason without_recovery = GapReason::unsupported; // why `recovery` is false
    std::int64_t late_ms = 60'000;                       // events come at most so long after their time
    std::int64_t connect_timeout_ms = 10'000;
    std::int64_t user_backfill_minutes = 0;                 // the caller's own, for the first connection
    std::optional<std::int64_t> user_start_ms, user_end_ms; // the stretch that the caller asked for
};

// What a connection asks for besides the caller's own parameters; what is absent leaves those as they are.
struct Ask {
    std::int64_t backfill_minutes = 0;
    std::optional<std::int64_t> start_ms, end_ms; // whole seconds

    bool nothing() const noexcept { return backfill_minutes == 0 && !start_ms && !end_ms; }
};

struct Outcome {
    enum class What : std::uint8_t { repairing, repaired, gap };
    What what;
    Interval stretch;
    RepairBy by = RepairBy::backfill;
    GapReason reason = GapReason::failed;
    std::int64_t minutes = 0;
    std::uint64_t events = 0;   // delivered again or late, and not known before
    std::uint64_t repeated = 0; // known ones that came again: the evidence that the repair reached back
};

// What is known of a leg's progress when it has decoded all that it read.
struct Progress {
    std::int64_t newest_event_ms = event::kNoTime; // the latest time that an event of this connection carried
    // Everything that had arrived at this time was read, and something arrived then or later.
    std::int64_t read_up_to_ms = event::kNoTime;
    // One came since the last progress: the server had nothing else to send. Not one that waited while
    // reading was paused.
    bool keep_alive = false;
};

// Counted by whoever sees the events.
struct RepairCounts {
    std::uint64_t events = 0, repeated = 0;
};

// As a checkpoint keeps it: everything before through_ms was delivered, but for what is in holes and what
// gaps named.
struct Coverage {
    std::int64_t through_ms = event::kNoTime;
    std::vector<Interval> holes;

    bool operator==(const Coverage &) const = default;
};

class Continuity {
public:
    static constexpr std::size_t kLegs = 2; // with redundancy
    static constexpr std::int64_t kMostBackfillMinutes = 5;
    static constexpr std::int64_t kMostRecoveryMs = 24 * 3'600'000;

    explicit Continuity(const ContinuitySettings &settings);
    void restore(const Coverage &coverage); // before the first connection

    // ---- the legs that follow the stream ----
    Ask ask(std::size_t leg, std::int64_t now_ms);
    void opened(std::size_t leg, std::int64_t now_ms);
    void progress(std::size_t leg, const Progress &progress, std::int64_t now_ms);
    // Reading was paused until now: what comes next may have waited long.
    void held_back(std::size_t leg, std::int64_t now_ms);
    void closed(std::size_t leg, std::int64_t now_ms);
    void backfill_refused() noexcept { settings_.backfill = false; }
    // Events of this time that the leg brings are delivered again, not live.
    bool replays(std::size_t leg, std::int64_t event_ms) const noexcept;
    RepairCounts &counts(std::size_t leg) noexcept { return legs_[leg].counts; }

    // ---- the leg that recovers what backfill does not reach, one stretch after the other ----
    bool recovery_wanted(std::int64_t now_ms) const noexcept;
    // Of the stretch begun, or of the next one; REQUIRES: recovery_wanted().
    Ask ask_recovery(std::int64_t now_ms);
    void recovered_up_to(std::int64_t newest_event_ms);
    void recovery_done();
    void recovery_failed();
    void recovery_refused();
    RepairCounts &recovery_counts() noexcept { return recovery_counts_; }

    // The stream ends: what is still missing is named.
    void stop(std::int64_t now_ms);
    // The same after the server ended it in order, at the caller's end: nothing is missing but holes.
    void stop_after_the_end();
    // What followed a stop without a connection, if that is how it was, is missing as well.
    void stopped_until(std::int64_t now_ms);

    bool begun() const noexcept { return through_ms_ != event::kNoTime; }
    bool has_holes() const noexcept { return !holes_.empty(); }
    // Another number whenever the coverage is another by a second or more.
    std::uint64_t version() const noexcept;
    std::optional<Outcome> take_outcome();
    Coverage coverage() const;
    // What recoveries to come will ask for and whatever may come along: known events of it will come again.
    std::vector<Interval> overlaps() const;
    // The same, and the edge that an outage would leave that begins now: the first events after it, hours
    // younger, may come before it is told.
    std::vector<Interval> may_come_again() const;
    std::uint64_t gaps() const noexcept { return gaps_; }
    std::int64_t gap_ms() const noexcept { return gap_ms_; }

private:
    struct Leg {
        bool open = false;
        bool lost = false;      // closed while the other one went on, which brings all since lost_from_ms
        bool replaying = false; // a backfill: its events come in any order and prove nothing
        bool behind = false;    // more may wait at the server than was read
        std::int64_t asked_minutes = 0; // ours, or the caller's
        std::int64_t minutes = 0;       // of the open connection
        std::int64_t asked_ms = event::kNoTime, opened_ms = event::kNoTime;
        std::int64_t brings_from_ms =
            event::kNoTime; // events of this time and later come with it, or came before
        std::int64_t covers_from_ms = event::kNoTime; // so what was delivered from here on does
        std::int64_t timed_from_ms =
            event::kNoTime;                       // a time before it tells nothing of the stream's progress
        std::int64_t settled_ms = event::kNoTime; // a keep-alive before it may be old
        std::int64_t keep_alive_ms = event::kNoTime, proof_ms = event::kNoTime, lost_from_ms = event::kNoTime;
        Ask asked;
        RepairCounts counts;
    };
    struct Backfill { // an outage that a leg's backfill repairs
        std::size_t leg;
        Interval stretch;
        std::int64_t minutes;
        bool told;
    };
    struct Hole {
        Interval stretch;
        std::int64_t next_from_ms; // all before it is recovered
    };

    std::int64_t missing_from() const noexcept { return through_ms_ - settings_.late_ms; }
    Interval edge_at(std::int64_t from_ms) const noexcept;
    Leg *other_open(std::size_t leg) noexcept;
    Leg *earliest_open() noexcept;
    bool covers(const Leg &leg) const noexcept;
    bool other_may_reach(const Leg &leg, std::int64_t now_ms) const noexcept;
    void settle_past(std::int64_t now_ms);
    Interval wanted(Interval stretch) const noexcept;
    void begin(std::size_t leg);
    void resume(std::size_t leg, std::int64_t now_ms);
    void resume_from_start(std::int64_t now_ms);
    void rest_on(Leg &leg);
    void end_backfill(std::size_t leg);
    void hand_over_backfill(std::size_t leg);
    void tell_redundancy();
    void miss(Interval stretch);
    void lose(Interval stretch, GapReason reason);
    void give_up(const Hole &hole, GapReason reason);
    void lose_holes_too_old(std::int64_t now_ms);
    void lose_what_was_too_old();
    void advance_through() noexcept;

    ContinuitySettings settings_;
    std::array<Leg, kLegs> legs_;
    std::int64_t through_ms_ = event::kNoTime, stopped_ms_ = event::kNoTime;
    std::optional<Backfill> backfill_;
    std::deque<Hole> holes_; // oldest first; the first is being recovered while recovering_
    bool recovering_ = false;
    std::int64_t asked_from_ms_ = event::kNoTime; // by the recovery, at the latest attempt
    RepairCounts recovery_counts_;
    std::deque<Outcome> outcomes_;
    std::uint64_t gaps_ = 0;
    std::int64_t gap_ms_ = 0;
};

} // namespace xtap::continuity
