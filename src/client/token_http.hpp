// A token request as it goes out over HTTP, and the answer as a reply. Knows neither who asks nor what the
// tokens are for.
#pragma once

#include "client/token_endpoint.hpp"
#include "edge/exchange.hpp"
#include "edge/head.hpp"
#include "edge/settings.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace xtap::client {

// Both must outlive what goes out, which may use connections that are kept.
edge::Outgoing token_outgoing(const edge::EdgeSettings &edge, const TokenRequest &request,
                              std::int64_t connect_timeout_ms);

TokenReply token_reply(const edge::ResponseHead &head, std::string_view body, std::int64_t wall_ms);
// Wipes what it takes.
TokenReply take_token_reply(const edge::ResponseHead &head, std::string body, std::int64_t wall_ms);

} // namespace xtap::client
