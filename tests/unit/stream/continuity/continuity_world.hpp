// What the tests of continuity share: a partition under a fake clock, and outcomes as text, so that a test
// reads as a log. Times are seconds after kStart, lengths too.
#pragma once

#include "stream/continuity/continuity.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace xtap::continuity {

inline constexpr std::int64_t kStart = 1'700'000'000'000; // a whole minute; nothing depends on it
inline constexpr std::int64_t kSecond = 1'000, kMinute = 60 * kSecond, kHour = 60 * kMinute;

inline std::string seconds_text(std::int64_t ms) {
    const std::int64_t at = ms - kStart;
    std::string text = std::to_string(at / kSecond);
    if (at % kSecond != 0) text += "+" + std::to_string(at % kSecond) + "ms";
    return text;
}

inline std::string text_of(const Interval &stretch) {
    return seconds_text(stretch.from_ms) + ".." + seconds_text(stretch.to_ms);
}

// "repairing 10..20 by backfill of 2", "repaired 10..20 by recovery", "gap 10..20 refused"
inline std::string text_of(const Outcome &outcome) {
    const std::string stretch = text_of(outcome.stretch);
    if (outcome.what == Outcome::What::gap)
        return "gap " + stretch + " " + std::string(gap_reason_name(outcome.reason));
    const bool done = outcome.what == Outcome::What::repaired;
    std::string text = (done ? "repaired " : "repairing ") + stretch + " by ";
    text += repair_by_name(outcome.by);
    if (outcome.minutes != 0) text += " of " + std::to_string(outcome.minutes);
    return text;
}

// One partition, driven by hand.
class Partition {
public:
    explicit Partition(const ContinuitySettings &settings) : continuity(settings) {}

    Ask ask(std::size_t leg = 0) { return continuity.ask(leg, now); }
    // Asks and is answered at once.
    Ask open(std::size_t leg = 0) {
        const Ask asked = ask(leg);
        continuity.opened(leg, now);
        return asked;
    }
    // So many seconds of a live stream: an event of its end came, and all was read.
    void live(std::int64_t seconds, std::size_t leg = 0) {
        now += seconds * kSecond;
        continuity.progress(leg, {.newest_event_ms = now, .read_up_to_ms = now}, now);
    }
    // So many seconds without an event; the keep-alive came at their end.
    void quiet(std::int64_t seconds, std::size_t leg = 0) {
        now += seconds * kSecond;
        continuity.progress(leg, {.read_up_to_ms = now, .keep_alive = true}, now);
    }
    // Events of a replay as far as this time; it goes on.
    void replayed(std::int64_t event_ms, std::size_t leg = 0) {
        continuity.progress(leg, {.newest_event_ms = event_ms, .read_up_to_ms = now}, now);
    }
    void close(std::size_t leg = 0) { continuity.closed(leg, now); }
    void wait(std::int64_t seconds) { now += seconds * kSecond; }

    Ask ask_recovery() { return continuity.ask_recovery(now); }
    bool recovery_wanted() const { return continuity.recovery_wanted(now); }

    std::vector<std::string> outcomes() {
        std::vector<std::string> told;
        while (const auto outcome = continuity.take_outcome())
            told.push_back(text_of(*outcome));
        return told;
    }
    std::vector<std::string> holes() const {
        std::vector<std::string> holes;
        for (const Interval &hole : continuity.coverage().holes)
            holes.push_back(text_of(hole));
        return holes;
    }

    Continuity continuity;
    std::int64_t now = kStart;
};

} // namespace xtap::continuity
