// See caller.hpp.
#include "caller.hpp"

#include <stdexcept>

namespace xtap::test {
namespace {

std::string text(xtap_text from) { return from.data ? std::string(from.data, from.size) : std::string(); }

} // namespace

std::string Answered::body() const { return text(xtap_response_body(response.get())); }

std::string Answered::header(const char *name) const {
    return text(xtap_response_header(response.get(), name));
}

Caller::Caller(const std::string &base_url, const Settings &options) {
    xtap_config *config = nullptr;
    Error error;
    throw_unless_ok(xtap_config_create(&config, &error), error, "config");
    const std::unique_ptr<xtap_config, decltype(&xtap_config_destroy)> owner(config, xtap_config_destroy);
    throw_unless_ok(xtap_config_set(config, "base_url", base_url.c_str(), &error), error, "base_url");
    for (const auto &[name, value] : options)
        throw_unless_ok(xtap_config_set(config, name.c_str(), value.c_str(), &error), error, name);
    xtap_client *client = nullptr;
    throw_unless_ok(xtap_client_open(config, &client, &error), error, "client");
    client_.reset(client);
}

RequestHandle Caller::request(const std::string &operation, const Settings &parameters,
                              const std::string &body) const {
    xtap_request *request = nullptr;
    Error error;
    throw_unless_ok(xtap_request_create(client_.get(), operation.c_str(), &request, &error), error,
                    operation);
    RequestHandle owner(request);
    for (const auto &[name, value] : parameters)
        throw_unless_ok(xtap_request_set(request, name.c_str(), value.c_str(), &error), error, name);
    if (!body.empty())
        throw_unless_ok(xtap_request_body(request, body.data(), body.size(), &error), error, "body");
    return owner;
}

Answered Caller::send(xtap_request *request) {
    Answered answered;
    xtap_response *response = nullptr;
    answered.status = xtap_request_send(request, &response, &answered.error);
    answered.response.reset(response);
    return answered;
}

Json Caller::stats() const {
    std::string room(64 * 1024, '\0');
    std::size_t size = 0;
    Error error;
    throw_unless_ok(xtap_client_stats(client_.get(), room.data(), room.size(), &size, &error), error,
                    "stats");
    room.resize(size);
    return Json::parse(room);
}

} // namespace xtap::test
