// The statistics as Prometheus reads them.
#include "cli/base/metrics.hpp"

#include "cli/base/input.hpp"
#include "json/value.hpp"

#include <cstdint>
#include <gtest/gtest.h>
#include <map>
#include <regex>
#include <set>
#include <sstream>

namespace xtap::cli {
namespace {

constexpr char kClient[] =
    R"({"streams":1,"connections":2,"connects":3,"io_thread":true,"requests":{"sent":7,"failed":2,"retried":1,"in_flight":0},
"token_refreshes":1,"rate_limits":[
{"operation":"getUsersMe","credential":"oauth2","limit":75,"remaining":74,"reset_ms":1795260138000},
{"operation":"getRules","credential":"bearer","limit":450,"remaining":0,"reset_ms":null}],
"budgets":[{"endpoint":"/2/a\"b\\c","used":3,"limit":50,"window_ms":900000}],"log_dropped":0})";

TEST(Metrics, NameEveryFigureOfTheClient) {
    EXPECT_EQ(metrics_text(kClient), R"(# HELP xtap_streams Streams that are not closed.
# TYPE xtap_streams gauge
xtap_streams 1
# HELP xtap_connections Streaming connections open now.
# TYPE xtap_connections gauge
xtap_connections 2
# HELP xtap_connects_total Streaming connections attempted.
# TYPE xtap_connects_total counter
xtap_connects_total 3
# HELP xtap_requests_sent_total Requests sent, retries and token requests included.
# TYPE xtap_requests_sent_total counter
xtap_requests_sent_total 7
# HELP xtap_requests_failed_total Requests without an answer or with an HTTP status of 300 or more.
# TYPE xtap_requests_failed_total counter
xtap_requests_failed_total 2
# HELP xtap_requests_retried_total Requests sent again after a failure.
# TYPE xtap_requests_retried_total counter
xtap_requests_retried_total 1
# HELP xtap_requests_in_flight Requests that wait for their answer.
# TYPE xtap_requests_in_flight gauge
xtap_requests_in_flight 0
# HELP xtap_token_refreshes_total Tokens fetched or refreshed.
# TYPE xtap_token_refreshes_total counter
xtap_token_refreshes_total 1
# HELP xtap_log_dropped_total Log lines dropped because their queue was full.
# TYPE xtap_log_dropped_total counter
xtap_log_dropped_total 0
# HELP xtap_rate_limit_requests Requests that the server allows in a window.
# TYPE xtap_rate_limit_requests gauge
xtap_rate_limit_requests{operation="getUsersMe",credential="oauth2"} 75
xtap_rate_limit_requests{operation="getRules",credential="bearer"} 450
# HELP xtap_rate_limit_remaining Of them left, as the server last said.
# TYPE xtap_rate_limit_remaining gauge
xtap_rate_limit_remaining{operation="getUsersMe",credential="oauth2"} 74
xtap_rate_limit_remaining{operation="getRules",credential="bearer"} 0
# HELP xtap_rate_limit_reset_timestamp_seconds When the window ends, unix time.
# TYPE xtap_rate_limit_reset_timestamp_seconds gauge
xtap_rate_limit_reset_timestamp_seconds{operation="getUsersMe",credential="oauth2"} 1795260138.000
# HELP xtap_connect_budget_used Connects in the present window.
# TYPE xtap_connect_budget_used gauge
xtap_connect_budget_used{endpoint="/2/a\"b\\c"} 3
# HELP xtap_connect_budget_limit Connects allowed in it; 0 for no limit.
# TYPE xtap_connect_budget_limit gauge
xtap_connect_budget_limit{endpoint="/2/a\"b\\c"} 50
# HELP xtap_connect_budget_window_seconds How long the window is.
# TYPE xtap_connect_budget_window_seconds gauge
xtap_connect_budget_window_seconds{endpoint="/2/a\"b\\c"} 900.000
)");
}

constexpr char kStream[] =
    R"({"operation":"streamPosts","state":"open","events":10,"notices":2,"bytes":1000,"wire_bytes":500,"malformed":0,
"oversized":0,"dropped_tails":0,"connects":2,"reconnects":{"clean_close":1,"network":0},"queue_bytes":0,"queue_records":0,
"queue_capacity":67108864,"last_event_ms":1795260138005,"lag_ms":-7,"open_since_ms":null,"position":12})";

TEST(Metrics, NameTheFiguresOfAStreamAndItsOperation) {
    const std::string text = metrics_text("{}", kStream);
    for (const char *line :
         {"xtap_stream_open{operation=\"streamPosts\"} 1\n",
          "xtap_stream_events_total{operation=\"streamPosts\"} 10\n",
          "xtap_stream_lag_seconds{operation=\"streamPosts\"} -0.007\n",
          "xtap_stream_last_event_timestamp_seconds{operation=\"streamPosts\"} 1795260138.005\n",
          "xtap_stream_reconnects_total{operation=\"streamPosts\",cause=\"clean_close\"} 1\n",
          "xtap_stream_reconnects_total{operation=\"streamPosts\",cause=\"network\"} 0\n"})
        EXPECT_NE(text.find(line), std::string::npos) << line << "is not in:\n" << text;
    EXPECT_EQ(text.find("open_since"), std::string::npos) << "what is not known has no line";
}

