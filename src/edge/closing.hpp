// How a connection's end is read: from libcurl's result, from an answer that is no stream, from our own
// trouble.
#pragma once

#include "api/failure.hpp"
#include "api/problem.hpp"
#include "edge/head.hpp"
#include "stream/session/notice.hpp"
#include "stream/session/session.hpp"

#include <cstdint>
#include <curl/curl.h>
#include <optional>
#include <string>
#include <string_view>

namespace xtap::edge {

session::Closing closing_of_result(CURLcode result, std::string_view what);
// Also hands out the problem that the body holds.
session::Closing closing_of_answer(const ResponseHead &head, std::string_view body, std::int64_t wall_ms,
                                   std::optional<api::Problem> &problem);
session::Closing closing_of_failure(const Failure &failure);
// The status that stands for a closing which did not end the stream.
Status status_of(const session::Closing &closing);
// How long the answer asks to wait: for a rate limit's window, or as Retry-After says; 0: it does not say.
std::uint64_t retry_after_ms(const ResponseHead &head, std::int64_t wall_ms) noexcept;
// What the head says of the operation's rate limit.
session::RateLimit limit_of(const ResponseHead &head) noexcept;
// A header's seconds as milliseconds, bounded; -1 (absent) stays.
std::int64_t ms_of_seconds(std::int64_t seconds) noexcept;
// A server's words made safe for a message: printable ASCII, cut.
std::string printable(std::string_view text);

} // namespace xtap::edge
