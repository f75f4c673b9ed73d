// One HTTP connection of a stream after the other: when to make it, what its end means, what is told of both.
// Runs on one thread: the caller's inside run/read, or the client's I/O thread. Knows nothing of events.
#pragma once

#include "api/problem.hpp"
#include "client/app_token_fetch.hpp"
#include "client/client.hpp"
#include "client/ghost_call.hpp"
#include "edge/clock.hpp"
#include "edge/pump.hpp"
#include "edge/stream_connection.hpp"
#include "stream/session/notice.hpp"
#include "stream/session/session.hpp"
#include "stream/session/stall_clock.hpp"
#include "tap/intake.hpp"
#include "tap/record_sink.hpp"
#include "tap/stream_settings.hpp"

#include <array>
#include <atomic>
#include <memory>
#include <optional>
#include <string>

namespace xtap::tap {

// What one leg asks of the stream it is a part of: which connection to make, and what it must know of each.
class LegGuide {
public:
    // Of the connection that is made now; none when there is nothing left to ask for, which ends the leg.
    virtual std::optional<std::string> next_url(edge::Now now) = 0;
    // `server_ms`: the server's own time; -1: it did not say.
    virtual void opened(edge::Now now, std::int64_t server_ms) = 0;
    struct Course {
        std::int64_t
            read_up_to_mono_ms; // all that had come until then was read, and some came then; -1: unknown
        bool keep_alive;        // the server sent one, having nothing else to send
    };
    // All that was read is decoded.
    virtual void progressed(const Course &course, edge::Now now) = 0;
    virtual std::int64_t server_ms(edge::Now now) const = 0; // what time it is there
    virtual void held_back(edge::Now now) = 0;               // reading goes on after a pause of ours
    virtual void closed(edge::Now now) = 0;
    // The server refuses the request; true when that is for what next_url() added, and it is to be made again
    // without.
    virtual bool refused(const session::Closing &closing) = 0;

protected:
    ~LegGuide() = default;
};

struct LegSettings {
    const StreamSettings *stream;
    session::SessionSettings session;
    event::DecoderSettings decoder;
    session::NoticeSource source;
    bool waits = false; // for begin(), instead of connecting at once
};

// What a leg works with; each outlives it.
struct LegParts {
    client::Client &client;
    const api::Operation &operation;
    const event::Pointers &pointers;
    RecordSink &sink;
    LegGuide &guide;
    event::EventFilter *filter; // may be null
};

// Read by any thread.
struct LegCounters {
    std::atomic<std::uint64_t> wire_bytes{0}, connects{0};
    std::array<std::atomic<std::uint64_t>, 8> reconnects{}; // by session::Cause
    std::atomic<std::uint8_t> state{0};                     // session::LegState
    std::atomic<std::int64_t> attempt{0}, open_since_ms{0}, last_byte_ms{0};
};

class Leg final : private edge::StreamConnectionListener {
public:
    Leg(LegSettings settings, const LegParts &parts);
    ~Leg(); // REQUIRES: disconnect() or abandon() first when a connection may be there

    // Does all that is due; returns the monotonic time at which to call again at the latest. `drained`: the
    // pump was stepped since the last call, so silence means that the socket was empty.
    std::int64_t advance(edge::Now now, edge::Pump &pump, bool drained);
    // A leg that waits, or is over, sets out (again).
    void begin();
    // Puts a notice of the stream's among the records.
    void tell(session::Notice notice);
    // Ends the connection; what was read is still delivered by later calls of advance, then the leg is over.
    void finish(edge::Pump &pump);
    void disconnect(edge::Pump &pump) noexcept; // at once, delivering nothing
    void abandon() noexcept;                    // in a forked child

    // All is delivered and nothing more will come.
    bool over() const noexcept { return ended_ && !has_leftover(); }
    const std::optional<Failure> &failure() const noexcept { return failure_; }
    // Bytes came since the last advance: there may be more at hand.
    bool progressed() const noexcept { return heard_ || closing_; }
    // Bytes or notices wait for room in the sink; blocked_need() is what the first of them takes.
    bool has_leftover() const noexcept { return intake_.has_leftover(); }
    const event::Need &blocked_need() const noexcept { return intake_.need(); }
    bool has_untold() const noexcept { return intake_.has_notices(); } // what tell() had no room for
    // Puts what had no room, before any event that follows; true when nothing is left of it.
    bool tell_rest() { return intake_.flush_notices(); }

    const LegCounters &counters() const noexcept { return counters_; }
    const Intake &intake() const noexcept { return intake_; }
    const session::NoticeSource &source() const noexcept { return settings_.source; }

private:
    void on_head(const edge::ResponseHead &head) override;
    bool on_body(std::string_view bytes) override;
    void on_done(session::Closing closing) override;

    void connect(edge::Now now, edge::Pump &pump);
    void fetch_token(edge::Now now, edge::Pump &pump);
    std::int64_t watch_fetch(edge::Now now, edge::Pump &pump);
    void open_connection(edge::Now now, edge::Pump &pump);
    std::int64_t watch(edge::Now now, bool drained);
    void report(edge::Now now, bool drained);
    void begin_answer();
    bool settle_intake();
    // The connection is closed at the next advance, after what it brought was delivered.
    void give_up(session::Closing closing);
    void break_off(const Failure &failure);
    void conclude(edge::Now now, edge::Pump &pump);
    void budget_take_back();
    void ask_about_ghost(bool was_open, edge::Now now);
    std::unique_ptr<client::GhostCall> ghost_call(client::GhostErrand errand, std::int64_t deadline_ms);
    std::int64_t watch_ghost(edge::Now now, edge::Pump &pump);
    void drop_ghost(edge::Pump &pump) noexcept;
    void tell_end(edge::Now now, std::string_view disconnect_reason);
    void apply(const session::Decision &decision, const session::Closing &closing, edge::Now now);
    void end_with(const Failure &failure);
    void close_connection(edge::Pump &pump) noexcept;
    void set_state() noexcept;

    LegSettings settings_;
    client::Client &client_;
    const api::Operation &operation_;
    RecordSink &sink_;
    LegGuide &guide_;
    session::Session session_;
    Intake intake_;
    session::StallClock stall_;
    std::unique_ptr<edge::StreamConnection> connection_;
    std::unique_ptr<client::AppTokenFetch> fetch_;
    std::unique_ptr<client::GhostCall> ghost_;
    struct Concluded { // a connection whose end is not told yet
        session::Closing closing;
        session::Decision decision;
        std::int64_t open_ms;
    };
    std::optional<Concluded> concluded_;
    std::string reclaimed_;                      // the ghost that was ended for the next connection
    std::int64_t connected_ms_ = event::kNoTime; // the last one that was open, by the server's clock
    client::Authorization authorization_;        // of the connection

    edge::ResponseHead head_;
    std::string problem_body_;            // of an answer that is not 200 ...
    std::optional<api::Problem> problem_; // ... and what it says
    // The connection is over; concluded once its bytes are delivered.
    std::optional<session::Closing> closing_;
    std::optional<Failure> failure_; // the leg is over, and this is why
    std::int64_t due_ms_ = 0, started_ms_ = 0, budget_taken_ms_ = 0;
    std::int64_t last_byte_mono_ms_ = 0, read_up_to_mono_ms_ = -1;
    std::uint64_t keep_alives_before_ = 0;
    bool stale_ = false;  // what comes may have waited while reading was paused
    bool broken_ = false; // what comes cannot be read
    bool paused_ = false, heard_ = false;
    bool counted_open_ = false, finishing_ = false, ended_ = false;
    LegCounters counters_;
};

} // namespace xtap::tap
