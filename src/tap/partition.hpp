// One partition of a stream: its legs, what they delivered and what is missing, and the repairs. Runs on the
// thread that does the stream's I/O; counters are read by any.
#pragma once

#include "api/request.hpp"
#include "stream/continuity/checkpoint.hpp"
#include "stream/continuity/continuity.hpp"
#include "stream/continuity/dedupe.hpp"
#include "stream/continuity/server_clock.hpp"
#include "tap/leg.hpp"
#include "tap/partition_settings.hpp"

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace xtap::tap {

// Told whenever a partition's coverage changes by a second or more, at the place among the records where it
// holds.
class CoverageListener {
public:
    virtual void covered(std::uint32_t partition, const continuity::Coverage &coverage,
                         const std::vector<continuity::Interval> &overlaps) = 0;

protected:
    ~CoverageListener() = default;
};

struct PartitionCounters {
    std::atomic<std::uint64_t> gaps{0}, maybe_repeated{0}, keys{0}, key_bytes{0}, recovering{0};
    std::atomic<std::int64_t> gap_ms{0}, recovering_ms{0}, through_ms{event::kNoTime};
};

class Partition final {
public:
    struct Parts {
        client::Client &client; // outlives it
        const StreamSettings &stream;
        const api::Request &request;
        const event::Pointers &pointers;
        RecordSink &sink;
        CoverageListener &listener;
    };
    Partition(const PartitionSettings &settings, const Parts &parts);
    ~Partition(); // REQUIRES: disconnect() or abandon() first when connections may be there
    Partition(const Partition &) = delete;
    Partition &operator=(const Partition &) = delete;

    // From a checkpoint, before the first advance.
    void restore(const continuity::PartitionCheckpoint &checkpoint);

    std::int64_t advance(edge::Now now, edge::Pump &pump, bool drained, bool finishing);
    // The whole stream ends: one that was over before the others names what it missed since.
    void end(edge::Now now);
    void disconnect(edge::Pump &pump) noexcept;
    void abandon() noexcept;

    // All is delivered and nothing more will come.
    bool over() const noexcept;
    const std::optional<Failure> &failure() const noexcept;
    const PartitionCounters &counters() const noexcept { return counters_; }
    std::uint32_t number() const noexcept { return settings_.partition; }

    enum class Role : std::uint8_t { live, redundant, recovery };
    static std::string_view role_name(Role role) noexcept;
    class Lane;
    // The same ones from the beginning to the end.
    const std::vector<std::unique_ptr<Lane>> &lanes() const noexcept { return lanes_; }

private:
    // Recovery takes only the first half of the room: what happens now goes first.
    class HalfSink final : public RecordSink {
    public:
        explicit HalfSink(RecordSink &sink) : sink_(sink) {}
        event::BatchView *batch() override { return sink_.batch(); }
        event::BatchView *next(const event::Need &need) override { return sink_.next(need); }
        bool full() const override { return sink_.full() || sink_.half_full(); }
        bool half_full() const override { return sink_.half_full(); }
        bool far_behind() const override { return sink_.far_behind(); }
        std::uint64_t records_put() const override { return sink_.records_put(); }

    private:
        RecordSink &sink_;
    };

    void add_lane(Role role, std::size_t index);
    bool live_over() const noexcept;
    std::int64_t advance_recovery(edge::Now now, edge::Pump &pump, bool drained);
    void begin_recovery(edge::Now now);
    void end_recovery() noexcept;
    void stop(edge::Now now);
    void settle_end(edge::Now now, edge::Pump &pump);
    bool tell_outcomes(edge::Now now);
    void tell_untold();
    void tell_coverage();
    bool admit(Lane &lane, const event::Facts &facts, std::uint32_t &flags);
    std::string url_for(const Lane &lane) const;

    const PartitionSettings settings_;
    const Parts parts_;
    HalfSink recovery_sink_;
    continuity::Continuity continuity_;
    continuity::Dedupe dedupe_;
    continuity::ServerClock clock_;
    std::vector<std::unique_ptr<Lane>> lanes_; // live, redundant, recovery: those there are
    Lane *recovery_ = nullptr;
    bool recovering_ = false, stopped_ = false, ended_ = false;
    std::uint64_t told_version_ = 0;
    PartitionCounters counters_;
};

// One leg and its place in the whole.
class Partition::Lane final : private LegGuide, private event::EventFilter {
public:
    Lane(Partition &whole, Role role, std::size_t index);

    Leg &leg() noexcept { return leg_; }
    const Leg &leg() const noexcept { return leg_; }
    Role role() const noexcept { return role_; }
    std::size_t index() const noexcept { return index_; }

private:
    friend class Partition;

    LegSettings leg_settings() const;

    std::optional<std::string> next_url(edge::Now now) override;
    void opened(edge::Now now, std::int64_t server_ms) override;
    void progressed(const Course &course, edge::Now now) override;
    std::int64_t server_ms(edge::Now now) const override { return whole_.clock_.at(now.mono_ms); }
    void held_back(edge::Now now) override;
    void closed(edge::Now now) override;
    bool refused(const session::Closing &closing) override;
    bool admit(const event::Facts &facts, std::uint32_t &flags) override;
    bool is_believed(std::int64_t event_ms);

    Partition &whole_;
    const Role role_;
    const std::size_t index_;
    std::int64_t newest_event_ms_ = event::kNoTime;
    std::int64_t believed_to_ms_ = event::kNoTime; // no event of this connection is younger
    bool looked_ = false;                          // at the clock, since the last progress
    continuity::Ask asked_;
    Leg leg_;
};

} // namespace xtap::tap
