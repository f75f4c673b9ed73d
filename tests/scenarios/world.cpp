// See world.hpp.
#include "world.hpp"

#include <chrono>
#include <ctime>
#include <exception>
#include <fstream>
#include <stdexcept>

namespace xtap::test {
namespace {

std::string started(const Json &entry) {
    if (!entry.contains("started")) return "2026-01-01T00:00:00Z";
    const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
    const std::time_t since = now - entry["started"]["seconds_ago"].get<std::time_t>();
    tm parts{};
    char text[32];
    std::strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&since, &parts));
    return text;
}

std::vector<std::string> arguments(const Json &defaults, const Json &entry) {
    // The process that is held here adds --until-eof itself.
    std::vector<std::string> all;
    for (const Json &argument : defaults["simulator"])
        if (argument != "--until-eof") all.push_back(argument.text());
    all.insert(all.end(), {"--base-time", started(entry)});
    for (const Json &argument : entry.value("simulator", Json::array()))
        all.push_back(argument.text());
    return all;
}

void check(xtap_status status, const Error &error) {
    if (status < 100) return;
    Failure failure{error};
    if (failure.error.status != status) throw std::runtime_error("a status without its error");
    throw failure;
}

struct Receiver {
    const World::See *see;
    std::size_t columns;
    bool enough = false;
    std::exception_ptr raised = nullptr; // nothing may leave a callback

    xtap_flow take(const Seen &seen) {
        try {
            enough = (*see)(seen);
        } catch (...) {
            raised = std::current_exception();
        }
        return enough || raised ? XTAP_STOP : XTAP_CONTINUE;
    }
};

xtap_flow on_event(const xtap_event *event, void *data) {
    auto &receiver = *static_cast<Receiver *>(data);
    return receiver.take(seen_of(event, receiver.columns));
}

xtap_flow on_notice(const xtap_notice *notice, void *data) {
    return static_cast<Receiver *>(data)->take(seen_of(notice));
}

} // namespace

World::World(const Json &defaults, const Json &what, std::string how)
    : entry(what), level(std::move(how)), simulator(arguments(defaults, what)), defaults_(defaults) {
    for (const Json &fault : entry.value("faults", Json::array()))
        simulator.fault(fault);
}

Client World::client() {
    Error error;
    xtap_config *made = nullptr;
    check(xtap_config_create(&made, &error), error);
    const std::unique_ptr<xtap_config, void (*)(xtap_config *)> config(made, xtap_config_destroy);
    Json options = defaults_["client"];
    const Json own = entry.value("client", Json::object());
    for (const auto &[name, value] : own.items()) {
        if (value.is_null())
            options.erase(name);
        else
            options[name] = value;
    }
    options["base_url"] = simulator.url();
    for (const auto &[name, value] : options.items())
        check(xtap_config_set(config.get(), name.c_str(), value.get<std::string>().c_str(), &error), error);
    xtap_client *client = nullptr;
    check(xtap_client_open(config.get(), &client, &error), error);
    return Client(client);
}

Request World::request(const Client &client) {
    Error error;
    xtap_request *made = nullptr;
    for (const Json &before : entry.value("before", Json::array())) {
        check(
            xtap_request_create(client.get(), before["operation"].get<std::string>().c_str(), &made, &error),
            error);
        const Request request(made);
        const std::string body = before["body"].dump();
        check(xtap_request_body(made, body.data(), body.size(), &error), error);
        send(request);
    }
    const std::string operation = entry.value("operation", defaults_["operation"].text());
    check(xtap_request_create(client.get(), operation.c_str(), &made, &error), error);
    Request request(made);
    const Json parameters = entry.value("parameters", Json::object());
    for (const auto &[name, value] : parameters.items())
        check(xtap_request_set(made, name.c_str(), value.get<std::string>().c_str(), &error), error);
    const Json options = entry.value("options", Json::object());
    for (const auto &[name, value] : options.items())
        check(xtap_request_option(made, name.c_str(), value.get<std::string>().c_str(), &error), error);
    return request;
}

Response World::send(const Request &request) {
    Failure failure;
    xtap_response *got = nullptr;
    const xtap_status status = xtap_request_send(request.get(), &got, &failure.error);
    Response response(got);
    if (status == XTAP_OK) return response;
    if (response) failure.response = xtap_response_http_status(response.get());
    throw failure;
}

Stream World::stream(const Client &client) {
    Error error;
    xtap_stream *made = nullptr;
    check(xtap_stream_open(request(client).get(), &made, &error), error);
    Stream stream(made);
    std::vector<const char *> pointers;
    const std::vector<std::string> wanted = selected();
    for (const std::string &pointer : wanted)
        pointers.push_back(pointer.c_str());
    check(xtap_stream_select(made, pointers.data(), pointers.size(), &error), error);
    return stream;
}

xtap_status World::consume(const Stream &stream, const See &see) {
    return level == "batches" ? read(stream, see) : run(stream, see);
}

xtap_status World::run(const Stream &stream, const See &see) {
    Receiver receiver{&see, selected().size()};
    xtap_stream_on_event(stream.get(), on_event, &receiver);
    xtap_stream_on_notice(stream.get(), on_notice, &receiver);
    Error error;
    const xtap_status status = xtap_stream_run(stream.get(), &error);
    xtap_stream_on_event(stream.get(), nullptr, nullptr);
    xtap_stream_on_notice(stream.get(), nullptr, nullptr);
    if (receiver.raised) std::rethrow_exception(receiver.raised);
    check(status, error);
    return status;
}

xtap_status World::read(const Stream &stream, const See &see) {
    Batch batch(4096, 16, 64);
    for (;;) {
        Error error;
        const xtap_status status = xtap_stream_read(stream.get(), batch.get(), XTAP_FOREVER, &error);
        if (status == XTAP_E_BUFFER_SMALL) {
            batch.grow();
            continue;
        }
        check(status, error);
        if (status != XTAP_OK) return status;
        for (std::size_t i = 0; i < batch->record_count; ++i)
            if (see(seen_of(*batch, batch->records[i], selected().size()))) return XTAP_OK;
    }
}

std::vector<std::string> World::selected() const {
    std::vector<std::string> pointers;
    for (const Json &pointer : entry.value("select", Json::array()))
        pointers.push_back(pointer.text());
    return pointers;
}

Json World::found(const std::string &text) const {
    Json found = Json::array();
    for (const Json &part : entry.value("look_for", Json::array()))
        if (text.find(part.text()) != std::string::npos) found.push_back(part);
    return found;
}

int number_of(const std::string &text) { return std::stoi(text.substr(text.rfind(' ') + 1)); }

Json read_list() {
    std::ifstream file(XTAP_SCENARIOS);
    return Json::parse(std::string(std::istreambuf_iterator<char>(file), {}));
}

} // namespace xtap::test
