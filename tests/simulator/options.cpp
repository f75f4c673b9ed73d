// See options.hpp.
#include "options.hpp"

#include "operations.hpp"
#include "timeline.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <algorithm>
#include <charconv>
#include <iostream>
#include <sstream>

namespace xtap::sim {
namespace {

// Only loopback: the simulator hands out errors and bombs on request, and takes any token.
std::string check_host(const std::string &host) {
    const bool loopback =
        host == "localhost" || host == "::1" ||
        (host.starts_with("127.") && host.find_first_not_of("0123456789.") == std::string::npos);
    return loopback ? "" : "\"" + host + "\" is not a loopback address (127.x.x.x, ::1 or localhost)";
}

std::string check_time(const std::string &text) {
    const auto when = parse_rfc3339(text);
    if (!when) return "\"" + text + "\" is not an RFC 3339 date-time like 2026-03-01T00:00:00Z";
    // The ids of earlier posts have fewer digits and no room for the fields of ours.
    if (*when < *parse_rfc3339("2011-01-01T00:00:00Z") || *when > *parse_rfc3339("2075-01-01T00:00:00Z"))
        return "\"" + text + "\" is outside 2011 to 2074";
    return "";
}

std::string check_operation(const std::string &name) {
    if (operation_by_name(name)) return "";
    std::string known;
    for (const Operation &operation : operations())
        known.append(" ").append(operation.id);
    return "no streaming operation \"" + name + "\"; there are" + known;
}

// "100/900" into the settings; returns what is wrong with it.
std::string read_rate_limit(const std::string &text, Settings &s) {
    const std::size_t slash = text.find('/');
    const auto whole = [](const std::string &digits, std::uint64_t &value) {
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
        return error == std::errc() && end == digits.data() + digits.size() && value > 0;
    };
    if (slash != std::string::npos && whole(text.substr(0, slash), s.requests_per_window) &&
        whole(text.substr(slash + 1), s.request_window_seconds))
        return "";
    return "\"" + text + "\" is not REQUESTS/SECONDS like 450/900";
}

void add_credentials(CLI::App &app, Settings &s) {
    app.add_flag("--strict-auth", s.strict_auth,
                 "Take only tokens it gave out or was given (default: any bearer token)");
    app.add_option("--user-token", s.user_token, "An OAuth 2.0 access token that is good from the start");
    app.add_option("--user-id", s.user_id, "Id of the user all user tokens are for")->capture_default_str();
    app.add_option("--api-key", s.api_key, "API key of the app it knows")->capture_default_str();
    app.add_option("--api-secret", s.api_secret, "Its secret")->capture_default_str();
    app.add_option("--client-id", s.client_id, "OAuth 2.0 client it knows")->capture_default_str();
    app.add_option("--client-secret", s.client_secret, "Its secret")->capture_default_str();
    app.add_option("--public-client-id", s.public_client_id, "OAuth 2.0 client without a secret")
        ->capture_default_str();
    app.add_option("--oauth1-token", s.oauth1_token, "OAuth 1.0a token of the user")->capture_default_str();
    app.add_option("--oauth1-token-secret", s.oauth1_token_secret, "Its secret")->capture_default_str();
    app.add_option("--expires-in", s.expires_in, "Seconds an access token is good for")
        ->check(CLI::Range(std::int64_t{0}, std::int64_t{86'400 * 365}))
        ->capture_default_str();
}

void add_events(CLI::App &app, Settings &s) {
    app.add_option("--rate", s.rate, "Events per second and stream; 0 = as fast as the socket takes")
        ->check(CLI::Range(0.0, Timeline::kFastestRate))
        ->capture_default_str();
    app.add_option("--count", s.count, "Events per connection, then a clean close; 0 = endless")
        ->capture_default_str();
    app.add_option("--from", s.from,
                   "First number of a new connection (default: where the shared clock is; 1 with --rate 0)");
    app.add_option("--seed", s.seed, "Another seed, other events")->capture_default_str();
    app.add_option("--keep-alive-ms", s.keep_alive_ms, "An empty line after so much silence")
        ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{86'400'000}))
        ->capture_default_str();
}

void add_history(CLI::App &app, Settings &s) {
    app.add_option("--late-ms", s.late_ms,
                   "Some events reach the streams up to so much after their time; needs --rate, not --from")
        ->check(CLI::Range(std::uint64_t{0}, std::uint64_t{3'600'000}))
        ->capture_default_str();
    app.add_option("--late-share", s.late_share, "Percent of the events that do")
        ->check(CLI::Range(0.0, 100.0))
        ->capture_default_str();
    app.add_option("--history-ms", s.history_ms, "How far back replays reach")->capture_default_str();
    app.add_option("--replay-rate", s.replay_rate,
                   "Events per second of a replay; 0 = as fast as the socket takes")
        ->check(CLI::Range(0.0, Timeline::kFastestRate))
        ->capture_default_str();
}

// What is given as a word and becomes a setting once all is read.
struct Texts {
    std::vector<std::string> refuse;
    std::string base_time, rate_limit, random_faults, gzip = "auto", line_end = "crlf", partitions = "on",
                                                      kill_answer = "results", filter = "once-used",
                                                      subscription_answer = "wrapped";
};

void add_body(CLI::App &app, Settings &s, Texts &t) {
    app.add_option("--chunk", s.chunk, "Bytes per HTTP chunk; 0 = one chunk per batch of events")
        ->check(CLI::Range(std::uint64_t{0}, std::uint64_t{64} << 20))
        ->capture_default_str();
    app.add_option("--gzip", t.gzip, "auto = when the client accepts it")
        ->check(CLI::IsMember({"auto", "off"}))
        ->capture_default_str();
    app.add_option("--line-end", t.line_end, "How an event ends; sse = \"data: \" lines")
        ->check(CLI::IsMember({"crlf", "lf", "sse"}))
        ->capture_default_str();
}

void add_limits(CLI::App &app, Settings &s, Texts &t) {
    app.add_option("--partitions-check", t.partitions, "off = a missing partition is 1, any number will do")
        ->check(CLI::IsMember({"on", "off"}))
        ->capture_default_str();
    app.add_option("--connects-per-window", s.connects_per_window,
                   "Connects per endpoint before 429; 0 = unlimited")
        ->capture_default_str();
    app.add_option("--window-seconds", s.window_seconds, "Length of that window")
        ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{86'400}))
        ->capture_default_str();
    app.add_option("--rate-limit", t.rate_limit,
                   "REQUESTS/SECONDS per operation and credential, streams aside (default: unlimited)")
        ->check([&s](const std::string &text) { return read_rate_limit(text, s); });
}

void add_admission(CLI::App &app, Settings &s, Texts &t) {
    app.add_option(
           "--connection-limit", s.connection_limit,
           "Streams at once of one operation and partition, then 429 TooManyConnections; 0 = unlimited")
        ->capture_default_str();
    app.add_flag("--takeover", s.takeover, "Beyond that limit the oldest is told ForceDisconnect instead");
    app.add_option("--ghost-ms", s.ghost_ms, "A stream that broke off still counts for so long")
        ->capture_default_str();
    app.add_option("--slow-reader-ms", s.slow_reader_ms,
                   "A client that takes nothing for so long is told SlowReader; 0 = never")
        ->capture_default_str();
    app.add_option("--recovery-jobs", s.recovery_jobs, "Streams with a start_time at once, then 429")
        ->capture_default_str();
    app.add_option("--refuse", t.refuse, "What the account may not ask for: backfill, recovery or both")
        ->delimiter(',')
        ->check(CLI::IsMember({"backfill", "recovery"}));
    app.add_option("--refuse-status", s.refuse_status, "What it is then answered")
        ->check(CLI::IsMember({400, 403}))
        ->capture_default_str();
}

// "1,1000,50" into the settings; returns what is wrong with it.
std::string read_random_faults(const std::string &text, RandomFaults &random) {
    std::istringstream words(text);
    char first = 0, second = 0;
    words >> random.seed >> first >> random.count >> second >> random.every_ms;
    if (words && words.eof() && first == ',' && second == ',' && random.every_ms > 0) return "";
    return "\"" + text + "\" is not SEED,COUNT,EVERY_MS like 1,1000,50";
}

void add_faults(CLI::App &app, Settings &s, Texts &t) {
    app.add_option("--script", s.script, "A file of faults to play; see README.md")->check(CLI::ExistingFile);
    app.add_option("--random-faults", t.random_faults,
                   "SEED,COUNT,EVERY_MS: so many random faults, one after so much time")
        ->check([&s](const std::string &text) { return read_random_faults(text, s.random_faults); });
}

void add_operations_flags(CLI::App &app, Settings &s, Texts &t) {
    app.add_option("--filter", t.filter,
                   "Whether streams with rules or subscriptions send only what these ask for")
        ->check(CLI::IsMember({"once-used", "on", "off"}))
        ->capture_default_str();
    app.add_option("--most-rules", s.most_rules, "Rules a stream can have")->capture_default_str();
    app.add_option("--kill-answer", t.kill_answer, "What ending connections answers")
        ->check(CLI::IsMember({"results", "attempted"}))
        ->capture_default_str();
    app.add_option("--subscription-answer", t.subscription_answer,
                   "What creating an activity subscription answers: data.subscription{}, data[] or data{}")
        ->check(CLI::IsMember({"wrapped", "list", "bare"}))
        ->capture_default_str();
    app.add_option("--dm-events", s.dm_events, "Events of the first DM conversation at the start")
        ->check(CLI::Range(std::uint64_t{0}, std::uint64_t{100'000}))
        ->capture_default_str();
    app.add_flag("--record", s.record,
                 "Answer 200 {\"data\":{}} to every request; the control endpoint tells what was asked");
}

void finish(Settings &s, const Texts &t) {
    s.base_time = t.base_time.empty() ? wall_clock() : *parse_rfc3339(t.base_time);
    s.refuse_backfill = std::ranges::count(t.refuse, "backfill") > 0;
    s.refuse_recovery = std::ranges::count(t.refuse, "recovery") > 0;
    s.kill_attempted = t.kill_answer == "attempted";
    s.filtering = t.filter == "on"    ? Filtering::on
                  : t.filter == "off" ? Filtering::off
                                      : Filtering::once_used;
    s.subscription_shape = t.subscription_answer == "list"   ? SubscriptionShape::list
                           : t.subscription_answer == "bare" ? SubscriptionShape::bare
                                                             : SubscriptionShape::wrapped;
    s.gzip = t.gzip == "auto";
    s.line_end = t.line_end == "crlf" ? LineEnd::crlf : t.line_end == "lf" ? LineEnd::lf : LineEnd::sse;
    s.check_partitions = t.partitions == "on";
}

} // namespace

std::optional<Settings> parse_command_line(int argc, char **argv, int &status) {
    Settings s;
    Texts t;
    CLI::App app{"xtap-sim: a local server that behaves as the X API v2 does"};
    app.add_option("--port", s.port, "Port to listen on; 0 = a free one")->capture_default_str();
    app.add_option("--host", s.host, "Loopback address to listen on")
        ->check(check_host)
        ->capture_default_str();
    app.add_flag("--tls", s.tls, "Serve HTTPS with a certificate made at start");
    app.add_option("--cert-out", s.cert_out, "Where to write that certificate (default: a temporary file)");
    add_events(app, s);
    add_history(app, s);
    app.add_option("--base-time", t.base_time, "Time of event 0, RFC 3339 (default: now)")->check(check_time);
    app.add_option("--speed", s.speed, "Time runs so many times as fast; see README.md")
        ->check(CLI::Range(0.01, 10'000.0))
        ->capture_default_str();
    add_body(app, s, t);
    app.add_option("--token", s.token, "Accept only this bearer token (default: any)");
    add_credentials(app, s);
    add_limits(app, s, t);
    add_admission(app, s, t);
    add_faults(app, s, t);
    add_operations_flags(app, s, t);
    app.add_flag("--until-eof", s.until_eof, "End when stdin reaches its end");
    app.add_flag("--with-parent", s.with_parent, "End when the process that started it ends");
    auto *print =
        app.add_option("--print", s.print, "Print events FROM.. of this operation as lines and exit")
            ->check(check_operation);
    app.add_option("--partition", s.partition, "Partition to print")
        ->check(CLI::Range(1u, 20u))
        ->needs(print);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError &error) {
        status = app.exit(error) == 0 ? 0 : 2;
        return std::nullopt;
    }
    if (!s.print.empty() && s.count == 0) {
        std::cerr << "--print needs --count: how many events to print\n";
        status = 2;
        return std::nullopt;
    }
    if (s.late_ms > 0 && (s.rate <= 0 || s.from > 0)) {
        std::cerr << "--late-ms needs --rate above 0 and no --from: nothing is late without a clock\n";
        status = 2;
        return std::nullopt;
    }
    finish(s, t);
    return s;
}

} // namespace xtap::sim
