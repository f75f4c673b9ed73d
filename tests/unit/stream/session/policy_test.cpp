// The policy table: what it must say, and that each of its rows is reached by the function that reads it.
#include "stream/session/policy.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace xtap::session {

static bool operator==(const Policy &a, const Policy &b) {
    return std::tie(a.verdict, a.rule, a.status) == std::tie(b.verdict, b.rule, b.status);
}
static void PrintTo(const Policy &policy,
                    std::ostream *out) { // NOLINT(readability-identifier-naming): gtest's
    *out << "verdict " << static_cast<int>(policy.verdict) << ", rule " << rule_name(policy.rule) << ", "
         << status_name(policy.status);
}

namespace {

constexpr auto kRetry = Verdict::retry;
constexpr auto kRefused = Verdict::stop_if_refused;
constexpr Policy kUnknownMessage{kRetry, Rule::http, Status::server};

// What a row says must be what its own function answers.
Policy asked(const PolicyRow &row) {
    switch (row.match) {
    case Match::http_status:
        return policy_for_http(row.number, {});
    case Match::http_class:
        return policy_for_http(row.number * 100 + 87, {}); // a number without a row of its own
    case Match::connection_issue:
        return policy_for_system({}, row.text);
    case Match::disconnect_type:
        return policy_for_system(row.text.empty() ? "SomethingNew" : row.text, {});
    case Match::cause:
        break;
    }
    return policy_for_cause(static_cast<Cause>(row.number));
}

TEST(Policy, EveryRowIsReachedByItsFunction) {
    for (const PolicyRow &row : policy_rows())
        EXPECT_EQ(asked(row), row.policy)
            << static_cast<int>(row.match) << " " << row.number << " " << row.text;
}

TEST(Policy, NoTwoRowsAnswerTheSameQuestion) {
    std::set<std::tuple<Match, std::int32_t, std::string_view>> seen;
    for (const PolicyRow &row : policy_rows()) {
        EXPECT_TRUE(seen.insert({row.match, row.number, row.text}).second) << row.number << " " << row.text;
        EXPECT_FALSE(row.why.empty());
        EXPECT_NE(row.policy.rule, Rule::immediate) << "a row that never waits makes a storm";
        EXPECT_NE(row.policy.status, Status::ok);
    }
}

struct Expected {
    std::string what;
    Policy policy;
};

TEST(Policy, HttpStatusesSayWhatTheGuideSays) {
    const std::vector<std::pair<std::int32_t, Policy>> expected = {
        {101, {kRefused, Rule::http, Status::protocol}},
        {0, {kRefused, Rule::http, Status::protocol}},
        {204, {kRefused, Rule::http, Status::protocol}},
        {301, {kRefused, Rule::http, Status::http}},
        {307, {kRefused, Rule::http, Status::http}},
        {400, {kRefused, Rule::http, Status::http}},
        {401, {kRefused, Rule::http, Status::unauthorized}},
        {403, {kRefused, Rule::http, Status::forbidden}},
        {404, {kRefused, Rule::http, Status::not_found}},
        {406, {kRefused, Rule::http, Status::http}},
        {408, {kRetry, Rule::http, Status::http}},
        {409, {kRefused, Rule::http, Status::conflict}},
        {420, {kRetry, Rule::rate_limit, Status::rate_limited}},
        {429, {kRetry, Rule::rate_limit, Status::rate_limited}},
        {451, {kRefused, Rule::http, Status::http}},
        {500, {kRetry, Rule::http, Status::server}},
        {502, {kRetry, Rule::http, Status::server}},
        {503, {kRetry, Rule::http, Status::server}},
        {504, {kRetry, Rule::http, Status::server}},
        {599, {kRetry, Rule::http, Status::server}},
        {600, {kRefused, Rule::http, Status::protocol}},
        {999, {kRefused, Rule::http, Status::protocol}},
        {-1, {kRefused, Rule::http, Status::protocol}}};
    for (const auto &[status, policy] : expected)
        EXPECT_EQ(policy_for_http(status, {}), policy) << status;
}

TEST(Policy, AConnectionIssueSaysMoreThanItsHttpStatus) {
    const Policy limit{kRetry, Rule::connection_limit, Status::connection_limit};
    for (const std::int32_t status : {400, 403, 429, 503})
        EXPECT_EQ(policy_for_http(status, "TooManyConnections"), limit) << status;
    EXPECT_EQ(policy_for_http(503, "RulesInvalidIssue"), (Policy{kRefused, Rule::http, Status::conflict}));
}

TEST(Policy, AnUnknownConnectionIssueLeavesItToTheHttpStatus) {
    EXPECT_EQ(policy_for_http(429, "SomethingNew"), policy_for_http(429, {}));
    EXPECT_EQ(policy_for_http(403, "toomanyconnections"), policy_for_http(403, {}));
    EXPECT_EQ(policy_for_http(503, "OperationalDisconnect"), policy_for_http(503, {})) << "that is no issue";
}

TEST(Policy, KnowsEveryConnectionIssueAndDisconnectTypeThatXDocuments) {
    const Policy network{kRetry, Rule::network, Status::network};
    const Policy limit{kRetry, Rule::connection_limit, Status::connection_limit};
    const Policy rules{kRefused, Rule::http, Status::conflict};
    const std::vector<Expected> types = {
        {"OperationalDisconnect", network},
        {"UpstreamOperationalDisconnect", network},
        {"UpstreamUncleanDisconnect", network},
        {"ForceDisconnect", limit},
        {"SlowReader", limit},
        {"InternalError", {kRetry, Rule::http, Status::server}},
        {"ClientApplicationStateDegraded", {kRefused, Rule::http, Status::forbidden}},
        {"InvalidRules", rules}};
    for (const Expected &type : types)
        EXPECT_EQ(policy_for_system(type.what, {}), type.policy) << type.what;
    const std::vector<Expected> issues = {{"TooManyConnections", limit},
                                          {"ProvisioningSubscription", {kRetry, Rule::http, Status::http}},
                                          {"RuleConfigurationIssue", rules},
                                          {"RulesInvalidIssue", rules}};
    for (const Expected &issue : issues)
        EXPECT_EQ(policy_for_system({}, issue.what), issue.policy) << issue.what;
}

TEST(Policy, AnUnknownMessageIsTriedAgainWithBackoff) {
    EXPECT_EQ(policy_for_system({}, {}), kUnknownMessage);
    EXPECT_EQ(policy_for_system("SomethingNew", {}), kUnknownMessage);
    EXPECT_EQ(policy_for_system({}, "SomethingNew"), kUnknownMessage);
    EXPECT_EQ(policy_for_system("SomethingNew", "AlsoNew"), kUnknownMessage);
    EXPECT_EQ(policy_for_system("TooManyConnections", {}), kUnknownMessage) << "that is no disconnect_type";
}

TEST(Policy, TheDisconnectTypeGoesFirstAndAnUnknownOneLeavesItToTheIssue) {
    EXPECT_EQ(policy_for_system("SlowReader", "RulesInvalidIssue").rule, Rule::connection_limit);
    EXPECT_EQ(policy_for_system("SomethingNew", "TooManyConnections").rule, Rule::connection_limit);
}

TEST(Policy, EveryCauseHasAnAnswer) {
    EXPECT_EQ(policy_for_cause(Cause::clean_close), (Policy{kRetry, Rule::network, Status::network}));
    EXPECT_EQ(policy_for_cause(Cause::network), (Policy{kRetry, Rule::network, Status::network}));
    EXPECT_EQ(policy_for_cause(Cause::stalled), (Policy{kRetry, Rule::network, Status::stalled}));
    EXPECT_EQ(policy_for_cause(Cause::tls), (Policy{kRefused, Rule::http, Status::tls}));
    EXPECT_EQ(policy_for_cause(Cause::protocol), (Policy{kRefused, Rule::http, Status::protocol}));
    for (const Cause cause : {Cause::http, Cause::system, Cause::finished})
        EXPECT_EQ(policy_for_cause(cause).verdict, kRetry) << cause_name(cause);
}

TEST(Policy, CausesAndRulesHaveTheNamesOfTheNotices) {
    const std::vector<std::string_view> causes = {"clean_close", "network", "tls",      "stalled",
                                                  "http",        "system",  "protocol", "finished"};
    for (std::size_t i = 0; i < causes.size(); ++i)
        EXPECT_EQ(cause_name(static_cast<Cause>(i)), causes[i]);
    const std::vector<std::string_view> rules = {"immediate",        "network",    "http",
                                                 "connection_limit", "rate_limit", "budget"};
    for (std::size_t i = 0; i < rules.size(); ++i)
        EXPECT_EQ(rule_name(static_cast<Rule>(i)), rules[i]);
}

} // namespace
} // namespace xtap::session
