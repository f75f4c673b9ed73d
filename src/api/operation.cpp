// Finds and describes operations of the table. Knows nothing of requests in progress.
#include "api/operation.hpp"

#include "api/failure.hpp"
#include "api/json_writer.hpp"
#include "api/nearest.hpp"
#include "api/utf8.hpp"

#include <algorithm>
#include <limits>
#include <vector>

namespace xtap::api {
namespace {

bool contains(std::span<const std::string_view> names, std::string_view given) noexcept {
    return std::find(names.begin(), names.end(), given) != names.end();
}

void write_texts(JsonWriter &json, std::string_view key, std::span<const std::string_view> texts) {
    json.key(key).begin_array();
    for (const std::string_view text : texts)
        json.value(text);
    json.end_array();
}

void write_limit(JsonWriter &json, std::string_view key, std::int32_t limit) {
    if (limit != 0) json.member(key, limit);
}

void write_parameter(JsonWriter &json, const Parameter &parameter) {
    json.begin_object().member("name", parameter.name);
    write_texts(json, "aliases", parameter.aliases);
    json.member("in", place_name(parameter.place));
    json.member("type", type_name(parameter.type));
    json.member("required", parameter.required);
    if (parameter.has_minimum()) json.member("minimum", parameter.minimum);
    if (parameter.has_maximum()) json.member("maximum", parameter.maximum);
    if (!parameter.pattern.empty()) json.member("pattern", parameter.pattern);
    write_limit(json, "min_length", parameter.min_length);
    write_limit(json, "max_length", parameter.max_length);
    write_limit(json, "min_items", parameter.min_items);
    write_limit(json, "max_items", parameter.max_items);
    if (!parameter.values.empty()) write_texts(json, "values", parameter.values);
    if (!parameter.value_aliases.empty()) {
        json.key("value_aliases").begin_object();
        for (const ValueAlias &alias : parameter.value_aliases)
            json.member(alias.given, alias.sent);
        json.end_object();
    }
    if (!parameter.default_value.empty()) json.member("default", parameter.default_value);
    if (!parameter.dropped.empty()) json.member("dropped", parameter.dropped);
    json.end_object();
}

void write_stream(JsonWriter &json, const Operation &operation) {
    json.member("event_kind", event_kind_name(operation.event_kind));
    json.member("connect_budget", operation.connect_budget);
    json.member("partitions", operation.partitions);
    json.member("recovers", operation.recovers);
}

void write_exchange(JsonWriter &json, const Operation &operation) {
    if (!operation.bodies.empty()) {
        json.key("body").begin_array();
        for (const Body body : operation.bodies)
            json.value(body_name(body));
        json.end_array().member("body_required", operation.body_required);
    }
    if (!operation.streaming) json.member("response", answer_name(operation.answer));
    if (!operation.page_parameter.empty()) {
        json.key("paging").begin_object().member("parameter", operation.page_parameter);
        json.member("token", operation.page_token).end_object();
    }
    if (operation.rate_limits.empty()) return;
    json.key("rate_limits").begin_array();
    for (const RateLimit &limit : operation.rate_limits) {
        json.begin_object().member("per", limit.per).member("requests", limit.requests);
        json.member("window_s", limit.window_s).end_object();
    }
    json.end_array();
}

} // namespace

bool Parameter::has_minimum() const noexcept { return minimum != std::numeric_limits<std::int64_t>::min(); }
bool Parameter::has_maximum() const noexcept { return maximum != std::numeric_limits<std::int64_t>::max(); }
bool Parameter::is_named(std::string_view given) const noexcept {
    return name == given || contains(aliases, given);
}

bool Operation::is_named(std::string_view given) const noexcept {
    return given == id || contains(aliases, given);
}

const Parameter *Operation::find_parameter(std::string_view given) const noexcept {
    for (const Parameter &parameter : parameters) {
        if (parameter.is_named(given)) return &parameter;
    }
    return nullptr;
}

const Operation &find_operation(std::string_view id) {
    for (const Operation &operation : operations()) {
        if (operation.is_named(id)) return operation;
    }
    // Aliases come last: a tie is won by the name in use today.
    std::vector<std::string_view> known;
    for (const Operation &operation : operations())
        known.emplace_back(operation.id);
    for (const Operation &operation : operations()) {
        known.insert(known.end(), operation.aliases.begin(), operation.aliases.end());
    }
    std::string message = "unknown operation " + quote(id);
    const std::string_view suggestion = nearest(id, known);
    if (!suggestion.empty()) message += " (did you mean \"" + std::string(suggestion) + "\"?)";
    throw Failure(Status::unknown_name, message);
}

std::string_view type_name(Type type) noexcept {
    switch (type) {
    case Type::integer:
        return "integer";
    case Type::date_time:
        return "date-time";
    case Type::text:
        return "text";
    case Type::list:
        return "list";
    case Type::boolean:
        return "boolean";
    }
    return "unknown";
}

std::string_view place_name(Place place) noexcept {
    switch (place) {
    case Place::query:
        return "query";
    case Place::path:
        return "path";
    case Place::form:
        return "form";
    }
    return "unknown";
}

std::string_view body_name(Body body) noexcept {
    switch (body) {
    case Body::json:
        return "json";
    case Body::multipart:
        return "multipart";
    case Body::form:
        return "form";
    }
    return "unknown";
}

std::string_view answer_name(Answer answer) noexcept {
    switch (answer) {
    case Answer::json:
        return "json";
    case Answer::bytes:
        return "bytes";
    case Answer::local:
        return "local";
    }
    return "unknown";
}

std::string_view event_kind_name(Kind kind) noexcept {
    switch (kind) {
    case Kind::event_post:
        return "post";
    case Kind::event_like:
        return "like";
    case Kind::event_post_compliance:
        return "post_compliance";
    case Kind::event_user_compliance:
        return "user_compliance";
    case Kind::event_like_compliance:
        return "like_compliance";
    case Kind::event_label:
        return "label";
    case Kind::event_activity:
        return "activity";
    default:
        return "unread";
    }
}

std::string describe(const Operation &operation) {
    JsonWriter json;
    json.begin_object().member("id", operation.id);
    write_texts(json, "aliases", operation.aliases);
    json.member("summary", operation.summary)
        .member("method", operation.method)
        .member("path", operation.path);
    json.member("streaming", operation.streaming);
    if (operation.streaming) write_stream(json, operation);
    if (!operation.dropped.empty()) json.member("dropped", operation.dropped);
    write_exchange(json, operation);
    json.key("security").begin_array();
    for (const Security &security : operation.security) {
        json.begin_object().member("scheme", security.scheme);
        write_texts(json, "scopes", security.scopes);
        json.end_object();
    }
    json.end_array().key("parameters").begin_array();
    for (const Parameter &parameter : operation.parameters)
        write_parameter(json, parameter);
    return json.end_array().end_object().take();
}

} // namespace xtap::api
