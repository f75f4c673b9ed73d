// What the command line decided, checked. Plain data every part may read.
#pragma once

#include "answer_shapes.hpp"
#include "moment.hpp"
#include "random_faults.hpp"
#include "rules.hpp"

#include <cstdint>
#include <string>

namespace xtap::sim {

enum class LineEnd : std::uint8_t { crlf, lf, sse };

struct Settings {
    std::string host = "127.0.0.1";
    std::string cert_out;
    double rate = 0;
    double speed = 1;        // of time
    std::uint64_t count = 0; // events per connection, 0: endless
    std::uint64_t from = 0;  // first number of a new connection, 0: by the shared clock
    std::uint64_t seed = 1;
    Micros base_time = 0;
    std::uint64_t chunk = 0; // 0: one HTTP chunk per batch of events
    std::uint64_t keep_alive_ms = 20'000;
    std::uint64_t late_ms = 0;             // how late an event can reach the streams
    double late_share = 1;                 // percent of the events that do
    std::uint64_t history_ms = 86'400'000; // how far back replays reach
    double replay_rate = 0;                // events per second of a replay; 0: as fast as the socket takes
    std::uint64_t connects_per_window = 0; // 0: unlimited
    std::uint64_t window_seconds = 900;
    std::uint64_t connection_limit = 0; // of one operation and partition; 0: unlimited
    std::uint64_t recovery_jobs = 2;    // at once, of all operations
    std::uint64_t ghost_ms = 0;         // how long a connection that broke off counts as open
    std::uint64_t slow_reader_ms = 0;   // how long a client may take nothing; 0: for ever
    std::uint64_t requests_per_window = 0, request_window_seconds = 900; // 0: unlimited
    std::uint64_t dm_events = 1000;
    std::size_t most_rules = 1000;
    std::int64_t expires_in = 7200; // seconds an access token is good for
    std::string script;             // file of faults
    RandomFaults random_faults;
    std::string token;      // empty: any
    std::string user_token; // an access token that is good from the start and never expires
    std::string user_id = "2244994945";
    std::string api_key = "sim-api-key", api_secret = "sim-api-secret";
    std::string client_id = "sim-client-id", client_secret = "sim-client-secret";
    std::string public_client_id = "sim-public-client";
    std::string oauth1_token = "sim-user-token", oauth1_token_secret = "sim-user-secret";
    std::string print; // operation to print instead of serving
    unsigned partition = 1;
    std::uint16_t port = 0;
    LineEnd line_end = LineEnd::crlf;
    Filtering filtering = Filtering::once_used;
    SubscriptionShape subscription_shape = SubscriptionShape::wrapped;
    int refuse_status = 400;
    bool refuse_backfill = false, refuse_recovery = false;
    bool takeover = false; // beyond the limit the oldest goes instead of the newest
    bool tls = false;
    bool gzip = true;
    bool check_partitions = true;
    bool strict_auth = false;
    bool kill_attempted = false;
    bool record = false; // answer 200 {"data":{}} to everything
    bool until_eof = false;
    bool with_parent = false;
};

} // namespace xtap::sim
