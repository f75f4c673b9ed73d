// Pumps one stream into one connection: events at their pace, keep-alives, and the faults of the body, byte
// by byte. Knows nothing of requests; what to stream was decided before.
#pragma once

#include "body.hpp"
#include "connections.hpp"
#include "events.hpp"
#include "faults.hpp"
#include "link.hpp"
#include "sequence.hpp"
#include "settings.hpp"
#include "tailor.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace xtap::sim {

class Pump {
public:
    struct Parts {
        Link &link;
        Connection &connection;
        const World &world;
        const Settings &settings;
        EventSource source;
        StreamPlan plan;
        FaultPlan faults;
        bool gzip;
    };
    explicit Pump(Parts parts);

    // Runs until the stream is over, which is told by throwing Ended.
    [[noreturn]] void run();

private:
    [[noreturn]] void pump();
    struct Pending {
        Fault fault;
        std::uint64_t bytes_at = 0, events_at = 0;
        bool exact = false; // cuts in the middle of whatever is being sent
    };
    struct Drip {
        std::uint64_t bytes, interval_ms;
        std::optional<SteadyTime> until;
    };

    void add_fault(const Fault &fault);
    // Between batches everything can be granted; in the middle of a write only what cuts it off.
    void look_at_wishes(bool between_batches);
    void fire_due();
    void fire(const Fault &fault);
    void send_batch();
    void idle();
    void rest();
    [[noreturn]] void finish(const std::string &how);

    std::uint64_t batch_events() const;
    std::size_t batch_bytes() const;
    bool append_event(std::uint64_t number); // false: nobody wants it
    void append_unfinished();                // the event that would be next, for a fault to spoil
    void tell_progress();
    void append_line(std::string_view json);
    std::string_view keep_alive_line() const;

    void emit(std::string_view text, bool flush);
    void emit_split(std::string_view text);
    void send(std::string_view wire);
    void send_now(std::string_view wire);
    void hold(std::uint64_t for_ms);
    void watch_for_slow_reader();
    [[noreturn]] void cut_slow_reader();

    [[noreturn]] void half_chunk();
    [[noreturn]] void bad_chunk();
    [[noreturn]] void corrupt_gzip();
    void garbage_line(const Fault &fault);
    void oversized_line(std::uint64_t size);
    void disconnect_message(std::string_view disconnect_type);

    Parts parts_;
    Sequence sequence_;
    std::unique_ptr<Tailor> tailor_;
    BodyEncoder encoder_;
    std::vector<Pending> pending_;
    std::uint64_t bytes_ = 0, events_ = 0;
    std::uint64_t last_number_;    // the last that was looked at
    std::uint64_t last_event_ = 0; // the last that was sent
    SteadyTime last_sent_;
    std::optional<Drip> drip_;
    std::optional<SteadyTime> split_until_;
    bool silent_ = false, close_wish_ = false, slow_reader_ = false;
    std::string text_, wire_;
};

} // namespace xtap::sim
