// Every fault that the simulator plays on requests, and what a caller sees of it.
#include "caller.hpp"
#include "patience.hpp"
#include "process.hpp"

#include <gtest/gtest.h>

namespace xtap::test {
namespace {

struct Case {
    const char *name;
    Json fault;
    xtap_status status; // of a send that is not tried again
    int http;           // 0: there is no answer
    bool mended;        // a second try finds the server well, and is made
};
void PrintTo(const Case &fault, std::ostream *out) { *out << fault.name; }

const Case kCases[] = {
    {"http_400", {}, XTAP_E_HTTP, 400, false},
    {"http_401", {}, XTAP_E_UNAUTHORIZED, 401, false},
    {"http_403", {}, XTAP_E_FORBIDDEN, 403, false},
    {"http_404", {}, XTAP_E_NOT_FOUND, 404, false},
    {"http_409", {}, XTAP_E_CONFLICT, 409, false},
    {"http_429", {}, XTAP_E_RATE_LIMITED, 429, false},
    {"http_500", {}, XTAP_E_SERVER, 500, false},
    {"http_503", {}, XTAP_E_SERVER, 503, true},
    {"http_status", {{"status", 504}}, XTAP_E_SERVER, 504, true},
    {"rate_limit", {}, XTAP_E_RATE_LIMITED, 429, false},
    {"redirect", {}, XTAP_E_HTTP, 302, false},
    {"html_error", {}, XTAP_E_SERVER, 502, true},
    {"no_response", {}, XTAP_E_REQUEST_TIMEOUT, 0, false},
    {"slow_headers", {{"bytes", 40}, {"interval_ms", 1}}, XTAP_OK, 200, true},
    {"garbage_response", {}, XTAP_E_PROTOCOL, 0, false},
    {"gzip_bomb", {}, XTAP_E_TOO_LARGE, 0, false},
    {"no_answer", {{"way", "close"}}, XTAP_E_NETWORK, 0, true},
    {"no_answer", {{"way", "reset"}, {"processed", true}}, XTAP_E_NETWORK, 0, true},
    {"bad_json", {}, XTAP_OK, 200, false},
    {"huge_body", {}, XTAP_E_TOO_LARGE, 0, false},
    {"gzip_answer", {}, XTAP_OK, 200, true},
    {"chunked_answer", {}, XTAP_OK, 200, true},
    {"eof", {{"after_bytes", 10}}, XTAP_E_NETWORK, 0, true},
    {"reset", {{"after_bytes", 10}}, XTAP_E_NETWORK, 0, true},
    {"stall", {{"after_bytes", 10}}, XTAP_E_REQUEST_TIMEOUT, 0, false},
    {"half_chunk", {{"after_bytes", 10}}, XTAP_E_NETWORK, 0, true},
    {"bad_chunk", {{"after_bytes", 10}}, XTAP_E_NETWORK, 0, true},
    {"slow_drip", {{"bytes", 40}, {"interval_ms", 1}, {"after_bytes", 0}}, XTAP_OK, 200, true},
    {"gzip_corrupt", {{"after_bytes", 10}}, XTAP_E_PROTOCOL, 0, false},
};

Settings options(bool retries) {
    return {{"bearer_token", "AAAAcaller"},
            {"max_retries", retries ? "3" : "0"},
            {"max_response_bytes", "1MiB"},
            {"request_timeout_ms", std::to_string(300 * kSlowdown)}};
}

class RequestFault : public testing::TestWithParam<Case> {
protected:
    void play() {
        Json fault = GetParam().fault;
        fault["kind"] = GetParam().name;
        fault["path"] = "/2/connections";
        simulator_.fault(fault);
    }
    sim::SimulatorProcess simulator_;
};

TEST_P(RequestFault, IsOneClearError) {
    play();
    const Caller caller(simulator_.url(), options(false));
    const Answered answered = caller.call("getConnectionHistory");
    EXPECT_EQ(answered.status, GetParam().status) << answered.error.text();
    EXPECT_EQ(answered.http(), GetParam().http);
    EXPECT_EQ(answered.status == XTAP_OK, answered.error.message[0] == '\0');
    EXPECT_EQ(std::string(answered.error.message).find("AAAAcaller"), std::string::npos);
    EXPECT_EQ(std::string(answered.error.message).find('\n'), std::string::npos);
    if (std::string(GetParam().name) == "slow_drip")
        return; // the simulator serves no more on that connection
    EXPECT_EQ(caller.call("getConnectionHistory").status, XTAP_OK) << "it leaves nothing behind";
}

TEST_P(RequestFault, IsMendedByTryingAgainWhereThatHelps) {
    play();
    Settings patient = options(true);
    patient.back().second = std::to_string(GetParam().mended ? 60'000 : 300 * kSlowdown);
    const Answered answered = Caller(simulator_.url(), patient).call("getConnectionHistory");
    EXPECT_EQ(answered.status, GetParam().mended ? XTAP_OK : GetParam().status) << answered.error.text();
}

INSTANTIATE_TEST_SUITE_P(Of, RequestFault, testing::ValuesIn(kCases),
                         [](const auto &test) { return std::to_string(test.index) + test.param.name; });

} // namespace
} // namespace xtap::test
