// Notices: valid JSON whatever the server said, with the keys that docs/CONFIGURATION.md promises and no
// others.
#include "stream/session/notice.hpp"

#include "../event/room.hpp"
#include "notice_keys.hpp"

#include <gtest/gtest.h>
#include <simdjson.h>

#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace xtap::session {
namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;
using test::NoticeKeys;
using test::Room;

const std::string kPage = std::string(XTAP_SOURCE_ROOT) + "/docs/CONFIGURATION.md";
const NoticeSource kSource{.operation = "streamPosts\"Firehose\"", .partition = 7};
constexpr std::int64_t kAt = 1'700'000'000'000;
// All that may go wrong in a text: quotes, control characters, half a character, a NUL, nesting.
constexpr char kNastyBytes[] = "\"}\\\r\n\t\x01\x7f\xff\xed\xa0\x80 \0 é😊 {\"a\":[";
const std::string kNasty(kNastyBytes, sizeof(kNastyBytes) - 1);

api::Problem full_problem() {
    api::Problem problem;
    problem.type = problem.title = problem.detail = kNasty;
    problem.connection_issue = "TooManyConnections";
    problem.disconnect_type = "ForceDisconnect";
    problem.status = 429;
    problem.found = true;
    return problem;
}

Closing full_closing() {
    Closing closing;
    closing.cause = Cause::http;
    closing.message = kNasty;
    closing.http_status = 429;
    closing.request_id = kNasty;
    return closing;
}

NoticeSource source_of(bool all) {
    NoticeSource source = kSource;
    if (all) source.leg = "recovery";
    return source;
}

