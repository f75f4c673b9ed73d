// What is done when a connection ends or is refused: one table, row by row. No clock, no state.
#pragma once

#include "api/constants.hpp"

#include <cstdint>
#include <span>
#include <string_view>

namespace xtap::session {

// Why a connection is over.
enum class Cause : std::uint8_t { clean_close, network, tls, stalled, http, system, protocol, finished };
std::string_view cause_name(Cause cause) noexcept;

// How long to wait before the next connection; backoff.hpp has the numbers.
enum class Rule : std::uint8_t { immediate, network, http, connection_limit, rate_limit, budget };
std::string_view rule_name(Rule rule) noexcept;

enum class Verdict : std::uint8_t {
    retry,
    stop_if_refused, // before the first 200 the stream ends; after it, it ends when refused kRefusalsInARow
                     // times
};

struct Policy {
    Verdict verdict;
    Rule rule;
    Status status; // what the stream ends with when it ends here
};

constexpr int kRefusalsInARow = 5;

enum class Match : std::uint8_t { http_status, http_class, connection_issue, disconnect_type, cause };

struct PolicyRow {
    Match match;
    std::int32_t number;   // HTTP status, or its hundreds for a class; a Cause
    std::string_view text; // connection_issue or disconnect_type
    Policy policy;
    std::string_view why;
};

std::span<const PolicyRow> policy_rows() noexcept;

// An answer that is not 200. `connection_issue` may be empty.
Policy policy_for_http(std::int32_t status, std::string_view connection_issue) noexcept;
// A message in the stream itself; either text may be empty.
Policy policy_for_system(std::string_view disconnect_type, std::string_view connection_issue) noexcept;
// The connection ended for another reason.
Policy policy_for_cause(Cause cause) noexcept;

} // namespace xtap::session
