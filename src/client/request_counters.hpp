// Exchanges of a client's that do not stream, counted; read by any thread.
#pragma once

#include <atomic>
#include <cstdint>

namespace xtap::client {

struct RequestCounters {
    std::atomic<std::uint64_t> sent{0}, failed{0}, retried{0}, tokens{0}; // tokens: asked of token endpoints
    std::atomic<std::int64_t> in_flight{0};
};

// One that is under way as long as this lives.
class Counted {
public:
    explicit Counted(RequestCounters &counters) : counters_(counters) {
        counters_.sent.fetch_add(1, std::memory_order_relaxed);
        counters_.in_flight.fetch_add(1, std::memory_order_relaxed);
    }
    ~Counted() { counters_.in_flight.fetch_sub(1, std::memory_order_relaxed); }
    Counted(const Counted &) = delete;
    Counted &operator=(const Counted &) = delete;

private:
    RequestCounters &counters_;
};

} // namespace xtap::client
