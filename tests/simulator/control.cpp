// See control.hpp.
#include "control.hpp"

#include "json/value.hpp"

#include <httplib.h>
#include <map>

namespace xtap::sim {
namespace {

void put(httplib::Response &response, int status, const Json &body) {
    response.status = status;
    // Lines of garbage may hold anything; the answer must not fail over it.
    response.set_content(body.dump({.indent = 2, .replace_invalid = true}) + "\n", "application/json");
}

void post_faults(World &world, const httplib::Request &request, httplib::Response &response) {
    if (!Json::accept(request.body)) return put(response, 400, {{"error", "the body is not JSON"}});
    std::vector<FaultOrder> orders;
    try {
        orders = parse_faults(Json::parse(request.body));
    } catch (const BadFault &bad) {
        return put(response, 400, {{"error", bad.what()}});
    }
    std::size_t queued = 0, hit = 0;
    for (FaultOrder &order : orders) {
        if (order.now) {
            hit += world.connections.inject(order);
        } else {
            world.faults.add(std::move(order));
            ++queued;
        }
    }
    put(response, 200, {{"queued", queued}, {"applied_now", hit}});
}

std::uint64_t number(const httplib::Request &request, const char *name, std::uint64_t otherwise) {
    if (!request.has_param(name)) return otherwise;
    return std::strtoull(request.get_param_value(name).c_str(), nullptr, 10);
}

Json faults_state(const World &world) {
    Json state = world.player.state();
    state["waiting"] = world.faults.size();
    state["played"] = world.connections.faults_played();
    return state;
}

// GET /state?min_connections=2&max_open=0&min_events=100&timeout_ms=5000 answers when all of it is true, or
// the time is over.
void get_state(World &world, const httplib::Request &request, httplib::Response &response) {
    const auto min_connections = number(request, "min_connections", 0),
               min_open = number(request, "min_open", 0);
    const auto max_open = number(request, "max_open", UINT64_MAX),
               min_events = number(request, "min_events", 0);
    const auto holds = [&](const Json &state) {
        std::uint64_t events = 0;
        for (const Json &connection : state["list"])
            events += connection["events"].get<std::uint64_t>();
        return state["connections"] >= min_connections && state["open"] >= min_open &&
               state["open"] <= max_open && events >= min_events;
    };
    Json state = world.connections.wait_for(holds, number(request, "timeout_ms", 10'000));
    state["reached"] = holds(state);
    state["faults_waiting"] = world.faults.size();
    state["faults"] = faults_state(world);
    put(response, 200, state);
}

// {"path":"/2/dm_events","limit":2,"seconds":1}: from now on; limit 0 = unlimited. Windows begin anew.
void post_rate_limits(World &world, const httplib::Request &request, httplib::Response &response) {
    const Json body = Json::parse_or_null(request.body);
    const auto whole = [&](const char *name) {
        return body.contains(name) && body[name].is_number_unsigned();
    };
    if (!body.is_object() || !body.value("path", Json("/*")).is_string() || !whole("limit") ||
        (body.contains("seconds") && !whole("seconds")))
        return put(response, 400,
                   {{"error", "the body must be {\"path\":\"/2/...\",\"limit\":n,\"seconds\":n}"}});
    world.limits.set(body.value("path", "/*"),
                     {body["limit"].get<std::uint64_t>(), body.value("seconds", std::uint64_t{900})});
    put(response, 200, world.limits.state());
}

void post_tokens_give(World &world, const httplib::Request &request, httplib::Response &response) {
    const Json body = Json::parse_or_null(request.body.empty() ? "{}" : request.body);
    if (!body.is_object()) return put(response, 400, {{"error", "the body is not a JSON object"}});
    const TokenPair pair = world.authority.give_tokens(
        body.value("client_id", world.settings.client_id),
        body.value("scope", "tweet.read tweet.write users.read dm.read dm.write offline.access"));
    put(response, 200,
        {{"access_token", pair.access_token},
         {"refresh_token", pair.refresh_token},
         {"expires_in", pair.expires_in},
         {"scope", pair.scope}});
}

void add_authority(httplib::Server &routes, World &world) {
    routes.Get("/tokens",
               [&world](const auto &, auto &response) { put(response, 200, world.authority.state()); });
    routes.Post("/tokens/give", [&world](const auto &request, auto &response) {
        post_tokens_give(world, request, response);
    });
    routes.Post("/tokens/expire", [&world](const auto &, auto &response) {
        world.authority.expire_access_tokens();
        put(response, 200, world.authority.state());
    });
    routes.Post("/authorise/refuse", [&world](const auto &, auto &response) {
        world.authority.refuse_next_authorisation(true);
        put(response, 200, {{"next", "access_denied"}});
    });
}

Json refusals_of(const World &world) {
    const Refusals::What refused = world.refusals.what();
    return {{"backfill", refused.backfill}, {"recovery", refused.recovery}, {"status", refused.status}};
}

// {"backfill":true,"recovery":false,"status":403}: as --refuse, from now on; what is not named stays.
void post_refusals(World &world, const httplib::Request &request, httplib::Response &response) {
    const Json body = Json::parse_or_null(request.body);
    const Json held = refusals_of(world);
    if (!body.is_object() || !body.value("backfill", held["backfill"]).is_boolean() ||
        !body.value("recovery", held["recovery"]).is_boolean() ||
        (body.value("status", held["status"]) != 400 && body.value("status", held["status"]) != 403))
        return put(response, 400,
                   {{"error", "\"backfill\" and \"recovery\" are true or false, \"status\" 400 or 403"}});
    world.refusals.set({body.value("backfill", held["backfill"]).get<bool>(),
                        body.value("recovery", held["recovery"]).get<bool>(),
                        body.value("status", held["status"]).get<int>()});
    put(response, 200, refusals_of(world));
}

// {"kill":"attempted","subscription":"list"}: which of the shapes that were seen to play from now on.
void post_shapes(World &world, const httplib::Request &request, httplib::Response &response) {
    const Json body = Json::parse_or_null(request.body);
    const std::string kill = body.is_object() ? body.value("kill", "") : "?";
    const std::string subscription = body.is_object() ? body.value("subscription", "") : "?";
    static const std::map<std::string, SubscriptionShape> kSubscriptions{
        {"wrapped", SubscriptionShape::wrapped},
        {"list", SubscriptionShape::list},
        {"bare", SubscriptionShape::bare}};
    if ((!kill.empty() && kill != "results" && kill != "attempted") ||
        (!subscription.empty() && kSubscriptions.count(subscription) == 0))
        return put(response, 400,
                   {{"error", "\"kill\" is results or attempted, \"subscription\" wrapped, list or bare"}});
    if (!kill.empty()) world.shapes.kill_attempted = kill == "attempted";
    if (!subscription.empty()) world.shapes.subscription = kSubscriptions.at(subscription);
    put(response, 200, {{"kill", world.shapes.kill_attempted ? "attempted" : "results"}});
}

// GET /requests?after=10&min=12&timeout_ms=5000
void get_requests(World &world, const httplib::Request &request, httplib::Response &response) {
    put(response, 200,
        world.recorder.list(number(request, "after", 0), number(request, "min", 0),
                            number(request, "timeout_ms", 10'000)));
}

void post_record(World &world, const httplib::Request &request, httplib::Response &response) {
    const Json body = Json::parse_or_null(request.body);
    if (!body.is_object() || !body.contains("on") || !body["on"].is_boolean())
        return put(response, 400, {{"error", "the body must be {\"on\":true} or {\"on\":false}"}});
    world.recorder.answer_all(body["on"].get<bool>());
    put(response, 200, {{"recording", world.recorder.answers_all()}});
}

} // namespace

void add_control(httplib::Server &routes, World &world) {
    routes.Post("/faults",
                [&world](const auto &request, auto &response) { post_faults(world, request, response); });
    routes.Get("/faults",
               [&world](const auto &, auto &response) { put(response, 200, faults_state(world)); });
    routes.Delete("/faults", [&world](const auto &, auto &response) {
        world.faults.clear();
        put(response, 200, {{"queued", 0}});
    });
    routes.Get("/state",
               [&world](const auto &request, auto &response) { get_state(world, request, response); });
    routes.Post("/close-all", [&world](const auto &, auto &response) {
        put(response, 200, {{"asked", world.connections.ask_all_to_close()}});
    });
    routes.Get("/requests",
               [&world](const auto &request, auto &response) { get_requests(world, request, response); });
    routes.Delete("/requests", [&world](const auto &, auto &response) {
        world.recorder.forget();
        put(response, 200, {{"requests", 0}});
    });
    add_authority(routes, world);
    routes.Get("/rate-limits",
               [&world](const auto &, auto &response) { put(response, 200, world.limits.state()); });
    routes.Post("/rate-limits", [&world](const auto &request, auto &response) {
        post_rate_limits(world, request, response);
    });
    routes.Delete("/rate-limits", [&world](const auto &, auto &response) {
        world.limits.begin_anew();
        put(response, 200, world.limits.state());
    });
    routes.Get("/refusals",
               [&world](const auto &, auto &response) { put(response, 200, refusals_of(world)); });
    routes.Post("/refusals",
                [&world](const auto &request, auto &response) { post_refusals(world, request, response); });
    routes.Post("/shapes",
                [&world](const auto &request, auto &response) { post_shapes(world, request, response); });
    routes.Post("/record",
                [&world](const auto &request, auto &response) { post_record(world, request, response); });
    routes.set_error_handler([](const auto &request, auto &response) {
        if (response.body.empty())
            put(response, response.status,
                {{"error", "no " + request.method + " " + request.path + " here"}});
    });
}

} // namespace xtap::sim
