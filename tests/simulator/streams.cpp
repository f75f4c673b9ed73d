// The streaming operations: token, rate limit, parameters; then the plan of the stream is left with the
// connection.
#include "server.hpp"

#include "requests.hpp"

#include <chrono>
#include <cstdlib>
#include <httplib.h>

namespace xtap::sim {
namespace {

Micros wall_clock() {
    using namespace std::chrono;
    return duration_cast<microseconds>(system_clock::now().time_since_epoch()).count();
}

std::optional<Answer> check_token(const httplib::Request &request, const std::string &wanted) {
    const std::string header = request.get_header_value("authorization");
    const std::string token = header.starts_with("Bearer ") ? header.substr(7) : "";
    if (token.empty()) return unauthorized("The request carries no bearer token.");
    if (!wanted.empty() && token != wanted)
        return unauthorized("The simulator does not know this bearer token.");
    return std::nullopt;
}

void put(httplib::Response &response, const Answer &answer) {
    response.status = answer.status;
    for (const auto &[name, value] : answer.headers)
        response.set_header(name, value);
    response.set_content(answer.body, answer.content_type);
}

void open_stream(const Operation &operation, World &world, const httplib::Request &request,
                 httplib::Response &response) {
    const RateLimits::State rate = world.limits.count(std::string(operation.id));
    for (const auto &[name, value] : rate_headers(rate))
        response.set_header(name, value);
    if (const auto refusal = check_token(request, world.settings.token)) return put(response, *refusal);
    if (rate.exceeded) return put(response, problem(429));
    const auto planned = plan_stream(operation, {request.params.begin(), request.params.end()},
                                     world.settings, world.timeline, wall_clock());
    if (const Answer *refusal = std::get_if<Answer>(&planned)) return put(response, *refusal);
    const std::string id = request.get_header_value(kConnectionHeader);
    if (const auto connection = world.connections.find(std::strtoull(id.c_str(), nullptr, 10)))
        connection->set_plan(std::get<StreamPlan>(planned));
    response.set_content("", "application/json; charset=utf-8");
}

} // namespace

void add_streams(httplib::Server &routes, World &world) {
    for (const Operation &operation : operations())
        routes.Get(std::string(operation.path),
                   [&](const httplib::Request &request, httplib::Response &response) {
                       open_stream(operation, world, request, response);
                   });
}

} // namespace xtap::sim
