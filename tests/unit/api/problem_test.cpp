// Every shape of error X and what stands before it answers with.
#include "api/problem.hpp"

#include <gtest/gtest.h>

#include <string>

namespace xtap::api {
namespace {

constexpr std::string_view json = "application/json", problem_json = "application/problem+json";

std::string line_of(std::string_view body, std::string_view content_type, int http_status) {
    return describe_problem(parse_problem(body, content_type, http_status), http_status);
}

TEST(Problem, IsReadBare) {
    const Problem problem = parse_problem(
        R"({"title":"ConnectionException","detail":"This stream is currently at the maximum allowed connection limit.",)"
        R"("connection_issue":"TooManyConnections","type":"https://api.twitter.com/2/problems/streaming-connection"})",
        problem_json, 429);
    EXPECT_TRUE(problem.found);
    EXPECT_EQ(problem.title, "ConnectionException");
    EXPECT_EQ(problem.connection_issue, "TooManyConnections");
    EXPECT_EQ(problem.type, "https://api.twitter.com/2/problems/streaming-connection");
    EXPECT_EQ(problem.status, 429);
    EXPECT_EQ(
        describe_problem(problem, 429),
        "HTTP 429: ConnectionException: This stream is currently at the maximum allowed connection limit. "
        "(connection_issue TooManyConnections, type "
        "https://api.twitter.com/2/problems/streaming-connection)");
}

TEST(Problem, IsReadFromTheErrorsOfAStream) {
    const Problem problem = parse_problem(
        R"({"errors":[{"title":"operational-disconnect","disconnect_type":"UpstreamOperationalDisconnect",)"
        R"("detail":"This stream has been disconnected.","type":"https://api.x.com/2/problems/operational-disconnect"}]})",
        "", 200);
    EXPECT_TRUE(problem.found);
    EXPECT_EQ(problem.disconnect_type, "UpstreamOperationalDisconnect");
    EXPECT_EQ(problem.title, "operational-disconnect");
    EXPECT_EQ(describe_problem(problem, 200),
              "operational-disconnect: This stream has been disconnected. (disconnect_type "
              "UpstreamOperationalDisconnect, type https://api.x.com/2/problems/operational-disconnect)");
}

TEST(Problem, IsReadFromARefusedRequestWithItsParameter) {
    const Problem problem = parse_problem(
        R"({"errors":[{"parameters":{"partition":["21"]},"message":"The `partition` query parameter value [21] is not between 1 and 20"}],)"
        R"("title":"Invalid Request","detail":"One or more parameters to your request was invalid.",)"
        R"("type":"https://api.x.com/2/problems/invalid-request"})",
        json, 400);
    EXPECT_TRUE(problem.found);
    EXPECT_EQ(problem.title, "Invalid Request");
    EXPECT_EQ(problem.parameter, "partition");
    EXPECT_NE(problem.message.find("not between 1 and 20"), std::string::npos);
    EXPECT_NE(describe_problem(problem, 400).find("HTTP 400: Invalid Request: One or more"),
              std::string::npos);
    EXPECT_NE(describe_problem(problem, 400).find("not between 1 and 20"), std::string::npos);
}

TEST(Problem, IsWordedWithoutAStopBeforeAColon) {
    const Problem problem = parse_problem(
        R"({"title":"Invalid Request","detail":"Not like this.","errors":[{"message":"It is no number."}]})",
        "application/json", 400);
    EXPECT_EQ(describe_problem(problem, 400), "HTTP 400: Invalid Request: Not like this: It is no number.");
}

TEST(Problem, IsReadFromTheOldFormWithACode) {
    const Problem problem =
        parse_problem(R"({"errors":[{"code":88,"message":"Rate limit exceeded"}]})", json, 429);
    EXPECT_TRUE(problem.found);
    EXPECT_EQ(problem.code, 88);
    EXPECT_EQ(describe_problem(problem, 429), "HTTP 429: Rate limit exceeded (code 88)");
}

TEST(Problem, TakesTheRestFromTheFirstErrorWhereTheTopIsSilent) {
    const Problem problem = parse_problem(
        R"({"title":"Too Many","errors":[{"code":88,"title":"other","detail":"from the error","status":"429"}]})",
        json, 400);
    EXPECT_EQ(problem.title, "Too Many");
    EXPECT_EQ(problem.detail, "from the error");
    EXPECT_EQ(problem.status, 429) << "numbers may come as text";
    EXPECT_EQ(problem.code, 88);
}

TEST(Problem, IsReadWithoutTypeAndWithAnUnknownOne) {
    EXPECT_EQ(line_of(R"({"title":"Unauthorized","status":401,"detail":"Unauthorized"})", json, 401),
              "HTTP 401: Unauthorized");
    EXPECT_EQ(line_of(R"({"title":"Unauthorized","type":"about:blank","status":401,"detail":"Unauthorized"})",
                      json, 401),
              "HTTP 401: Unauthorized");
    EXPECT_EQ(line_of(R"({"type":"https://api.x.com/2/problems/never-heard-of"})", json, 418),
              "HTTP 418 (type https://api.x.com/2/problems/never-heard-of)");
}

TEST(Problem, IsReadFromOtherShapesThatAreAround) {
    EXPECT_EQ(line_of(R"({"error":"invalid_request","error_description":"Value passed was bad"})", json, 400),
              "HTTP 400: invalid_request: Value passed was bad");
    EXPECT_EQ(line_of(R"({"error":{"message":"Gone","sent":"now"}})", json, 410), "HTTP 410: Gone");
    EXPECT_EQ(line_of(R"([{"title":"First"},{"title":"Second"}])", json, 400), "HTTP 400: First");
    EXPECT_EQ(line_of(R"({"errors":"just words"})", json, 400), "HTTP 400: just words");
    EXPECT_EQ(line_of(R"({"errors":["just words",{"title":"No"}]})", json, 400), "HTTP 400: No: just words");
    EXPECT_EQ(line_of(R"({"errors":{"title":"No list"}})", json, 400), "HTTP 400: No list");
    EXPECT_EQ(line_of(R"({"title":"Client Forbidden","reason":"client-not-enrolled"})", json, 403),
              "HTTP 403: Client Forbidden (reason client-not-enrolled)");
}

TEST(Problem, StaysReadableWithLineBreaksAroundItAndAByteOrderMark) {
    EXPECT_TRUE(parse_problem("\r\n\r\n{\"title\":\"x\"}\r\n", json, 400).found);
    EXPECT_TRUE(parse_problem("\xEF\xBB\xBF{\"title\":\"x\"}", json, 400).found);
}

TEST(Problem, ReadsBrokenBytesAndControlCharactersAndShowsThemSafely) {
    const Problem problem =
        parse_problem("{\"title\":\"a\xff\x01z\",\"detail\":\"l1\\nl2\\u001b[31m\\u0000\"}", json, 500);
    EXPECT_TRUE(problem.found);
    EXPECT_EQ(problem.title, "a\xEF\xBF\xBD z");
    EXPECT_EQ(problem.detail, "l1 l2\xEF\xBF\xBD[31m\xEF\xBF\xBD");
}

TEST(Problem, CutsEndlessTexts) {
    const Problem problem = parse_problem("{\"title\":\"" + std::string(100'000, 'x') + "\"}", json, 500);
    EXPECT_TRUE(problem.found);
    EXPECT_LT(problem.title.size(), 1010u);
}

TEST(Problem, SumsAPageOfAProxyUpWithoutItsTags) {
    constexpr std::string_view page =
        "<html><head><title>502 Bad Gateway</title></head><body><hr>nginx</body></html>";
    const Problem problem = parse_problem(page, "text/html; charset=utf-8", 502);
    EXPECT_FALSE(problem.found);
    EXPECT_EQ(problem.detail, "502 Bad Gateway");
    EXPECT_EQ(describe_problem(problem, 502), "HTTP 502: \"502 Bad Gateway\"");
    EXPECT_EQ(parse_problem(page, json, 502).detail, "502 Bad Gateway") << "the content type is not trusted";
}

TEST(Problem, SaysThatAnEmptyBodyExplainsNothing) {
    EXPECT_EQ(line_of("", "", 503), "HTTP 503: no explanation");
    EXPECT_EQ(line_of(" \r\n", json, 503), "HTTP 503: no explanation");
    EXPECT_EQ(line_of("", "", 0), "no explanation");
    EXPECT_EQ(parse_problem("", "", 503).status, 503);
}

TEST(Problem, ShowsTheFrontOfABodyThatIsNeitherJsonNorHtml) {
    EXPECT_EQ(line_of("upstream connect error\nreset", "text/plain", 503),
              "HTTP 503: \"upstream connect error reset\"");
    EXPECT_LT(parse_problem(std::string(100'000, 'x'), "text/plain", 503).detail.size(), 210u);
    EXPECT_EQ(line_of(R"({"title":"cut of)", json, 503), R"(HTTP 503: "{\"title\":\"cut of")");
    EXPECT_FALSE(parse_problem("{}", json, 503).found);
    EXPECT_FALSE(parse_problem(R"({"data":{"id":"1"}})", json, 200).found);
}

TEST(Problem, TakesValuesOfTheWrongTypeForAbsent) {
    for (const char *body :
         {R"({"title":1,"detail":{},"status":"x","errors":7})", R"({"errors":[1,null,[]]})",
          R"({"errors":[{"parameters":{},"code":"x"}]})", "7", "null", "\"x\"", "[]", "true",
          R"({"status":99999999999999999999,"errors":[{"code":9999999999}]})"}) {
        EXPECT_FALSE(parse_problem(body, json, 400).found) << body;
    }
}

TEST(Problem, NeverFailsWhateverTheBody) {
    const std::string whole =
        R"({"errors":[{"title":"日本","parameters":{"a":["1"]},"code":"88"}],"status":4,"type":"\u00e9"})";
    for (std::size_t size = 0; size <= whole.size(); ++size) {
        EXPECT_NO_THROW(line_of(std::string_view(whole).substr(0, size), json, 400));
    }
    for (std::size_t at = 0; at < whole.size(); ++at) {
        std::string broken = whole;
        for (const char byte : {'\0', '"', '{', ']', '\\', '<', '\xff'}) {
            broken[at] = byte;
            EXPECT_NO_THROW(line_of(broken, json, 400));
        }
    }
    EXPECT_NO_THROW(line_of(std::string(100'000, '['), json, 400));
    EXPECT_NO_THROW(line_of(R"({"title":"\ud800"})", json, 400));
}

} // namespace
} // namespace xtap::api
