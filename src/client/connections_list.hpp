// What X's lists of connections say. Knows neither how they are asked for nor what is looked for in them.
#pragma once

#include "stream/event/event_time.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace xtap::client {

// What X calls the endpoint of a streaming operation in those lists; empty for those that it does not list.
std::string_view endpoint_name(std::string_view operation_id) noexcept;

// An entry of GET /2/connections.
struct ListedConnection {
    std::string id, endpoint, disconnect_reason; // empty: not said
    std::int64_t connected_ms = event::kTimeUnknown;
};

struct ConnectionPage {
    std::vector<ListedConnection> connections;
    std::string next_token; // empty: the last page
};

// Throws Failure(protocol) for what is no such page. Entries that say nothing are entries all the same.
ConnectionPage parse_connections(std::string_view body);

// What DELETE /2/connections answers to one id: counts with a result, or only that it was tried. False for
// anything else, a failed one included.
bool says_ended(std::string_view body);

} // namespace xtap::client