TEST(Metrics, HeadEachNameOnceBeforeItsSamples) {
    std::istringstream lines(metrics_text(kClient, kStream));
    std::set<std::string> headed;
    std::string current;
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("# HELP ")) {
            current = line.substr(7, line.find(' ', 7) - 7);
            EXPECT_TRUE(headed.insert(current).second) << current << " stands twice";
        } else if (!line.starts_with("# TYPE ")) {
            EXPECT_EQ(line.substr(0, line.find_first_of("{ ")), current);
        }
    }
    EXPECT_GE(headed.size(), 25u);
}

// The statistics of one handle as docs/CONFIGURATION.md lists them, every number another one, and the keys by
// their numbers.
class Documented {
public:
    explicit Documented(const std::string &handle) {
        const std::string manual = read_file(XTAP_OPTIONS_PAGE);
        std::istringstream lines(manual.substr(manual.find("### " + handle)));
        std::string line;
        std::getline(lines, line);
        const std::regex row(R"(\| `([a-z_.\[\]]+)` \| ([a-z ]+?)(?:, optional)? \| .*)");
        for (std::smatch found; std::getline(lines, line) && !line.starts_with("###");)
            if (std::regex_match(line, found, row)) add(found[1], found[2]);
    }
    Json facts = Json::object();
    std::map<std::int64_t, std::string> numbers;

private:
    // "legs[].state" is in the first of the legs.
    Json &place_of(const std::string &key) {
        std::istringstream steps(std::regex_replace(key, std::regex(R"(\[\])"), ".[]"));
        Json *place = &facts;
        for (std::string step; std::getline(steps, step, '.');) {
            if (step == "[]" && place->empty()) place->push_back(nullptr);
            place = step == "[]" ? &place->front() : &(*place)[step];
        }
        return *place;
    }
    void add(const std::string &key, const std::string &type) {
        Json &place = place_of(key);
        if (type.starts_with("integer")) {
            const auto number = 1'000'001 + static_cast<std::int64_t>(numbers.size());
            numbers[number] = key;
            place = number;
        } else if (type == "text") {
            place = "some text";
        } else if (type == "list") {
            place = Json::array();
        } else if (type == "object") {
            place = Json::object();
        }
    }
};

TEST(Metrics, TellEveryNumberThatIsDocumented) {
    const Documented client("xtap_client_stats");
    const Documented stream("xtap_stream_stats");
    EXPECT_GE(client.numbers.size(), 15u) << "the page looks different from what this test knows";
    EXPECT_GE(stream.numbers.size(), 40u);
    for (const Documented *one : {&client, &stream}) {
        const bool is_client = one == &client;
        const std::string text =
            metrics_text(is_client ? one->facts.dump() : "{}", is_client ? "{}" : one->facts.dump());
        for (const auto &[number, key] : one->numbers) {
            const std::string digits = std::to_string(number);
            const std::string in_seconds = digits.substr(0, 4) + "." + digits.substr(4);
            const bool is_told = text.find(" " + digits + "\n") != std::string::npos ||
                                 text.find(" " + in_seconds + "\n") != std::string::npos ||
                                 text.find("\"" + digits + "\"") != std::string::npos; // as a label
            EXPECT_TRUE(is_told) << key << " has no metric";
        }
    }
}

TEST(Metrics, TellTheConnectionsApart) {
    const std::string text = metrics_text("{}", R"({"operation":"streamX","state":"open","legs":[
{"partition":1,"role":"live","state":"open","events":5,"last_event_ms":null},
{"partition":1,"role":"recovery","state":"idle","events":7,"last_event_ms":1500},
{"partition":2,"role":"live","state":"backing_off","events":9}]})");
    for (const char *line :
         {"xtap_leg_open{operation=\"streamX\",partition=\"1\",role=\"live\"} 1\n",
          "xtap_leg_open{operation=\"streamX\",partition=\"1\",role=\"recovery\"} 0\n",
          "xtap_leg_open{operation=\"streamX\",partition=\"2\",role=\"live\"} 0\n",
          "xtap_leg_events_total{operation=\"streamX\",partition=\"1\",role=\"recovery\"} 7\n",
          "xtap_leg_last_event_timestamp_seconds{operation=\"streamX\",partition=\"1\",role=\"recovery\"} "
          "1.500\n"})
        EXPECT_NE(text.find(line), std::string::npos) << line << "is not in:\n" << text;
    EXPECT_EQ(text.find("last_event_timestamp_seconds{operation=\"streamX\",partition=\"1\",role=\"live\"}"),
              std::string::npos);
}

TEST(Metrics, AreEmptyForStatisticsOfAnotherShape) {
    for (const char *other : {"", "[]", "{}", R"({"streams":"many"})", R"({"rate_limits":[1,{}]})"})
        EXPECT_EQ(metrics_text(other), "") << other;
}

} // namespace
} // namespace xtap::cli
