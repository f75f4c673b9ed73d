// Sets up configuration, client, request and stream in that order, each with the hint that fits its errors.
#include "cli/stream_command.hpp"

#include "cli/console.hpp"
#include "cli/ending.hpp"
#include "cli/event_pump.hpp"
#include "cli/handles.hpp"
#include "cli/output.hpp"
#include "cli/plain_text.hpp"

#include <unistd.h>
#include <vector>

namespace xtap::cli {
namespace {

constexpr char kOptionHint[] = "docs/CONFIGURATION.md lists every option, its default and its range";

void set_option(xtap_config *config, const std::string &name, const std::string &value) {
    LibraryError error;
    check(xtap_config_set(config, name.c_str(), value.c_str(), &error), error, kOptionHint);
}

std::string option_value(const xtap_config *config, const char *name) {
    LibraryError error;
    char value[64] = {};
    std::size_t size = 0;
    check(xtap_config_get(config, name, value, sizeof value, &size, &error), error);
    return value;
}

bool is_off(const std::string &flag) { return flag == "off" || flag == "false" || flag == "0"; }

// What this command needs less of than a program does. The environment and --option go over it.
void set_own_defaults(xtap_config *config, const StreamArguments &arguments, const Console &console) {
    const bool looks_into_events =
        !arguments.select.empty() || console.is_terminal(); // the status line shows the lag
    if (!looks_into_events) set_option(config, "index", "off");
    if (!arguments.select.empty()) set_option(config, "deliver_json", "off");
    set_option(config, "log_level", "off"); // the notices say the same
}

ConfigHandle configured(const StreamArguments &arguments, const Console &console) {
    LibraryError error;
    xtap_config *made = nullptr;
    check(xtap_config_create(&made, &error), error);
    ConfigHandle config(made);
    set_own_defaults(config.get(), arguments, console);
    check(xtap_config_load_env(config.get(), "XTAP", &error), error, kOptionHint);
    if (arguments.base_url) set_option(config.get(), "base_url", *arguments.base_url);
    for (const auto &[name, value] : arguments.options)
        set_option(config.get(), name, value);
    if (arguments.select.empty() && is_off(option_value(config.get(), "deliver_json"))) {
        throw Complaint(ExitCode::usage,
                        "with deliver_json=off and without --select there is nothing to print",
                        "name the values to print, as in --select /data/id /data/text");
    }
    return config;
}

void show_log_line(std::int32_t, xtap_text line, void *console) {
    static_cast<Console *>(console)->line("xtap: " + plain_text({line.data, line.size}));
}

ClientHandle opened_client(const xtap_config *config, Console &console) {
    LibraryError error;
    xtap_client *made = nullptr;
    check(xtap_client_open(config, &made, &error), error, kOptionHint);
    ClientHandle client(made);
    static_cast<void>(xtap_client_on_log(client.get(), show_log_line, &console));
    return client;
}

RequestHandle checked_request(xtap_client *client, const StreamArguments &arguments) {
    LibraryError error;
    xtap_request *made = nullptr;
    check(xtap_request_create(client, arguments.operation.c_str(), &made, &error), error,
          "see 'xtap operations' for all of them");
    RequestHandle request(made);
    for (const auto &[name, value] : arguments.parameters) {
        check(xtap_request_set(request.get(), name.c_str(), value.c_str(), &error), error,
              "see 'xtap describe " + arguments.operation + "' for its parameters");
    }
    return request;
}

StreamHandle opened_stream(const xtap_request *request, const StreamArguments &arguments) {
    LibraryError error;
    xtap_stream *made = nullptr;
    const xtap_status status = xtap_stream_open(request, &made, &error);
    const bool about_parameters = status == XTAP_E_MISSING || status == XTAP_E_VALUE;
    check(status, error,
          about_parameters ? "see 'xtap describe " + arguments.operation + "' for its parameters"
                           : std::string());
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

} // namespace

void run_stream_command(const StreamArguments &arguments) {
    const EndSignals
        signals; // first, so that a signal during the set-up waits instead of killing, and threads inherit it
    Console console(STDERR_FILENO);
    Output output(STDOUT_FILENO);
    const ConfigHandle config = configured(arguments, console);
    const ClientHandle client = opened_client(config.get(), console);
    const RequestHandle request = checked_request(client.get(), arguments);
    const StreamHandle stream = opened_stream(request.get(), arguments);
    const EndingWatch watch(stream.get(), signals, output, arguments.duration);
    EventPump(stream.get(), arguments, output, console, watch).run();
}

} // namespace xtap::cli
