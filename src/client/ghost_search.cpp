// See ghost_search.hpp.
#include "client/ghost_search.hpp"

#include <algorithm>

namespace xtap::client {

namespace {

bool near(std::int64_t one_ms, std::int64_t other_ms) noexcept {
    if (one_ms == event::kTimeUnknown || other_ms == event::kTimeUnknown) return false;
    return one_ms - kSameConnectMs <= other_ms && other_ms <= one_ms + kSameConnectMs;
}

} // namespace

void GhostSearch::look(const ConnectionPage &page) {
    for (const ListedConnection &connection : page.connections) {
        if (connection.endpoint != sought_.endpoint || !near(connection.connected_ms, sought_.connected_ms))
            continue;
        if (++like_ours_ == 1) found_ = connection;
        like_alive_ = like_alive_ || std::ranges::any_of(sought_.alive_ms, [&](std::int64_t alive_ms) {
                          return near(connection.connected_ms, alive_ms);
                      });
    }
}

} // namespace xtap::client
