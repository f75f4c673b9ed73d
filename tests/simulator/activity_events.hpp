// The types of activity there are, and an event for a subscription in the dialect it was made in. Knows no
// HTTP.
#pragma once

#include "events.hpp"
#include "subscriptions.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace xtap::sim {

bool is_activity(std::string_view type);
bool is_older_activity(std::string_view type);
// Deprecated names become what answers use.
std::string canonical_activity(std::string_view type);
// Seen by the user alone.
bool is_private_activity(std::string_view type);

// Event `number` as `subscription` asks for it: the same whenever it is made again.
void append_activity(std::string &out, std::uint64_t number, const Subscription &subscription,
                     const EventSource &source);

} // namespace xtap::sim
