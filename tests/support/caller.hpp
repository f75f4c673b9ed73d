// Requests as tests make them, by the public header alone: a client, and what a send gave.
#pragma once

#include "tap.hpp"

#include <map>
#include <memory>
#include <string>

namespace xtap::test {

struct Destroy {
    void operator()(xtap_request *request) const { xtap_request_destroy(request); }
    void operator()(xtap_response *response) const { xtap_response_destroy(response); }
    void operator()(xtap_client *client) const { xtap_client_close(client); }
};
using RequestHandle = std::unique_ptr<xtap_request, Destroy>;
using ResponseHandle = std::unique_ptr<xtap_response, Destroy>;
using ClientHandle = std::unique_ptr<xtap_client, Destroy>;

// What a send gave, copied out.
struct Answered {
    xtap_status status = XTAP_OK;
    Error error;
    ResponseHandle response; // null when there was none

    int http() const { return xtap_response_http_status(response.get()); }
    std::string body() const;
    std::string header(const char *name) const;
    Json json() const { return Json::parse(body()); }
};

inline const Settings kBearer = {{"bearer_token", "AAAAcaller"}};

class Caller {
public:
    // Throws std::runtime_error when an option is refused.
    explicit Caller(const std::string &base_url, const Settings &options = kBearer);

    // Throws std::runtime_error when a parameter is refused.
    RequestHandle request(const std::string &operation, const Settings &parameters = {},
                          const std::string &body = {}) const;
    static Answered send(xtap_request *request);
    Answered call(const std::string &operation, const Settings &parameters = {},
                  const std::string &body = {}) const {
        return send(request(operation, parameters, body).get());
    }
    Json stats() const;
    xtap_client *client() const { return client_.get(); }
    void close() { client_.reset(); }

private:
    ClientHandle client_;
};

} // namespace xtap::test
