// What the tests of continuity begin with: a simulator that has a past, streams that repair, and ways to tell
// what came by the numbers of the events.
#pragma once

#include "../stream/world.hpp"
#include "scripted_server.hpp"
#include "stream/continuity/checkpoint.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace xtap::test {

inline constexpr std::int64_t kMinute = 60'000; // milliseconds

// Numbered events at a steady pace since a while before now; all of them can be asked for again.
class Past : public SimulatorProcess {
public:
    // `rate` divides 1000, so that an event's time tells its number.
    explicit Past(std::int64_t since_s = 300, std::int64_t rate = 100,
                  std::vector<std::string> arguments = {});

    std::uint64_t number(const Seen &event) const;
    std::vector<std::uint64_t> numbers(const std::vector<Seen> &events) const; // as they came
    std::int64_t begun_ms() const { return begun_ms_; }                        // the time of event 0
    // Every event of the time from `from_ms` to the latest of `events` is among them, once.
    void expect_each_once(const std::vector<Seen> &events, std::int64_t from_ms) const;
    // The same, from the earliest of them on.
    void expect_each_once(const std::vector<Seen> &events) const;

private:
    Past(std::int64_t begun_ms, std::int64_t rate, std::vector<std::string> arguments, int);
    const std::int64_t begun_ms_, rate_;
};

std::int64_t wall_ms();

// Events are a second late at most, so that one minute of backfill is enough after a short outage.
Settings repairing(const Settings &more = {});

// ---- what was asked for ----

// A parameter of a connection in the simulator's state; "" when it was not asked for.
std::string asked(const Json &connection, const std::string &parameter);
// The connections that asked for a stretch of the past by start_time, or did not.
std::vector<Json> recoveries(SimulatorProcess &simulator);
std::vector<Json> live_connections(SimulatorProcess &simulator);

// ---- streams that a test writes down ----

inline constexpr const char *kPath = "/2/tweets/firehose/stream/lang/ja"; // of Tap::kOperation
std::string post_line(std::int64_t time_ms);                              // a post of that time
HttpAnswer streamed(const std::string &body);                             // which ends in order

// ---- what was told ----

bool is_recovery(const Seen &notice);                       // one about the leg that recovers
std::vector<Json> told(const Told &of, std::uint32_t kind); // the facts of its notices
Enough repaired_by(const std::string &means);
// The first holds, then the second, of what came since.
Enough both(Enough first, Enough second);

// Another stream of a Tap's client, over another partition; it is read.
class Sibling {
public:
    Sibling(const Tap &tap, const std::string &partition);
    ~Sibling() { xtap_stream_close(stream_); }
    Sibling(const Sibling &) = delete;
    Sibling &operator=(const Sibling &) = delete;
    void resume(const std::string &checkpoint);
    Told listen(const Enough &enough);
    xtap_stream *stream() const { return stream_; }

private:
    xtap_stream *stream_ = nullptr;
};

// ---- checkpoints ----

std::string checkpoint_of(xtap_stream *stream, std::uint64_t upto = 0); // throws when it is refused
void resume(Tap &tap, const std::string &checkpoint);                   // the same
// What a checkpoint up to there says of its first partition.
continuity::PartitionCheckpoint kept_at(xtap_stream *stream, std::uint64_t upto);
// Of a stream of that operation that had everything up to then, and kept no keys.
std::string made_at(std::int64_t through_ms, const std::vector<std::uint32_t> &partitions = {1},
                    const std::string &operation = Tap::kOperation);

} // namespace xtap::test
