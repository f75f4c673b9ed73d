// What the command line decided, checked. Plain data every part may read.
#pragma once

#include "moment.hpp"

#include <cstdint>
#include <string>

namespace xtap::sim {

enum class LineEnd : std::uint8_t { crlf, lf, sse };

struct Settings {
    std::string host = "127.0.0.1";
    std::uint16_t port = 0;
    bool tls = false;
    std::string cert_out;
    double rate = 0;
    std::uint64_t count = 0; // events per connection, 0: endless
    std::uint64_t from = 0;  // first number of a new connection, 0: by the shared clock
    std::uint64_t seed = 1;
    Micros base_time = 0;
    std::uint64_t chunk = 0; // 0: one HTTP chunk per batch of events
    bool gzip = true;
    LineEnd line_end = LineEnd::crlf;
    std::uint64_t keep_alive_ms = 20'000;
    std::string token; // empty: any
    bool check_partitions = true;
    std::uint64_t connects_per_window = 0; // 0: unlimited
    std::uint64_t window_seconds = 900;
    bool record = false; // answer 200 {"data":{}} to everything
    bool until_eof = false;
    bool with_parent = false;
    std::string print; // operation to print instead of serving
    unsigned partition = 1;
};

} // namespace xtap::sim
