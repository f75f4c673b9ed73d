// The way of a leg's bytes: inflated, decoded and put into the sink's batch, and the notices beside them, in
// order. What the sink has no room for waits here, bounded. Knows no connection and decides nothing about
// one.
#pragma once

#include "api/problem.hpp"
#include "client/client.hpp"
#include "edge/inflate.hpp"
#include "stream/event/decoder.hpp"
#include "stream/session/notice.hpp"
#include "tap/record_sink.hpp"

#include <atomic>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

namespace xtap::tap {

// Counters are figures for people: nothing is ordered by them.
inline constexpr auto kRelaxed = std::memory_order_relaxed;

class Intake {
public:
    // Each outlives it.
    struct Parts {
        client::Client &client;
        RecordSink &sink;
        const session::NoticeSource &source;
        const event::Pointers &pointers;
        event::EventFilter *filter; // may be null
    };
    Intake(const Parts &parts, const event::DecoderSettings &decoder);

    // ---- the bytes of one connection after the other ----
    void begin();
    void expect_gzip() noexcept { gzip_ = true; }
    bool has_room() const; // for more of them
    // Delivers what the sink has room for and keeps the rest. Throws Failure when they cannot be read: then
    // drop() is due.
    void take(std::string_view wire);
    // Delivers what waits; true when nothing does any more. Throws as take() does.
    bool settle();
    // Delivers what stood after the last line end; `clean`: the answer ended there. False when the sink has
    // no room for it.
    bool finish(bool clean);
    void drop() noexcept; // the bytes that wait; notices stay

    // What the present or last connection brought.
    std::uint64_t events() const noexcept {
        return decoder_.counters().events.load(kRelaxed) - events_before_;
    }
    std::uint64_t bytes() const noexcept { return decoder_.counters().bytes.load(kRelaxed) - bytes_before_; }
    std::uint64_t keep_alives() const noexcept { return decoder_.keep_alives(); } // of all connections
    std::size_t dropped_tail_bytes() const noexcept { return decoder_.dropped_tail_bytes(); }
    const std::optional<api::Problem> &last_word() const noexcept { return last_word_; } // X's, of its end

    // ---- notices ----
    // Logs it, and puts it among the records once those before it have room.
    void note(session::Notice notice);
    // Puts what had no room, before any event that follows; true when nothing is left of it.
    bool flush_notices();
    bool has_notices() const noexcept { return !notices_.empty(); }

    // Bytes or notices wait for room in the sink; need() is what the first of them takes.
    bool has_leftover() const noexcept;
    const event::Need &need() const noexcept { return need_; }

    // Read by any thread.
    const event::DecoderCounters &decoder_counters() const noexcept { return decoder_.counters(); }
    std::uint64_t notices_put() const noexcept { return notices_put_.load(kRelaxed); }

private:
    void drain(std::string_view &wire);
    bool decode(std::string_view &bytes);
    void handle(event::Decoder::Stop stop);

    client::Client &client_;
    RecordSink &sink_;
    const session::NoticeSource &source_;
    const std::size_t max_event_bytes_;
    event::Decoder decoder_;
    edge::Inflater inflater_;
    std::deque<session::Notice> notices_; // not yet in a batch
    std::optional<api::Problem> last_word_;
    std::string backlog_;           // wire bytes that the sink had no room for ...
    std::size_t backlog_taken_ = 0; // ... of which so many are delivered by now
    std::string_view inflated_;     // the rest of the inflater's last step
    event::Need need_;
    std::uint64_t events_before_ = 0, bytes_before_ = 0;
    bool gzip_ = false, retry_line_ = false, tail_done_ = false;
    std::atomic<std::uint64_t> notices_put_{0};
};

} // namespace xtap::tap
