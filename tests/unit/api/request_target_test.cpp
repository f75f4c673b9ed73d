// The request target: order, encoding, and that no name or value can break out of it.
#include "api/request.hpp"

#include "expect_failure.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace xtap::api {
namespace {

using test::expect_failure;

constexpr std::int64_t lowest = INT64_MIN, highest = INT64_MAX;
constexpr Parameter parameters[] = {
    {"id", {}, Place::path, Type::text, true, lowest, highest, {}, {}, "", ""},
    {"part", {}, Place::path, Type::text, true, lowest, highest, {}, {}, "", ""},
    {"query", {}, Place::query, Type::text, false, lowest, highest, {}, {}, "", ""},
};
constexpr Operation thing{
    "getThing", {},    "",    "GET", "/2/things/{id}/parts/{part}", {}, parameters, Kind::event_unread, 0,
    0,          false, false, ""};

Request thing_request(bool validate = true) {
    Request request(thing, validate);
    request.set("id", "1");
    request.set("part", "2");
    return request;
}

bool is_plain(std::string_view target) {
    return std::all_of(target.begin(), target.end(), [](char byte) { return byte > 0x20 && byte < 0x7f; });
}

TEST(RequestTarget, IsThePathAloneWhenNothingIsSet) {
    for (const Operation &operation : operations())
        EXPECT_EQ(Request(operation, true).target(), operation.path);
}

TEST(RequestTarget, HasTheQueryInTheTablesOrderWhateverTheOrderOfSetting) {
    Request request(find_operation("streamPostsFirehoseJa"), true);
    request.set("post.fields", "id,text,note_post");
    request.set("end_time", "2024-01-01T01:00:00Z");
    request.set("start_time", "2024-01-01T00:00:00Z");
    request.set("partition", "1");
    EXPECT_EQ(request.target(),
              "/2/tweets/firehose/stream/lang/ja?partition=1&tweet.fields=id,text,note_tweet"
              "&start_time=2024-01-01T00%3A00%3A00Z&end_time=2024-01-01T01%3A00%3A00Z");
}

TEST(RequestTarget, UsesPowerstreamsOwnNames) {
    Request request(find_operation("streamPowerstream"), true);
    request.set("backfill_minutes", "5");
    request.set("localDcOnly", "true");
    EXPECT_EQ(request.target(), "/2/powerstream?backfillMinutes=5&localDcOnly=true");
}

TEST(RequestTarget, EncodesEveryByteThatIsNotUnreserved) {
    Request request = thing_request();
    request.set("query", "a-b.c_d~e, f&g=h#i?j/k%2fl+m\"<>\\^`{|}日😀");
    EXPECT_EQ(
        request.target(),
        "/2/things/1/parts/2?query=a-b.c_d~e,%20f%26g%3Dh%23i%3Fj%2Fk%252fl%2Bm%22%3C%3E%5C%5E%60%7B%7C%7D"
        "%E6%97%A5%F0%9F%98%80");
}

TEST(RequestTarget, FillsPathParametersInEncoded) {
    Request request = thing_request();
    request.set("id", "a/../b?c#d{part}");
    EXPECT_EQ(request.target(), "/2/things/a%2F..%2Fb%3Fc%23d%7Bpart%7D/parts/2");
}

TEST(RequestTarget, RefusesPathSegmentsThatAreResolvedAway) {
    for (const bool validate : {true, false}) {
        Request request = thing_request(validate);
        for (const char *value : {"", ".", ".."}) {
            expect_failure(
                Status::value, [&] { request.set("id", value); }, "getThing: parameter id",
                "cannot be part of a path");
        }
        EXPECT_EQ(request.target(), "/2/things/1/parts/2");
    }
}

TEST(RequestTarget, NeedsEveryPartOfThePathEvenWithoutValidation) {
    Request request = thing_request(false);
    request.set("part", std::nullopt);
    expect_failure(
        Status::missing, [&] { request.check(); }, "getThing needs the parameter part");
}

TEST(RequestTarget, NeverHoldsABreakoutFromANameOrValue) {
    const std::string attempts[] = {"x\r\nHost: evil", "x\nx",   "x\rx",     std::string("x\0x", 3),
                                    "x\x1bx",          "x\x7fx", "\xC0\xAF", "\xff",
                                    "\xC2\x85"};
    for (const bool validate : {true, false}) {
        Request request = thing_request(validate);
        request.set("query", "before");
        const std::string target = request.target();
        for (const std::string &attempt : attempts) {
            EXPECT_THROW(request.set("query", attempt), Failure);
            EXPECT_THROW(request.set("id", attempt), Failure);
            EXPECT_THROW(request.set(attempt, "1"), Failure);
            EXPECT_EQ(request.target(), target) << "a refused attempt changes nothing";
        }
    }
}

TEST(RequestTarget, RefusesAttemptsWithoutValidationAsBadValues) {
    Request request = thing_request(false);
    expect_failure(
        Status::value, [&] { request.set("a\r\nb", "1"); },
        R"(getThing: parameter name: "a\r\nb" holds a control)");
    expect_failure(
        Status::value, [&] { request.set("a", "b\r\nc"); },
        R"(getThing: parameter "a": "b\r\nc" holds a control)");
    expect_failure(
        Status::value, [&] { request.set("a", "\xff"); }, "is not UTF-8");
    expect_failure(
        Status::value, [&] { request.set("", "1"); }, "a parameter name is empty");
}

TEST(RequestTarget, StaysOneLineOfPlainCharactersForEveryByteThatIsTaken) {
    Request request = thing_request(false);
    for (int byte = 0; byte < 256; ++byte) {
        const std::string text(1, static_cast<char>(byte));
        try {
            request.set("query", text);
            request.set(text, text);
        } catch (const Failure &failure) {
            EXPECT_EQ(failure.status, Status::value);
        }
        EXPECT_TRUE(is_plain(request.target())) << byte;
    }
    const std::string target = request.target();
    EXPECT_EQ(std::count(target.begin(), target.end(), '?'), 1);
    EXPECT_EQ(std::count(target.begin(), target.end(), '#'), 0);
}

} // namespace
} // namespace xtap::api