continuity::Outcome outcome(continuity::Outcome::What what, std::int64_t minutes) {
    return {.what = what,
            .stretch = {kAt - 90'000, kAt},
            .by = continuity::RepairBy::backfill,
            .reason = continuity::GapReason::refused,
            .minutes = minutes,
            .events = 12,
            .repeated = 3};
}

Notice connected(bool all) {
    ConnectedFacts facts{.attempt = 3,
                         .connect_ms = 45,
                         .http_status = 200,
                         .content_encoding = {},
                         .request_id = {},
                         .rate_limit = {}};
    if (all) {
        facts.content_encoding = facts.request_id = kNasty;
        facts.rate_limit = {50, 49, kAt};
    }
    return connected_notice(source_of(all), kAt, facts);
}

Notice disconnected(bool all) {
    const api::Problem problem = full_problem();
    DisconnectedFacts facts{.open_ms = 1,
                            .events = std::numeric_limits<std::int64_t>::max(),
                            .bytes = 3,
                            .dropped_tail_bytes = 4,
                            .problem = all ? &problem : nullptr,
                            .disconnect_reason = all ? std::string_view(kNasty) : std::string_view{}};
    return disconnected_notice(source_of(all), kAt, all ? full_closing() : Closing{}, Status::rate_limited,
                               facts);
}

// Every notice there is; `all`: with every optional fact, otherwise without any.
std::vector<Notice> notices(bool all) {
    return {connecting_notice(source_of(all), kAt, 2, "https://api.x.com/2/tweets/sample/stream?a=" + kNasty,
                              all ? "1234" : ""),
            connected(all),
            disconnected(all),
            backing_off_notice(source_of(all), kAt, 250, Rule::network, 2),
            system_notice(source_of(all), kAt, all ? full_problem() : api::Problem{}, kNasty),
            lagging_notice(source_of(all), kAt, 1, 2, 3, 4),
            oversized_notice(source_of(all), kAt, 1'000'001, 1'000'000),
            rate_limited_notice(source_of(all), kAt, 60'000, all ? kAt : 0),
            outcome_notice(source_of(all), kAt, outcome(continuity::Outcome::What::repairing, all ? 5 : 0)),
            outcome_notice(source_of(all), kAt, outcome(continuity::Outcome::What::repaired, 5)),
            outcome_notice(source_of(all), kAt, outcome(continuity::Outcome::What::gap, 0))};
}

std::string type_of(element value) {
    switch (value.type()) {
    case element_type::STRING:
        return "text";
    case element_type::INT64:
    case element_type::UINT64:
        return "integer";
    case element_type::OBJECT:
        return "object";
    default:
        return "something else";
    }
}

void collect(simdjson::dom::object object, const std::string &prefix,
             std::map<std::string, std::string> &into) {
    for (const auto field : object) {
        const std::string key = prefix + std::string(field.key);
        EXPECT_TRUE(into.emplace(key, type_of(field.value)).second) << key << " comes twice";
        simdjson::dom::object inner;
        if (field.value.get_object().get(inner) == simdjson::SUCCESS) collect(inner, key + ".", into);
    }
}

// The keys of a notice with what they hold; fails when it is no JSON object.
std::map<std::string, std::string> keys_of(const Notice &notice) {
    simdjson::dom::parser parser;
    simdjson::dom::object object;
    std::map<std::string, std::string> keys;
    if (parser.parse(notice.json).get_object().get(object) == simdjson::SUCCESS)
        collect(object, "", keys);
    else
        ADD_FAILURE() << "no JSON: " << notice.json;
    return keys;
}

std::string text_of(const Notice &notice, const char *key) {
    simdjson::dom::parser parser;
    std::string_view text;
    EXPECT_EQ(parser.parse(notice.json)[key].get_string().get(text), simdjson::SUCCESS)
        << key << ": " << notice.json;
    return std::string(text);
}

std::int64_t number_of(const Notice &notice, const char *key) {
    simdjson::dom::parser parser;
    std::int64_t number = -1;
    EXPECT_EQ(parser.parse(notice.json)[key].get_int64().get(number), simdjson::SUCCESS)
        << key << ": " << notice.json;
    return number;
}

TEST(Notice, HasAllItsPromisedKeysAndNoOthersWhenEverythingIsKnown) {
    const std::map<std::string, NoticeKeys> promised = test::notice_keys(kPage);
    const std::vector<Notice> all = notices(true);
    EXPECT_EQ(promised.size(), all.size()) << "every documented notice is tested";
    for (const Notice &notice : all) {
        const std::string name = notice_name(notice.kind);
        ASSERT_TRUE(promised.contains(name)) << name;
        std::map<std::string, std::string> expected;
        for (const auto &[key, what] : promised.at(name))
            expected.emplace(key, what.type);
        EXPECT_EQ(keys_of(notice), expected) << name;
    }
}

TEST(Notice, LeavesOutExactlyItsOptionalKeysWhenNothingIsKnown) {
    const std::map<std::string, NoticeKeys> promised = test::notice_keys(kPage);
    for (const Notice &notice : notices(false)) {
        std::map<std::string, std::string> expected;
        for (const auto &[key, what] : promised.at(notice_name(notice.kind)))
            if (!what.optional) expected.emplace(key, what.type);
        EXPECT_EQ(keys_of(notice), expected) << notice_name(notice.kind);
    }
}

TEST(Notice, SaysItsKindTimeOperationAndPartition) {
    for (const Notice &notice : notices(true)) {
        EXPECT_EQ(notice.at_ms, kAt);
        EXPECT_EQ(text_of(notice, "notice"), notice_name(notice.kind));
        EXPECT_EQ(number_of(notice, "at_ms"), kAt);
        EXPECT_EQ(text_of(notice, "operation"), kSource.operation);
        EXPECT_EQ(number_of(notice, "partition"), 7);
    }
}

TEST(Notice, SaysWhatBecameOfAnOutage) {
    const Notice gap = outcome_notice(kSource, kAt, outcome(continuity::Outcome::What::gap, 0));
    EXPECT_EQ(text_of(gap, "reason"), "refused");
    EXPECT_EQ(number_of(gap, "from_ms"), kAt - 90'000);
    EXPECT_EQ(number_of(gap, "to_ms"), kAt);
    continuity::Outcome covered = outcome(continuity::Outcome::What::repaired, 0);
    EXPECT_EQ(text_of(outcome_notice(kSource, kAt, covered), "outcome"), "repaired");
    EXPECT_EQ(number_of(outcome_notice(kSource, kAt, covered), "repeated"), 3);
    covered.by = continuity::RepairBy::redundancy;
    EXPECT_EQ(text_of(outcome_notice(kSource, kAt, covered), "outcome"), "covered");
}

TEST(Notice, IsOneLine) {
    for (const Notice &notice : notices(true))
        EXPECT_EQ(notice.json.find_first_of("\r\n"), std::string::npos);
}

TEST(Notice, GivesPartsOfARateLimitAndOfAProblem) {
    const Notice only_reset = connected_notice(kSource, kAt,
                                               {.attempt = 1,
                                                .connect_ms = 0,
                                                .http_status = 200,
                                                .content_encoding = {},
                                                .request_id = {},
                                                .rate_limit = {-1, -1, 5}});
    const auto keys = keys_of(only_reset);
    EXPECT_TRUE(keys.contains("rate_limit.reset_ms"));
    EXPECT_FALSE(keys.contains("rate_limit.limit"));
    EXPECT_FALSE(keys.contains("rate_limit.remaining"));
    const Notice none_left = connected_notice(kSource, kAt,
                                              {.attempt = 1,
                                               .connect_ms = 0,
                                               .http_status = 200,
                                               .content_encoding = {},
                                               .request_id = {},
                                               .rate_limit = {-1, 0, -1}});
    EXPECT_TRUE(keys_of(none_left).contains("rate_limit.remaining")) << "nought is known, too";
}

TEST(Notice, ABodyThatIsNoProblemIsNotGivenAsOne) {
    api::Problem page = full_problem();
    page.found = false;
    const Notice notice = disconnected_notice(
        kSource, kAt, {}, Status::server,
        {.open_ms = 0, .events = 0, .bytes = 0, .dropped_tail_bytes = 0, .problem = &page});
    EXPECT_FALSE(keys_of(notice).contains("problem"));
}

TEST(Notice, NamesStatusCauseAndRuleAsDocumented) {
    EXPECT_EQ(text_of(disconnected(true), "status"), "XTAP_E_RATE_LIMITED");
    EXPECT_EQ(text_of(disconnected(true), "cause"), "http");
    const Notice waiting = backing_off_notice(kSource, kAt, 250, Rule::budget, 2);
    EXPECT_EQ(text_of(waiting, "rule"), "budget");
    EXPECT_EQ(number_of(waiting, "until_ms"), kAt + 250);
}

TEST(Notice, AMessageOfXsComesWholeAsText) {
    const std::string message = R"({"errors":[{"title":"a \"b\"","detail":"é"}]})";
    EXPECT_EQ(text_of(system_notice(kSource, kAt, {}, message), "message"), message);
}

TEST(Notice, IsARecordOfItsKindAmongTheEvents) {
    const Notice notice = oversized_notice(kSource, kAt, 2, 1);
    Room room(notice.json.size() + 2, 2, 0);
    room.batch.put_data("{}");
    put_notice(notice, 7, room.batch);
    ASSERT_EQ(room.batch.record_count(), 1u);
    const event::Record &record = room.record(0);
    EXPECT_EQ(room.json(0), notice.json);
    EXPECT_EQ(room.kind(0), Kind::notice_oversized);
    EXPECT_TRUE(event::is_notice(record.kind));
    EXPECT_EQ(record.time_ms, kAt);
    EXPECT_EQ(record.partition, 7u);
    EXPECT_EQ(record.id + record.key[0] + record.key[1] + record.flags, 0u);
}

} // namespace
} // namespace xtap::session
