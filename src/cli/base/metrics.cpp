// One table of names per kind of figure. What is not known (null) has no line.
#include "cli/base/metrics.hpp"

#include "cli/base/json_facts.hpp"

#include <array>
#include <optional>
#include <utility>
#include <vector>

namespace xtap::cli {
namespace {

using Labels = std::vector<std::pair<const char *, std::string>>;

struct Figure {
    const char *pointer; // in the statistics, or in the entry of a list
    const char *name;
    const char *type;
    const char *help;
    bool in_ms = false; // shown in seconds
};

constexpr std::array<Figure, 9> kClient = {{
    {"/streams", "xtap_streams", "gauge", "Streams that are not closed."},
    {"/connections", "xtap_connections", "gauge", "Streaming connections open now."},
    {"/connects", "xtap_connects_total", "counter", "Streaming connections attempted."},
    {"/requests/sent", "xtap_requests_sent_total", "counter",
     "Requests sent, retries and token requests included."},
    {"/requests/failed", "xtap_requests_failed_total", "counter",
     "Requests without an answer or with an HTTP status of 300 or more."},
    {"/requests/retried", "xtap_requests_retried_total", "counter", "Requests sent again after a failure."},
    {"/requests/in_flight", "xtap_requests_in_flight", "gauge", "Requests that wait for their answer."},
    {"/token_refreshes", "xtap_token_refreshes_total", "counter", "Tokens fetched or refreshed."},
    {"/log_dropped", "xtap_log_dropped_total", "counter", "Log lines dropped because their queue was full."},
}};

constexpr std::array<Figure, 3> kRateLimits = {{
    {"/limit", "xtap_rate_limit_requests", "gauge", "Requests that the server allows in a window."},
    {"/remaining", "xtap_rate_limit_remaining", "gauge", "Of them left, as the server last said."},
    {"/reset_ms", "xtap_rate_limit_reset_timestamp_seconds", "gauge", "When the window ends, unix time.",
     true},
}};

constexpr std::array<Figure, 3> kBudgets = {{
    {"/used", "xtap_connect_budget_used", "gauge", "Connects in the present window."},
    {"/limit", "xtap_connect_budget_limit", "gauge", "Connects allowed in it; 0 for no limit."},
    {"/window_ms", "xtap_connect_budget_window_seconds", "gauge", "How long the window is.", true},
}};

constexpr std::array<Figure, 21> kStream = {{
    {"/events", "xtap_stream_events_total", "counter", "Events that arrived."},
    {"/notices", "xtap_stream_notices_total", "counter", "Notices made."},
    {"/bytes", "xtap_stream_bytes_total", "counter", "Bytes of the events, after inflating."},
    {"/wire_bytes", "xtap_stream_wire_bytes_total", "counter", "Body bytes received, before inflating."},
    {"/malformed", "xtap_stream_malformed_total", "counter", "Events that are no whole JSON or no UTF-8."},
    {"/oversized", "xtap_stream_oversized_total", "counter", "Lines dropped for being too long."},
    {"/dropped_tails", "xtap_stream_dropped_tails_total", "counter", "Unfinished last events dropped."},
    {"/duplicates", "xtap_stream_duplicates_total", "counter", "Events that came again and were dropped."},
    {"/maybe_repeated", "xtap_stream_maybe_repeated_total", "counter",
     "Events delivered that may have been delivered before."},
    {"/gaps", "xtap_stream_gaps_total", "counter", "Stretches of time whose events are missing."},
    {"/gap_ms", "xtap_stream_gap_seconds_total", "counter", "How long those stretches are together.", true},
    {"/dedupe_keys", "xtap_stream_dedupe_keys", "gauge", "Keys of events remembered."},
    {"/dedupe_bytes", "xtap_stream_dedupe_bytes", "gauge", "Bytes that the remembered keys take."},
    {"/connects", "xtap_stream_connects_total", "counter", "Connections attempted."},
    {"/queue_bytes", "xtap_stream_queue_bytes", "gauge", "Bytes read ahead and waiting."},
    {"/queue_records", "xtap_stream_queue_records", "gauge", "Records read ahead and waiting."},
    {"/queue_capacity", "xtap_stream_queue_capacity_bytes", "gauge", "Bytes that may be read ahead."},
    {"/lag_ms", "xtap_stream_lag_seconds", "gauge", "How far the last event delivered lies behind now.",
     true},
    {"/last_event_ms", "xtap_stream_last_event_timestamp_seconds", "gauge",
     "The time that the last event to arrive carries, unix time.", true},
    {"/open_since_ms", "xtap_stream_open_since_timestamp_seconds", "gauge",
     "Since when a connection is open without a break, unix time.", true},
    {"/position", "xtap_stream_position", "gauge", "Position of the last record delivered."},
}};

constexpr std::array<Figure, 3> kCoverage = {{
    {"/through_ms", "xtap_stream_covered_through_timestamp_seconds", "gauge",
     "All before was delivered, but for gaps and what is being recovered, unix time.", true},
    {"/recovering", "xtap_stream_recovering", "gauge", "Stretches that are or wait to be recovered."},
    {"/recovering_ms", "xtap_stream_recovering_seconds", "gauge", "How long they are together.", true},
}};

constexpr std::array<Figure, 8> kLegs = {{
    {"/attempt", "xtap_leg_attempt", "gauge", "Attempts since the connection was last healthy."},
    {"/connects", "xtap_leg_connects_total", "counter", "Connections attempted."},
    {"/events", "xtap_leg_events_total", "counter", "Events that arrived."},
    {"/bytes", "xtap_leg_bytes_total", "counter", "Bytes of the events, after inflating."},
    {"/duplicates", "xtap_leg_duplicates_total", "counter", "Events that came again and were dropped."},
    {"/last_event_ms", "xtap_leg_last_event_timestamp_seconds", "gauge",
     "The time that the last event carries, unix time.", true},
    {"/last_byte_ms", "xtap_leg_last_byte_timestamp_seconds", "gauge",
     "When the last byte arrived, keep-alives included, unix time.", true},
    {"/open_since_ms", "xtap_leg_open_since_timestamp_seconds", "gauge",
     "Since when the connection is open, unix time.", true},
}};

constexpr Figure kReconnects = {"", "xtap_stream_reconnects_total", "counter",
                                "Connections made again, by the cause of the disconnection before."};
constexpr Figure kLegOpen = {"", "xtap_leg_open", "gauge", "1 while the connection is open."};
constexpr Figure kOpen = {"", "xtap_stream_open", "gauge", "1 while a connection of the stream is open."};

// As the text form asks: backslash, quote and line end.
std::string escaped(const std::string &value) {
    std::string text;
    for (const char c : value) {
        if (c == '\n') {
            text += "\\n";
            continue;
        }
        if (c == '\\' || c == '"') text += '\\';
        text += c;
    }
    return text;
}

std::optional<std::string> figure_in(const Json &facts, const Figure &figure) {
    const Json *value = facts.pointed(figure.pointer);
    if (value == nullptr || !value->is_number_integer()) return std::nullopt;
    if (!figure.in_ms) return value->dump();
    const std::int64_t ms = value->get<std::int64_t>();
    const std::string part = std::to_string(1000 + (ms < 0 ? -ms : ms) % 1000).substr(1);
    return (ms < 0 && ms > -1000 ? "-" : "") + std::to_string(ms / 1000) + "." + part;
}

std::string label_text(const Json &entry, const char *key) {
    if (const auto number = number_fact(entry, key)) return std::to_string(*number);
    return text_fact(entry, key);
}

class Text {
public:
    void head(const Figure &figure) {
        text_ += std::string("# HELP ") + figure.name + " " + figure.help + "\n";
        text_ += std::string("# TYPE ") + figure.name + " " + figure.type + "\n";
    }
    void sample(const Figure &figure, const Labels &labels, const std::string &value) {
        text_ += figure.name;
        for (std::size_t index = 0; index < labels.size(); ++index) {
            text_ += index == 0 ? "{" : ",";
            text_ += std::string(labels[index].first) + "=\"" + escaped(labels[index].second) + "\"";
        }
        text_ += (labels.empty() ? " " : "} ") + value + "\n";
    }
    // One figure of one object.
    void single(const Json &facts, const Figure &figure, const Labels &labels = {}) {
        const auto value = figure_in(facts, figure);
        if (!value) return;
        head(figure);
        sample(figure, labels, *value);
    }
    // One figure of every entry of a list, told apart by texts of the entry.
    void each(const Json &facts, const char *list, const Figure &figure,
              const std::vector<const char *> &label_keys, const Labels &common = {}) {
        const auto found = facts.find(list);
        if (found == facts.end() || !found->is_array()) return;
        bool headed = false;
        for (const Json &entry : *found) {
            const auto value = entry.is_object() ? figure_in(entry, figure) : std::nullopt;
            if (!value) continue;
            if (!headed) head(figure);
            headed = true;
            Labels labels = common;
            for (const char *key : label_keys)
                labels.emplace_back(key, label_text(entry, key));
            sample(figure, labels, *value);
        }
    }
    std::string take() { return std::move(text_); }

private:
    std::string text_;
};

// A partition has at most one connection of each role, so no two samples have the same labels.
void add_legs(Text &text, const Json &stream, const Labels &labels) {
    const auto legs = stream.find("legs");
    if (legs == stream.end() || !legs->is_array() || legs->empty()) return;
    text.head(kLegOpen);
    for (const Json &leg : *legs) {
        if (!leg.is_object()) continue;
        Labels own = labels;
        own.emplace_back("partition", label_text(leg, "partition"));
        own.emplace_back("role", text_fact(leg, "role"));
        text.sample(kLegOpen, own, text_fact(leg, "state") == "open" ? "1" : "0");
    }
    for (const Figure &figure : kLegs)
        text.each(stream, "legs", figure, {"partition", "role"}, labels);
}

void add_stream(Text &text, const Json &stream) {
    const std::string operation = text_fact(stream, "operation");
    const Labels labels = {{"operation", operation}};
    text.head(kOpen);
    text.sample(kOpen, labels, text_fact(stream, "state") == "open" ? "1" : "0");
    for (const Figure &figure : kStream)
        text.single(stream, figure, labels);
    for (const Figure &figure : kCoverage)
        text.each(stream, "coverage", figure, {"partition"}, labels);
    add_legs(text, stream, labels);
    const auto reconnects = stream.find("reconnects");
    if (reconnects == stream.end() || !reconnects->is_object()) return;
    text.head(kReconnects);
    for (const auto &[cause, count] : reconnects->items()) {
        if (count.is_number_integer())
            text.sample(kReconnects, {{"operation", operation}, {"cause", cause}}, count.dump());
    }
}

} // namespace

std::string metrics_text(std::string_view client_stats, std::string_view stream_stats) {
    Text text;
    const Json client = Json::parse_or_null(client_stats);
    if (client.is_object()) {
        for (const Figure &figure : kClient)
            text.single(client, figure);
        for (const Figure &figure : kRateLimits)
            text.each(client, "rate_limits", figure, {"operation", "credential"});
        for (const Figure &figure : kBudgets)
            text.each(client, "budgets", figure, {"endpoint"});
    }
    const Json stream = Json::parse_or_null(stream_stats);
    if (stream.is_object()) add_stream(text, stream);
    return text.take();
}

} // namespace xtap::cli
