// A ghost is a connection of ours that has ended here and still counts at X. Which entry of X's lists of
// connections is one, and what those lists say. Knows neither how they are asked for nor any clock.
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

// X's clock and ours agree so far at least, and no client reconnects so fast for long.
constexpr std::int64_t kSameConnectMs = 2000;

struct GhostSought {
    std::string_view endpoint;                       // as endpoint_name gives it: not copied
    std::int64_t connected_ms = event::kTimeUnknown; // of the connection that has ended
    // Of our connections to the same endpoint that have not: their entries look the same, and must never be
    // taken for the ghost's.
    std::vector<std::int64_t> alive_ms;
};

// Page after page, is there exactly one entry that can be the ghost?
class GhostSearch {
public:
    explicit GhostSearch(GhostSought sought) : sought_(std::move(sought)) {}

    void look(const ConnectionPage &page);

    bool ambiguous() const noexcept { return like_ours_ > 1 || like_alive_; }
    // Null when there is none, or it is ambiguous.
    const ListedConnection *found() const noexcept {
        return like_ours_ == 1 && !like_alive_ ? &found_ : nullptr;
    }

private:
    GhostSought sought_;
    ListedConnection found_;
    std::size_t like_ours_ = 0;
    bool like_alive_ = false;
};

} // namespace xtap::client
