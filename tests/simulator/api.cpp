// See api.hpp.
#include "api.hpp"

#include <algorithm>
#include <charconv>
#include <httplib.h>

namespace xtap::sim {
namespace {

std::string regex_of(std::string_view pattern) {
    std::string regex;
    while (!pattern.empty()) {
        const std::size_t open = std::min(pattern.find('{'), pattern.size());
        regex.append(pattern.substr(0, open));
        pattern.remove_prefix(open);
        if (pattern.empty()) break;
        regex.append("([^/]+)");
        pattern.remove_prefix(pattern.find('}') + 1);
    }
    return regex;
}

void put(httplib::Response &response, const Answer &answer) {
    response.status = answer.status;
    for (const auto &[name, value] : answer.headers)
        response.set_header(name, value);
    response.set_content(answer.body, answer.content_type);
}

Pairs query_of(const httplib::Request &request) {
    const std::size_t question = request.target.find('?');
    return question == std::string::npos ? Pairs() : parse_form(request.target.substr(question + 1));
}

void carry_out(World &world, const std::string &operation, unsigned accepted, const Handler &handler,
               const httplib::Request &request, httplib::Response &response) {
    try {
        Caller caller = world.authority.identify(request, accepted);
        const RateLimits::State rate = world.limits.count_request(operation, caller.credential);
        for (const auto &[name, value] : rate_headers(rate))
            response.set_header(name, value);
        if (rate.exceeded) return put(response, problem(429));
        std::vector<std::string> path;
        for (std::size_t i = 1; i < request.matches.size(); ++i)
            path.push_back(request.matches[i]);
        put(response, handler(Call{world, request, std::move(caller), std::move(path), query_of(request)}));
    } catch (const Refused &refused) {
        put(response, refused.answer);
    }
}

std::string in_quotes(std::string_view name) { return "\"" + std::string(name) + "\""; }

} // namespace

void Api::add(const char *method, std::string pattern, unsigned accepted, Handler handler) {
    const std::string regex = regex_of(pattern), operation = method + (" " + std::move(pattern));
    const auto run = [this, operation, accepted, handler = std::move(handler)](
                         const httplib::Request &request, httplib::Response &response) {
        carry_out(world_, operation, accepted, handler, request, response);
    };
    const std::string_view verb = method;
    if (verb == "GET") routes_.Get(regex, run);
    if (verb == "POST") routes_.Post(regex, run);
    if (verb == "PUT") routes_.Put(regex, run);
    if (verb == "DELETE") routes_.Delete(regex, run);
}

Json Call::body(std::initializer_list<std::string_view> fields) const {
    Json body = Json::parse_or_null(request.body);
    if (!body.is_object()) refuse_field("body", "", "the body must be a JSON object");
    for (const auto &[name, value] : body.items())
        if (std::ranges::find(fields, name) == fields.end())
            refuse_field("$." + name, value.dump(), in_quotes(name) + " is not a field of this body");
    return body;
}

Answer answer_json(const Json &body, int status) {
    Answer answer;
    answer.status = status;
    answer.content_type = "application/json; charset=utf-8";
    answer.body = body.dump({.as_made = true, .replace_invalid = true});
    return answer;
}

void refuse_field(const std::string &field, const std::string &value, const std::string &message) {
    throw Refused{invalid_request({{field, value, message}})};
}

Json not_found(std::string_view kind, std::string_view parameter, std::string_view value) {
    return {{"value", value},
            {"detail", "The simulator has no " + std::string(kind) + " " + std::string(value) + "."},
            {"title", "Not Found Error"},
            {"resource_type", kind},
            {"parameter", parameter},
            {"resource_id", value},
            {"type", "https://api.twitter.com/2/problems/resource-not-found"}};
}

Parameters::Parameters(const Call &call, std::initializer_list<std::string_view> known) : query_(call.query) {
    for (const auto &[name, value] : query_) {
        if (name == "expansions" || name.ends_with(".fields")) continue;
        if (std::ranges::find(known, name) == known.end())
            bad_.push_back({name, value, in_quotes(name) + " is not a parameter here"});
    }
}

std::optional<std::string> Parameters::text(std::string_view name) const { return value_of(query_, name); }

std::uint64_t Parameters::number(std::string_view name, std::uint64_t low, std::uint64_t high,
                                 std::uint64_t otherwise) {
    const auto value = text(name);
    if (!value) return otherwise;
    std::uint64_t parsed = 0;
    const auto [end, error] = std::from_chars(value->data(), value->data() + value->size(), parsed);
    if (error == std::errc() && end == value->data() + value->size() && parsed >= low && parsed <= high)
        return parsed;
    bad(name, in_quotes(name) + " must be a whole number from " + std::to_string(low) + " to " +
                  std::to_string(high));
    return otherwise;
}

bool Parameters::flag(std::string_view name) {
    const auto value = text(name);
    if (value && *value != "true" && *value != "false") bad(name, in_quotes(name) + " must be true or false");
    return value == "true";
}

std::vector<std::string> Parameters::list(std::string_view name,
                                          const std::vector<std::string_view> &allowed) {
    std::vector<std::string> values;
    const std::string all = text(name).value_or("");
    for (std::size_t at = 0; at < all.size();) {
        const std::size_t end = std::min(all.find(',', at), all.size());
        values.push_back(all.substr(at, end - at));
        if (!allowed.empty() && std::ranges::find(allowed, values.back()) == allowed.end())
            bad(name, in_quotes(name) + " cannot be " + in_quotes(values.back()));
        at = end + 1;
    }
    if (text(name) && values.empty()) bad(name, in_quotes(name) + " needs at least one value");
    return values;
}

std::optional<PageMark> Parameters::page(std::string_view name) {
    const auto token = text(name);
    if (!token) return std::nullopt;
    auto mark = parse_page_token(*token);
    if (!mark) bad(name, in_quotes(name) + " is not a token of an answer of the simulator");
    return mark;
}

void Parameters::bad(std::string_view name, std::string message) {
    bad_.push_back({std::string(name), text(name).value_or(""), std::move(message)});
}

void Parameters::check() const {
    if (!bad_.empty()) throw Refused{invalid_request(bad_)};
}

Json page_meta(const Page &page) {
    Json meta{{"result_count", page.end - page.begin}};
    if (!page.next_token.empty()) meta["next_token"] = page.next_token;
    if (!page.previous_token.empty()) meta["previous_token"] = page.previous_token;
    return meta;
}

} // namespace xtap::sim
