// The streaming operations: token, rate limit, parameters; then the plan of the stream is left with the
// connection.
#include "server.hpp"

#include "api.hpp"
#include "requests.hpp"

#include <cstdlib>
#include <httplib.h>

namespace xtap::sim {
namespace {

void put(httplib::Response &response, const Answer &answer) {
    response.status = answer.status;
    for (const auto &[name, value] : answer.headers)
        response.set_header(name, value);
    response.set_content(answer.body, answer.content_type);
}

void open_stream(const Operation &operation, World &world, const httplib::Request &request,
                 httplib::Response &response) {
    const RateLimits::State rate = world.limits.count_connect(operation.path, authorization_of(request));
    for (const auto &[name, value] : rate_headers(rate))
        response.set_header(name, value);
    try {
        world.authority.identify(request, kBearer);
    } catch (const Refused &refused) {
        return put(response, refused.answer);
    }
    if (rate.exceeded) return put(response, problem(429));
    const Query query{request.params.begin(), request.params.end()};
    const auto planned = plan_stream(operation, query, world.settings, world.timeline, wall_clock());
    if (const Answer *refusal = std::get_if<Answer>(&planned)) return put(response, *refusal);
    if (const auto refusal = world.refusals.check(operation, query)) return put(response, *refusal);
    if (operation.family == Family::filtered_post && world.rules.filters() && world.rules.rules()->empty())
        return put(response, problem(409));
    const std::string id = request.get_header_value(kConnectionHeader);
    if (const auto connection = world.connections.find(std::strtoull(id.c_str(), nullptr, 10)))
        if (const auto refusal = world.admission.admit(*connection, std::get<StreamPlan>(planned)))
            return put(response, *refusal);
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
