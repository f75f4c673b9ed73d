// Gets the token that a stream's next connection needs, in the pump that will drive the connection: an I/O
// thread waits for nobody. Knows nothing of legs.
#pragma once

#include "client/credentials.hpp"
#include "edge/channels.hpp"
#include "edge/exchange.hpp"
#include "edge/settings.hpp"
#include "stream/session/session.hpp"

#include <cstdint>
#include <optional>

namespace xtap::client {

class AppTokenFetch {
public:
    // `deadline_ms`: when it counts as failed, monotonic.
    AppTokenFetch(const edge::EdgeSettings &edge, TokenRequest request, std::int64_t connect_timeout_ms,
                  std::int64_t deadline_ms);

    edge::Driven &driven() noexcept { return exchange_; }
    std::int64_t deadline_ms() const noexcept { return deadline_ms_; }
    bool over(std::int64_t mono_ms) const noexcept { return exchange_.over() || mono_ms >= deadline_ms_; }
    // Once it is over: the answer of a 200; when there is none, why the next connection cannot be made.
    std::optional<TokenReply> reply();
    session::Closing closing(std::int64_t wall_ms);
    void abandon() noexcept; // in a forked child

private:
    TokenRequest request_;
    edge::Sockets sockets_;
    edge::Exchange exchange_;
    std::int64_t deadline_ms_;
};

} // namespace xtap::client
