// A ghost is a connection of ours that has ended here and still counts at X: which entry of X's lists is it?
// Knows no clock.
#pragma once

#include "client/connections_list.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace xtap::client {

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
