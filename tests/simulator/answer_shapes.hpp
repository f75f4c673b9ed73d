// Where the API's description and what X was seen to answer differ: which of them the simulator plays.
#pragma once

#include <atomic>
#include <cstdint>

namespace xtap::sim {

// What creating an activity subscription answers: data.subscription{}, data[] or data{}.
enum class SubscriptionShape : std::uint8_t { wrapped, list, bare };

struct AnswerShapes {
    std::atomic<bool> kill_attempted{false}; // {"data":{"attempted":true}} instead of counts and results
    std::atomic<SubscriptionShape> subscription{SubscriptionShape::wrapped};
};

} // namespace xtap::sim
