// Which events one connection is sent, in what order and when: first what is replayed of the past, then what
// arrives while it is open. Asks no clock and knows nothing of what an event says.
#pragma once

#include "arrivals.hpp"
#include "requests.hpp"

#include <cstdint>
#include <optional>
#include <queue>
#include <vector>

namespace xtap::sim {

class Sequence {
public:
    struct Step {
        std::uint64_t number;
        Micros at; // when it may be sent
    };
    // `replay_rate`: events per second of the past; 0 = all at once.
    Sequence(const StreamPlan &plan, const Arrivals &arrivals, double replay_rate);

    // The next event; nullopt when there is none any more. The same until it is taken.
    const std::optional<Step> &peek();
    void take();

private:
    struct Later {
        bool operator()(const Step &a, const Step &b) const {
            return a.at != b.at ? a.at > b.at : a.number > b.number;
        }
    };
    std::optional<Step> find();
    std::optional<Step> find_in_order();
    std::optional<Step> find_by_arrival();

    StreamPlan plan_;
    Arrivals arrivals_;
    double replay_rate_;
    Micros until_;       // what arrives after that is not for this connection
    std::uint64_t scan_; // the next number to look at
    std::uint64_t left_; // of the count of the command line
    std::uint64_t replayed_ = 0;
    std::priority_queue<Step, std::vector<Step>, Later> late_; // looked at, not yet there
    std::optional<Step> next_;
};

} // namespace xtap::sim
