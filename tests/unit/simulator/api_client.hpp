// Asks a simulator as a client would, with plain HTTP, and reads what it answers. For tests of its
// operations.
#pragma once

#include "process.hpp"
#include "json/value.hpp"

#include <gtest/gtest.h>
#include <httplib.h>
#include <string>
#include <vector>

namespace xtap::sim {

struct ApiAnswer {
    int status = 0;
    Json body;
    httplib::Headers headers;
    std::string header(const std::string &name) const {
        const auto at = headers.find(name);
        return at == headers.end() ? "" : at->second;
    }
};

class ApiClient {
public:
    explicit ApiClient(std::vector<std::string> arguments = {}) : sim(std::move(arguments)), http(sim.url()) {
        http.set_keep_alive(true);
    }

    ApiAnswer ask(const char *method, const std::string &target, const std::string &body = "",
                  const char *type = "application/json") {
        httplib::Request request;
        request.method = method;
        request.path = target;
        if (!authorization.empty()) request.headers.emplace("Authorization", authorization);
        if (!body.empty()) request.headers.emplace("Content-Type", type);
        request.body = body;
        const auto result = http.send(request);
        if (!result) throw std::runtime_error("no answer: " + httplib::to_string(result.error()));
        return {result->status, Json::parse_or_null(result->body), result->headers};
    }
    ApiAnswer get(const std::string &target) { return ask("GET", target); }
    ApiAnswer remove(const std::string &target, const Json &body = {}) {
        return ask("DELETE", target, body.is_null() ? "" : body.dump());
    }
    ApiAnswer post(const std::string &target, const Json &body) { return ask("POST", target, body.dump()); }
    ApiAnswer post_form(const std::string &target, const std::string &form) {
        return ask("POST", target, form, "application/x-www-form-urlencoded");
    }

    SimulatorProcess sim;
    httplib::Client http;
    std::string authorization = "Bearer anything";
};

} // namespace xtap::sim
