// Requests checked against the compiled table: every parameter of every stream, at its edges.
#include "api/request.hpp"

#include "expect_failure.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace xtap::api {
namespace {

using test::expect_failure;

Request request_for(std::string_view id, bool validate = true) { return {find_operation(id), validate}; }

// Calls `code` with every parameter of every operation of the table.
template <class Code> void for_every_parameter(Code &&code) {
    for (const Operation &operation : operations()) {
        for (const Parameter &parameter : operation.parameters) {
            SCOPED_TRACE(std::string(operation.id) + " " + std::string(parameter.name));
            code(operation, parameter);
        }
    }
}

std::string joined(std::span<const std::string_view> values) {
    std::string all;
    for (const std::string_view value : values)
        all.append(all.empty() ? "" : ",").append(value);
    return all;
}

TEST(Request, TakesEveryIntegerOfTheTableAtItsEdgesAndNotBeyond) {
    for_every_parameter([](const Operation &operation, const Parameter &parameter) {
        if (parameter.type != Type::integer) return;
        Request request(operation, true);
        request.set(parameter.name, std::to_string(parameter.minimum));
        request.set(parameter.name, std::to_string(parameter.maximum));
        EXPECT_EQ(request.get(parameter.name), std::to_string(parameter.maximum));
        const std::string range =
            std::to_string(parameter.minimum) + " to " + std::to_string(parameter.maximum);
        for (const std::int64_t beyond : {parameter.minimum - 1, parameter.maximum + 1}) {
            expect_failure(
                Status::value, [&] { request.set(parameter.name, std::to_string(beyond)); }, operation.id,
                parameter.name, "\"" + std::to_string(beyond) + "\"", range);
        }
        EXPECT_EQ(request.get(parameter.name), std::to_string(parameter.maximum))
            << "a refused value changes nothing";
    });
}

TEST(Request, TakesEveryValueOfEveryListAloneAndAllTogether) {
    for_every_parameter([](const Operation &operation, const Parameter &parameter) {
        if (parameter.type != Type::list || parameter.values.empty()) return;
        Request request(operation, true);
        for (const std::string_view value : parameter.values)
            request.set(parameter.name, value);
        const std::string all = joined(parameter.values);
        request.set(parameter.name, all);
        EXPECT_EQ(request.get(parameter.name), all);
    });
}

TEST(Request, RefusesEveryListValueWithATypingMistakeAndSuggestsTheRightOne) {
    for_every_parameter([](const Operation &operation, const Parameter &parameter) {
        if (parameter.type != Type::list) return;
        Request request(operation, true);
        for (const std::string_view value : parameter.values) {
            if (value.size() < 4) continue; // too short for a mistake to be recognised
            const std::string wrong = std::string(value) + "q";
            expect_failure(
                Status::value, [&] { request.set(parameter.name, wrong); }, operation.id, parameter.name,
                "\"" + wrong + "\"", "did you mean \"" + std::string(value) + "\"?");
        }
    });
}

TEST(Request, TakesEveryParameterByItsAliasesAndSendsItUnderItsName) {
    for_every_parameter([](const Operation &operation, const Parameter &parameter) {
        for (const std::string_view alias : parameter.aliases) {
            Request request(operation, false);
            request.set(alias, "1");
            EXPECT_EQ(request.get(parameter.name), "1");
            EXPECT_EQ(request.get(alias), "1");
            if (parameter.place != Place::query) continue;
            EXPECT_NE(request.target().find("?" + std::string(parameter.name) + "=1"), std::string::npos);
        }
    });
}

TEST(Request, SuggestsEveryParameterNameForATypingMistake) {
    for_every_parameter([](const Operation &operation, const Parameter &parameter) {
        Request request(operation, true);
        if (parameter.name.size() < 4) return; // too short for a mistake to be recognised
        std::string wrong(parameter.name);
        std::swap(wrong[1], wrong[2]);
        expect_failure(
            Status::unknown_name, [&] { request.set(wrong, "1"); }, operation.id, "\"" + wrong + "\"",
            "did you mean \"" + std::string(parameter.name) + "\"?");
    });
}

TEST(Request, ListsWhatAnOperationTakesWhenNothingIsNear) {
    Request request = request_for("activityStream");
    expect_failure(
        Status::unknown_name, [&] { request.set("zzz", "1"); }, "activityStream has no parameter \"zzz\"",
        "it takes backfill_minutes, start_time, end_time");
}

TEST(Request, RefusesAKnownParameterOnAStreamThatDoesNotTakeIt) {
    Request request = request_for("streamPostsSample");
    expect_failure(
        Status::unknown_name, [&] { request.set("start_time", "2024-01-01T00:00:00Z"); },
        "streamPostsSample has no parameter \"start_time\"");
}

TEST(Request, NamesTheRequiredParameterThatIsMissing) {
    for (const Operation &operation : operations()) {
        const Request request(operation, true);
        if (operation.parameters.empty() || !operation.parameters[0].required) {
            EXPECT_NO_THROW(request.check()) << operation.id;
            continue;
        }
        expect_failure(
            Status::missing, [&] { request.check(); }, operation.id,
            "needs the parameter " + std::string(operation.parameters[0].name));
    }
    expect_failure(
        Status::missing, [] { request_for("streamPostsFirehoseJa").check(); },
        "streamPostsFirehoseJa needs the parameter partition", "an integer from 1 to 2");
}

TEST(Request, IsMissingAParameterAgainOnceItIsUnset) {
    Request request = request_for("streamPostsFirehoseJa");
    request.set("partition", "2");
    EXPECT_NO_THROW(request.check());
    request.set("partition", std::nullopt);
    EXPECT_EQ(request.get("partition"), std::nullopt);
    expect_failure(
        Status::missing, [&] { request.check(); }, "partition");
}

using Partitions = std::vector<std::uint32_t>;

TEST(Request, KnowsItsPartitions) {
    Request request = request_for("streamPostsFirehose");
    EXPECT_EQ(request.partitions(), Partitions{0});
    request.set("partition", "17");
    EXPECT_EQ(request.partitions(), Partitions{17});
    request.set("partition", "7,1-3,20");
    EXPECT_EQ(request.partitions(), (Partitions{1, 2, 3, 7, 20}));
    request.set("partition", "1-20");
    EXPECT_EQ(request.partitions().size(), 20u);
    EXPECT_EQ(request_for("streamPosts").partitions(), Partitions{0});
}

TEST(Request, HasATargetForEachOfItsPartitions) {
    Request request = request_for("streamPostsFirehoseJa");
    request.set("partition", "1-2");
    request.set("backfill_minutes", "3");
    EXPECT_EQ(request.target(1), "/2/tweets/firehose/stream/lang/ja?partition=1&backfill_minutes=3");
    EXPECT_EQ(request.target(2), "/2/tweets/firehose/stream/lang/ja?partition=2&backfill_minutes=3");
}

TEST(Request, RefusesPartitionsThatDoNotExistOrComeTwice) {
    Request request = request_for("streamPostsFirehose");
    const auto refused = [&](const char *value, const char *why) {
        SCOPED_TRACE(value);
        expect_failure(
            Status::value, [&] { request.set("partition", value); },
            "streamPostsFirehose: parameter partition", why, "allowed: ");
    };
    for (const char *value : {"1-21", "0-2", "20,21", "21", "0", "-1"})
        refused(value, "");
    for (const char *value : {"1,1", "1-3,2", "5,1-20"})
        refused(value, "names a partition twice");
    for (const char *value : {"2-1", "1-", "-", ",", "1,", "1--2", "1-2-3", "01", "1 - 2", "a", "1,b",
                              "1-4000000000", "1-99999999999999999999"})
        refused(value, "is n");
}

TEST(Request, MustStartBeforeItEnds) {
    Request request = request_for("streamPosts");
    request.set("start_time", "2024-03-01T00:00:00Z");
    request.set("end_time", "2024-02-29T23:59:59Z");
    expect_failure(
        Status::value, [&] { request.check(); }, "start_time \"2024-03-01T00:00:00Z\" is not before end_time",
        "2024-02-29T23:59:59Z");
    request.set("end_time", "2024-03-01T00:00:00Z");
    EXPECT_THROW(request.check(), Failure);
    request.set("end_time", "2024-03-01T00:00:01Z");
    EXPECT_NO_THROW(request.check());
    request.set("start_time", std::nullopt);
    EXPECT_NO_THROW(request.check());
}

TEST(Request, ChecksTheOrderOfTimesUnderPowerstreamsNamesToo) {
    Request request = request_for("streamPowerstream");
    request.set("start_time", "2024-03-02T00:00:00Z");
    request.set("endTime", "2024-03-01T00:00:00Z");
    expect_failure(
        Status::value, [&] { request.check(); }, "startTime", "is not before endTime");
}

TEST(Request, CutsALongValueInItsErrorAndShowsControlCharactersEscaped) {
    Request request = request_for("streamPosts");
    const std::string value = "x\r\nHost: evil\t" + std::string(1000, 'y');
    const auto failure = test::failure_of([&] { request.set("expansions", value); });
    ASSERT_TRUE(failure);
    EXPECT_EQ(failure->status, Status::value);
    EXPECT_NE(failure->message.find(R"("x\r\nHost: evil\tyyy)"), std::string::npos) << failure->message;
    EXPECT_EQ(failure->message.find('\n'), std::string::npos);
    EXPECT_LT(failure->message.size(), 250u);
}

TEST(Request, EveryRefusalFitsTheErrorOfTheInterfaceBeforeItsListOfValues) {
    for_every_parameter([](const Operation &operation, const Parameter &parameter) {
        Request request(operation, true);
        const auto failure = test::failure_of([&] { request.set(parameter.name, std::string(500, '\xff')); });
        ASSERT_TRUE(failure);
        EXPECT_LT(failure->message.size(), 1024u);
    });
}

TEST(RequestWithoutValidation, PassesWhatTheTableDoesNotKnow) {
    Request request = request_for("streamPosts", false);
    request.set("tweet.fields", "id,brand_new,id");
    request.set("new.fields", "a b");
    request.set("backfill_minutes", "9");
    EXPECT_NO_THROW(request.check());
    EXPECT_EQ(request.get("new.fields"), "a b");
    EXPECT_EQ(request.target(),
              "/2/tweets/search/stream?backfill_minutes=9&tweet.fields=id,brand_new,id&new.fields=a%20b");
}

TEST(RequestWithoutValidation, DoesNotInsistOnARequiredParameter) {
    EXPECT_NO_THROW(request_for("streamPostsFirehose", false).check());
}

TEST(RequestWithoutValidation, ReplacesAndUnsetsUnknownNames) {
    Request request = request_for("streamPosts", false);
    request.set("a", "1");
    request.set("b", "2");
    request.set("a", "3");
    EXPECT_EQ(request.target(), "/2/tweets/search/stream?b=2&a=3");
    request.set("b", std::nullopt);
    request.set("c", std::nullopt);
    EXPECT_EQ(request.target(), "/2/tweets/search/stream?a=3");
    EXPECT_EQ(request.get("b"), std::nullopt);
}

TEST(RequestWithoutValidation, KnowsPartitionsOnlyWhenTheyAreNumbers) {
    Request request = request_for("streamPostsFirehose", false);
    request.set("partition", "40");
    EXPECT_EQ(request.partitions(), Partitions{40});
    for (const char *other : {"many", "3-1", "3x", "-1", "99999999999"}) {
        request.set("partition", other);
        EXPECT_EQ(request.partitions(), Partitions{0}) << other;
    }
}

TEST(RequestForm, HoldsItsFieldsInTheTablesOrderEncoded) {
    Request request = request_for("createOAuth2Token");
    EXPECT_EQ(request.form(), "");
    request.set("refresh_token", "a+b/c=d&e f,g日");
    request.set("grant_type", "refresh_token");
    EXPECT_EQ(request.form(), "grant_type=refresh_token&refresh_token=a%2Bb%2Fc%3Dd%26e%20f%2Cg%E6%97%A5");
    EXPECT_EQ(request.target(), "/2/oauth2/token");
    EXPECT_NO_THROW(request.check());
}

TEST(RequestForm, IsEmptyForOperationsWithoutOne) {
    Request request = request_for("getPostsById");
    request.set("id", "20");
    EXPECT_EQ(request.form(), "");
}

TEST(RequestForm, TakesUnknownFieldsWithoutValidationAndKeepsThemOutOfTheTarget) {
    Request request = request_for("revokeOAuth2Token", false);
    request.set("token", "abc");
    request.set("new field", "x\"y");
    EXPECT_EQ(request.form(), "token=abc&new%20field=x%22y");
    EXPECT_EQ(request.target(), "/2/oauth2/revoke");
}

TEST(RequestForm, NeverShowsAValueThatItRefuses) {
    for (const bool validate : {true, false}) {
        Request request = request_for("createOAuth2Token", validate);
        for (const char *name : {"refresh_token", "code", "code_verifier", "grant_type", "new_field"}) {
            const auto failure = test::failure_of([&] { request.set(name, "hush\r\nhush"); });
            ASSERT_TRUE(failure) << name;
            EXPECT_EQ(failure->message.find("hush"), std::string::npos) << failure->message;
        }
    }
    const auto failure =
        test::failure_of([] { request_for("getOAuth2AuthorizeUrl").set("code_verifier", "hush"); });
    ASSERT_TRUE(failure);
    EXPECT_EQ(failure->message,
              "getOAuth2AuthorizeUrl: parameter code_verifier: the value has 4 characters; "
              "allowed: a text of 43 to 128 characters that matches ^[A-Za-z0-9._~-]{43,128}$");
}

} // namespace
} // namespace xtap::api
