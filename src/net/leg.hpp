// One HTTP connection of a stream after the other: glues session, transfer and decoder together. Runs on one
// thread: the caller's inside run/read, or the client's I/O thread.
#pragma once

#include "api/problem.hpp"
#include "net/clock.hpp"
#include "net/credentials.hpp"
#include "net/inflate.hpp"
#include "net/pump.hpp"
#include "net/token_fetch.hpp"
#include "net/transfer.hpp"
#include "stream/connect_budget.hpp"
#include "stream/decoder.hpp"
#include "stream/notice.hpp"
#include "stream/session.hpp"
#include "stream/stall_clock.hpp"

#include <array>
#include <atomic>
#include <deque>
#include <memory>
#include <optional>
#include <string>

namespace xtap::net {

// Where a leg's records go.
class RecordSink {
public:
    // The batch to fill now; null when records may not be taken now.
    virtual stream::BatchView *batch() = 0;
    // The batch cannot take `need`: another one that can, or null (the leg keeps its bytes and stops
    // reading).
    virtual stream::BatchView *next(const stream::Need &need) = 0;
    // No more bytes should be read now, although records could still be taken.
    virtual bool full() const = 0;

protected:
    ~RecordSink() = default;
};

// What a leg asks of its client.
class LegHost {
public:
    // None when a token must be fetched first, by the request that the second gives, whose answer goes to the
    // third. All throw Failure.
    virtual std::optional<Authorization> authorize() = 0;
    virtual TokenRequest token_request() = 0;
    virtual void token_reply(const TokenReply &reply) = 0;
    // The server answered 401; true when there is, or can be fetched, another credential.
    virtual bool refused(const Ticket &ticket) = 0;
    virtual void accepted(const Ticket &ticket) = 0;          // it answered anything else
    virtual stream::ConnectBudget::Turn budget_take() = 0;    // before a connection of this endpoint
    virtual void budget_take_back(std::int64_t taken_ms) = 0; // it never reached a server
    virtual void connection_opened() noexcept = 0;
    virtual void connection_closed() noexcept = 0;
    virtual void rate_limit_seen(const stream::RateLimit &limit) = 0;
    virtual bool may_reconnect() const = 0; // false while the consumer is far behind
    virtual void log_notice(const stream::Notice &notice) noexcept = 0;

protected:
    ~LegHost() = default;
};

struct LegSettings {
    const EdgeSettings *edge;
    const StreamSettings *stream;
    stream::DecoderSettings decoder;
    stream::NoticeSource source;
    std::string url;
};

// Read by any thread.
struct LegCounters {
    std::atomic<std::uint64_t> wire_bytes{0}, connects{0}, notices{0};
    std::array<std::atomic<std::uint64_t>, 8> reconnects{}; // by stream::Cause
    std::atomic<std::uint8_t> state{0};                     // stream::LegState
    std::atomic<std::int64_t> attempt{0}, open_since_ms{0}, last_byte_ms{0};
};

class Leg final : private TransferListener {
public:
    Leg(LegSettings settings, const stream::Pointers &pointers, RecordSink &sink, LegHost &host);
    ~Leg(); // REQUIRES: disconnect() or abandon() first when a connection may be there

    // Does all that is due; returns the monotonic time at which to call again at the latest. `drained`: the
    // pump was stepped since the last call, so silence means that the socket was empty.
    std::int64_t advance(Now now, Pump &pump, bool drained);
    // Ends the connection; what was read is still delivered by later calls of advance, then the leg is over.
    void finish(Pump &pump);
    void disconnect(Pump &pump) noexcept; // at once, delivering nothing
    void abandon() noexcept;              // in a forked child

    // All is delivered and nothing more will come.
    bool over() const noexcept { return ended_ && !has_leftover(); }
    const std::optional<Failure> &failure() const noexcept { return failure_; }
    // Bytes came since the last advance: there may be more at hand.
    bool progressed() const noexcept { return heard_ || closing_; }
    // Bytes or notices wait for room in the sink; blocked_need() is what the first of them takes.
    bool has_leftover() const noexcept;
    const stream::Need &blocked_need() const noexcept { return need_; }

    const LegCounters &counters() const noexcept { return counters_; }
    const stream::DecoderCounters &decoder_counters() const noexcept { return decoder_.counters(); }
    std::uint32_t partition() const noexcept { return settings_.source.partition; }

private:
    void on_head(const ResponseHead &head) override;
    bool on_body(std::string_view bytes) override;
    void on_done(CURLcode result, std::string_view what) override;

    void connect(Now now, Pump &pump);
    void fetch_token(Now now, Pump &pump);
    std::int64_t watch_fetch(Now now, Pump &pump);
    void open_connection(Now now, Pump &pump);
    std::int64_t watch(Now now, bool drained);
    // The connection is closed at the next advance, after what it brought was delivered.
    void give_up(stream::Closing closing);
    void break_off(const Failure &failure);
    void conclude(Now now, Pump &pump);
    void apply(const stream::Decision &decision, const stream::Closing &closing, Now now);
    void end_with(const Failure &failure);
    void close_connection(Pump &pump) noexcept;
    void set_state() noexcept;

    void begin_body();
    bool settle();
    void drain(std::string_view &wire);
    bool decode(std::string_view &bytes);
    void handle(stream::Decoder::Stop stop);
    bool finish_decoder();
    void note(stream::Notice notice);
    bool flush_notices();

    LegSettings settings_;
    RecordSink &sink_;
    LegHost &host_;
    stream::Session session_;
    stream::Decoder decoder_;
    stream::StallClock stall_;
    Inflater inflater_;
    std::unique_ptr<Transfer> transfer_;
    std::unique_ptr<TokenFetch> fetch_;
    Authorization authorization_;        // of the connection
    std::deque<stream::Notice> notices_; // not yet in a batch

    ResponseHead head_;
    std::string problem_body_;                     // of an answer that is not 200
    std::optional<api::Problem> problem_, system_; // of the answer; of X's last word in the stream
    std::optional<stream::Closing> closing_; // the connection is over; concluded once its bytes are delivered
    std::optional<Failure> failure_;         // the leg is over, and this is why
    std::string backlog_;                    // wire bytes that the sink had no room for ...
    std::size_t backlog_taken_ = 0;          // ... of which so many are delivered by now
    std::string_view inflated_;              // the rest of the inflater's last step
    stream::Need need_;
    std::int64_t due_ms_ = 0, started_ms_ = 0, budget_taken_ms_ = 0;
    std::uint64_t events_before_ = 0, bytes_before_ = 0;
    bool broken_ = false; // what comes cannot be read
    bool gzip_ = false, paused_ = false, heard_ = false, retry_line_ = false, tail_done_ = false;
    bool counted_open_ = false, finishing_ = false, ended_ = false;
    LegCounters counters_;
};

} // namespace xtap::net
