// Faults: what can go wrong on purpose, how it is asked for in JSON, and the queue of what is still to come.
// Knows nothing of how a fault is played.
#pragma once

#include "json/value.hpp"

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace xtap::sim {

enum class FaultKind : std::uint8_t {
    // before the request is read
    refuse,
    tls_cut_handshake,
    // instead of the answer, or around its head
    http_status,
    too_many_connections,
    connection_issue,
    rate_limit,
    redirect,
    html_error,
    no_response,
    slow_headers,
    garbage_response,
    gzip_bomb,
    // of requests that are no streams
    no_answer,
    bad_json,
    huge_body,
    gzip_answer,
    chunked_answer,
    // in the body
    close,
    eof,
    reset,
    stall,
    tls_cut,
    half_chunk,
    bad_chunk,
    split_characters,
    garbage_line,
    oversized_line,
    operational_disconnect,
    slow_drip,
    keep_alive_only,
    duplicate_event,
    gzip_corrupt,
};

enum class FaultStage : std::uint8_t { accept, answer, body };

// What became of the faults that somebody gave away: still out, played, or gone with a connection that ended
// before they were due.
struct FaultTally {
    std::atomic<std::uint64_t> out{0}, played{0}, lost{0};
};

class FaultTicket {
public:
    explicit FaultTicket(std::shared_ptr<FaultTally> tally) : tally_(std::move(tally)) { ++tally_->out; }
    ~FaultTicket() {
        if (!played_) ++tally_->lost, --tally_->out;
    }
    FaultTicket(const FaultTicket &) = delete;
    FaultTicket &operator=(const FaultTicket &) = delete;
    void played() {
        if (!played_.exchange(true)) ++tally_->played, --tally_->out;
    }

private:
    std::shared_ptr<FaultTally> tally_;
    std::atomic<bool> played_{false};
};

struct Fault {
    FaultKind kind{};
    std::string name; // as asked for
    std::optional<std::uint64_t> after_bytes, after_events;
    std::string operation;    // of streams; empty: any
    std::string path, method; // of other requests; a path makes it a fault of those
    std::uint64_t size = 0, bytes = 0, interval_ms = 0, for_ms = 0, seconds = 0, copies = 0;
    int status = 0;
    std::string text;                    // what: location, line, connection_issue, disconnect_type, variant
    std::string line;                    // garbage_line: the very bytes
    bool processed = false;              // no_answer: after the request was carried out
    std::shared_ptr<FaultTicket> ticket; // of whoever wants to know what becomes of it
};
using FaultPlan = std::vector<Fault>; // what one connection meets

FaultStage stage_of(FaultKind kind);
// Whether it is meant for requests that are no streams.
bool for_requests(const Fault &fault);
std::span<const std::string_view> fault_names();

struct BadFault : std::runtime_error {
    using std::runtime_error::runtime_error;
};

struct FaultOrder {
    FaultPlan plan;
    std::uint64_t times = 1; // connections it applies to; 0: all from now on
    bool now = false;        // to connections already open
};
// One order per object; an inner array is one order of several faults for the same connection. Throws
// BadFault.
std::vector<FaultOrder> parse_faults(const Json &json);

// "/2/dm_conversations/{id}/dm_events": a name in braces stands for any one segment, a "*" at the end for
// any rest.
bool path_matches(std::string_view pattern, std::string_view path);

class FaultQueue {
public:
    void add(FaultOrder order);
    void clear();
    std::size_t size() const;
    // What the next new connection meets before it has said anything.
    std::optional<Fault> take_at_accept();
    // What a new streaming connection of this operation meets.
    FaultPlan take(std::string_view operation);
    // What a request that is no stream meets.
    FaultPlan take_for_request(std::string_view method, std::string_view path);

private:
    template <typename Applies> FaultPlan take_first(const Applies &applies);
    void used(const std::deque<FaultOrder>::iterator &order);

    mutable std::mutex mutex_;
    std::deque<FaultOrder> orders_;
};

} // namespace xtap::sim
