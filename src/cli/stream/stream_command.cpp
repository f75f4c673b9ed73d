// Sets up configuration, client, request and stream in that order, each with the hint that fits its errors.
#include "cli/stream/stream_command.hpp"

#include "cli/base/client_setup.hpp"
#include "cli/base/console.hpp"
#include "cli/base/ending.hpp"
#include "cli/base/handles.hpp"
#include "cli/base/metrics_file.hpp"
#include "cli/base/output.hpp"
#include "cli/base/stored_login.hpp"
#include "cli/base/unix_time.hpp"
#include "cli/stream/checkpoint_file.hpp"
#include "cli/stream/event_pump.hpp"
#include "cli/stream/metrics_server.hpp"
#include "cli/stream/notices.hpp"

#include <optional>
#include <unistd.h>
#include <utility>
#include <vector>

namespace xtap::cli {
namespace {

bool is_off(const std::string &flag) { return flag == "off" || flag == "false" || flag == "0"; }

// What this command needs less of than a program does. The environment and --option go over it.
std::vector<std::pair<const char *, const char *>> own_defaults(const StreamArguments &arguments) {
    std::vector<std::pair<const char *, const char *>> defaults;
    if (!arguments.select.empty()) defaults.emplace_back("deliver_json", "off");
    defaults.emplace_back("log_level", "off"); // the notices say the same
    return defaults;
}

ConfigHandle configured_for(const StreamArguments &arguments) {
    ConfigHandle config = configured(arguments, own_defaults(arguments));
    if (arguments.select.empty() && is_off(option_value(config.get(), "deliver_json"))) {
        throw Complaint(ExitCode::usage,
                        "with deliver_json=off and without --select there is nothing to print",
                        "name the values to print, as in --select /data/id /data/text");
    }
    return config;
}

RequestHandle checked_request(xtap_client *client, const StreamArguments &arguments) {
    LibraryError error;
    xtap_request *made = nullptr;
    check(xtap_request_create(client, arguments.operation.c_str(), &made, &error), error,
          "see 'xtap operations' for all of them");
    RequestHandle request(made);
    for (const auto &[name, value] : arguments.parameters) {
        check(xtap_request_set(request.get(), name.c_str(), value.c_str(), &error), error,
              parameter_hint(arguments.operation));
    }
    return request;
}

StreamHandle opened_stream(const xtap_request *request, const StreamArguments &arguments) {
    LibraryError error;
    xtap_stream *made = nullptr;
    const xtap_status status = xtap_stream_open(request, &made, &error);
    std::string hint; // empty: the one that fits the status
    if (status == XTAP_E_MISSING || status == XTAP_E_VALUE) hint = parameter_hint(arguments.operation);
    if (status == XTAP_E_ARGUMENT)
        hint = "for an operation that does not stream: xtap call " + arguments.operation;
    check(status, error, hint);
    StreamHandle stream(made);
    std::vector<const char *> pointers;
    for (const std::string &pointer : arguments.select)
        pointers.push_back(pointer.c_str());
    if (!pointers.empty()) {
        check(xtap_stream_select(stream.get(), pointers.data(), pointers.size(), &error), error,
              "a JSON pointer is a path of names and indexes: /data/text, /includes/users/0/name");
    }
    return stream;
}

// Where the output goes on, too: a process that was killed may have left it in the middle of a line.
void begin_from(CheckpointFile &checkpoint, xtap_stream *stream, const StreamArguments &arguments,
                Output &output, Console &console) {
    const Beginning beginning = {arguments.operation, checkpoint.path(), checkpoint.begin(stream), unix_ms()};
    if (beginning.resumed && output.end_torn_line() == Written::failed)
        throw Complaint(ExitCode::failure, output.failure());
    if (arguments.notices == NoticeStyle::text) console.line(beginning_line(beginning));
    if (arguments.notices == NoticeStyle::json) console.line(beginning_json(beginning));
}

void serve_metrics(std::optional<MetricsServer> &server, const StreamArguments &arguments,
                   xtap_client *client, xtap_stream *stream, Console &console) {
    server.emplace(*arguments.metrics_port, [client, stream] { return current_metrics(client, stream); });
    if (arguments.notices == NoticeStyle::text)
        console.line("xtap: metrics at http://127.0.0.1:" + std::to_string(server->port()) + "/metrics");
}

} // namespace

void run_stream_command(const StreamArguments &arguments) {
    const EndSignals
        signals; // first, so that a signal during the set-up waits instead of killing, and threads inherit it
    Console console(STDERR_FILENO);
    Output output(STDOUT_FILENO);
    std::optional<CheckpointFile> checkpoint;
    if (arguments.checkpoint) checkpoint.emplace(*arguments.checkpoint);
    const ConfigHandle config = configured_for(arguments);
    StoredLogin login(config.get(), console);
    const ClientHandle client = opened_client(config.get(), console);
    login.keep_saved(client.get());
    login.settled(); // a stream may live for weeks: no turn is held for it
    const RequestHandle request = checked_request(client.get(), arguments);
    const StreamHandle stream = opened_stream(request.get(), arguments);
    if (checkpoint) begin_from(*checkpoint, stream.get(), arguments, output, console);
    xtap_stream *const ended = stream.get();
    const EndingWatch watch({[ended] { xtap_stream_finish(ended); }, [ended] { xtap_stream_cancel(ended); }},
                            signals, output, arguments.duration);
    std::optional<MetricsServer> server;
    if (arguments.metrics_port) serve_metrics(server, arguments, client.get(), stream.get(), console);
    const MetricsFile metrics(arguments.metrics, client.get(), stream.get());
    try {
        EventPump(stream.get(), arguments, output, console, watch, metrics,
                  checkpoint ? &*checkpoint : nullptr)
            .run();
    } catch (...) {
        metrics.try_write(); // the last figures of a stream that failed are those worth a look
        throw;
    }
    metrics.write();
}

} // namespace xtap::cli
