// The policy table. Facts: X's documentation on disconnections and error codes, and docs/GUIDE.md's table.
#include "stream/session/policy.hpp"

#include <algorithm>
#include <array>

namespace xtap::session {

namespace {

constexpr auto kRetry = Verdict::retry;
constexpr auto kRefused = Verdict::stop_if_refused;

constexpr std::int32_t number_of(Cause cause) { return static_cast<std::int32_t>(cause); }

constexpr std::array kRows = {
    PolicyRow{Match::http_status,
              401,
              {},
              {kRefused, Rule::http, Status::unauthorized},
              "the token is not accepted; a token file was read again first"},
    PolicyRow{Match::http_status,
              403,
              {},
              {kRefused, Rule::http, Status::forbidden},
              "the account may not use this endpoint"},
    PolicyRow{Match::http_status, 404, {}, {kRefused, Rule::http, Status::not_found}, "no such endpoint"},
    PolicyRow{
        Match::http_status, 408, {}, {kRetry, Rule::http, Status::http}, "X gave up waiting for the request"},
    PolicyRow{Match::http_status,
              409,
              {},
              {kRefused, Rule::http, Status::conflict},
              "a filtered stream without rules, or another conflict the caller must solve"},
    PolicyRow{Match::http_status,
              420,
              {},
              {kRetry, Rule::rate_limit, Status::rate_limited},
              "the older form of 429"},
    PolicyRow{Match::http_status,
              429,
              {},
              {kRetry, Rule::rate_limit, Status::rate_limited},
              "too many requests: never before the window's reset"},
    PolicyRow{Match::http_class,
              2,
              {},
              {kRefused, Rule::http, Status::protocol},
              "not an answer a stream can have"},
    PolicyRow{Match::http_class,
              3,
              {},
              {kRefused, Rule::http, Status::http},
              "a redirect is not followed: the token would go along"},
    PolicyRow{Match::http_class, 4, {}, {kRefused, Rule::http, Status::http}, "X refuses the request"},
    PolicyRow{Match::http_class, 5, {}, {kRetry, Rule::http, Status::server}, "X's own trouble"},

    PolicyRow{Match::connection_issue,
              0,
              "TooManyConnections",
              {kRetry, Rule::connection_limit, Status::connection_limit},
              "often our own last connection, which X still counts"},
    PolicyRow{Match::connection_issue,
              0,
              "ProvisioningSubscription",
              {kRetry, Rule::http, Status::http},
              "the subscription is being set up"},
    PolicyRow{Match::connection_issue,
              0,
              "RuleConfigurationIssue",
              {kRefused, Rule::http, Status::conflict},
              "the rules need the caller"},
    PolicyRow{Match::connection_issue,
              0,
              "RulesInvalidIssue",
              {kRefused, Rule::http, Status::conflict},
              "the rules need the caller"},

    PolicyRow{Match::disconnect_type,
              0,
              "OperationalDisconnect",
              {kRetry, Rule::network, Status::network},
              "X restarts a server: reconnect"},
    PolicyRow{Match::disconnect_type,
              0,
              "UpstreamOperationalDisconnect",
              {kRetry, Rule::network, Status::network},
              "X restarts a server: reconnect"},
    PolicyRow{Match::disconnect_type,
              0,
              "UpstreamUncleanDisconnect",
              {kRetry, Rule::network, Status::network},
              "X lost its own source: reconnect"},
    PolicyRow{Match::disconnect_type,
              0,
              "ForceDisconnect",
              {kRetry, Rule::connection_limit, Status::connection_limit},
              "another client took our place: two clients must not evict each other for ever"},
    PolicyRow{Match::disconnect_type,
              0,
              "SlowReader",
              {kRetry, Rule::connection_limit, Status::connection_limit},
              "we read too slowly: more haste makes it worse"},
    PolicyRow{
        Match::disconnect_type, 0, "InternalError", {kRetry, Rule::http, Status::server}, "X's own trouble"},
    PolicyRow{Match::disconnect_type,
              0,
              "ClientApplicationStateDegraded",
              {kRefused, Rule::http, Status::forbidden},
              "the app's access changed"},
    PolicyRow{Match::disconnect_type,
              0,
              "InvalidRules",
              {kRefused, Rule::http, Status::conflict},
              "the rules need the caller"},
    PolicyRow{Match::disconnect_type, 0, {}, {kRetry, Rule::http, Status::server}, "a type we do not know"},

    PolicyRow{Match::cause,
              number_of(Cause::clean_close),
              {},
              {kRetry, Rule::network, Status::network},
              "X ends connections now and then; the first reconnect is at once"},
    PolicyRow{Match::cause,
              number_of(Cause::network),
              {},
              {kRetry, Rule::network, Status::network},
              "a connection that broke or could not be made"},
    PolicyRow{Match::cause,
              number_of(Cause::stalled),
              {},
              {kRetry, Rule::network, Status::stalled},
              "no byte for stall_timeout_ms, although X sends a keep-alive every 20 s"},
    PolicyRow{Match::cause,
              number_of(Cause::tls),
              {},
              {kRefused, Rule::http, Status::tls},
              "the certificate is not accepted"},
    PolicyRow{Match::cause,
              number_of(Cause::protocol),
              {},
              {kRefused, Rule::http, Status::protocol},
              "what came is not a stream"},
};

const Policy *find(Match match, std::int32_t number, std::string_view text) noexcept {
    const auto row = std::find_if(kRows.begin(), kRows.end(), [&](const PolicyRow &r) {
        return r.match == match && r.number == number && r.text == text;
    });
    return row == kRows.end() ? nullptr : &row->policy;
}

} // namespace

std::span<const PolicyRow> policy_rows() noexcept { return kRows; }

Policy policy_for_http(std::int32_t status, std::string_view connection_issue) noexcept {
    if (!connection_issue.empty())
        if (const Policy *policy = find(Match::connection_issue, 0, connection_issue)) return *policy;
    if (const Policy *policy = find(Match::http_status, status, {})) return *policy;
    if (const Policy *policy = find(Match::http_class, status / 100, {})) return *policy;
    return {Verdict::stop_if_refused, Rule::http, Status::protocol};
}

Policy policy_for_system(std::string_view disconnect_type, std::string_view connection_issue) noexcept {
    if (const Policy *policy = find(Match::disconnect_type, 0, disconnect_type);
        policy && !disconnect_type.empty())
        return *policy;
    if (const Policy *policy = find(Match::connection_issue, 0, connection_issue)) return *policy;
    return *find(Match::disconnect_type, 0, {});
}

Policy policy_for_cause(Cause cause) noexcept {
    const Policy *policy = find(Match::cause, number_of(cause), {});
    return policy ? *policy : Policy{Verdict::retry, Rule::http, Status::internal};
}

std::string_view cause_name(Cause cause) noexcept {
    constexpr std::array<std::string_view, 8> kNames = {"clean_close", "network", "tls",      "stalled",
                                                        "http",        "system",  "protocol", "finished"};
    return kNames[static_cast<std::size_t>(cause)];
}

std::string_view rule_name(Rule rule) noexcept {
    constexpr std::array<std::string_view, 6> kNames = {"immediate",        "network",    "http",
                                                        "connection_limit", "rate_limit", "budget"};
    return kNames[static_cast<std::size_t>(rule)];
}

} // namespace xtap::session
