// Fills an operation in and makes its request target. Knows nothing of hosts, headers or sockets.
#include "api/request.hpp"

#include "api/check_value.hpp"
#include "api/failure.hpp"
#include "api/nearest.hpp"
#include "api/partitions.hpp"
#include "api/percent.hpp"
#include "api/utf8.hpp"

#include <algorithm>

namespace xtap::api {
namespace {

constexpr std::size_t no_slot = static_cast<std::size_t>(-1);

// X reads the lists of a query with raw commas, and no item contains one of its own.
void append_encoded(std::string &out, std::string_view text) { append_percent_encoded(out, text, ","); }

void append_pair(std::string &query, std::string_view name, std::string_view value) {
    query += query.empty() ? '?' : '&';
    append_encoded(query, name);
    query += '=';
    append_encoded(query, value);
}

void append_field(std::string &form, std::string_view name, std::string_view value) {
    if (!form.empty()) form += '&';
    append_percent_encoded(form, name);
    form += '=';
    append_percent_encoded(form, value); // a space as %20: every reader of forms takes it
}

// What the table does not know goes where the operation's parameters go; a secret must not end in a query.
bool takes_a_form(const Operation &operation) noexcept {
    return std::find(operation.bodies.begin(), operation.bodies.end(), Body::form) != operation.bodies.end();
}

[[noreturn]] void refuse_name(const Operation &operation, std::string_view name) {
    std::vector<std::string_view> known;
    std::string all;
    for (const Parameter &parameter : operation.parameters) {
        known.push_back(parameter.name);
        all.append(all.empty() ? "" : ", ").append(parameter.name);
    }
    // Aliases come last: a tie is won by the documented name.
    for (const Parameter &parameter : operation.parameters) {
        known.insert(known.end(), parameter.aliases.begin(), parameter.aliases.end());
    }
    std::string message = std::string(operation.id) + " has no parameter " + quote(name);
    const std::string_view suggestion = nearest(name, known);
    if (!suggestion.empty()) message += " (did you mean \"" + std::string(suggestion) + "\"?)";
    throw Failure(Status::unknown_name, message + (all.empty() ? "; it takes none" : "; it takes " + all));
}

// "." and ".." as a whole segment are resolved away by clients and proxies, encoded or not.
void refuse_path_segment(const std::string &what, std::string_view value) {
    if (value.empty() || value == "." || value == "..") {
        throw Failure(Status::value, what + ": " + quote(value) + " cannot be part of a path");
    }
}

} // namespace

Request::Request(const Operation &operation, bool validate)
    : operation_(&operation), validate_(validate), values_(operation.parameters.size()) {}

std::size_t Request::slot_of(std::string_view name) const {
    const Parameter *parameter = operation_->find_parameter(name);
    return parameter == nullptr ? no_slot
                                : static_cast<std::size_t>(parameter - operation_->parameters.data());
}

void Request::set(std::string_view name, std::optional<std::string_view> value) {
    const std::size_t slot = slot_of(name);
    if (slot != no_slot) {
        const Parameter &parameter = operation_->parameters[slot];
        if (!value) return values_[slot].reset();
        const std::string what = std::string(operation_->id) + ": parameter " + std::string(parameter.name);
        refuse_unsafe(what, *value, may_be_secret(*operation_, parameter));
        if (parameter.place == Place::path) refuse_path_segment(what, *value);
        values_[slot] = validate_ ? checked_value(*operation_, parameter, *value) : std::string(*value);
        return;
    }
    if (validate_) refuse_name(*operation_, name);
    refuse_unsafe(std::string(operation_->id) + ": parameter name", name);
    if (name.empty())
        throw Failure(Status::value, std::string(operation_->id) + ": a parameter name is empty");
    if (value) {
        refuse_unsafe(std::string(operation_->id) + ": parameter " + quote(name), *value,
                      takes_a_form(*operation_));
    }
    const auto known =
        std::find_if(unknown_.begin(), unknown_.end(), [&](const auto &pair) { return pair.first == name; });
    if (known != unknown_.end()) unknown_.erase(known);
    if (value) unknown_.emplace_back(name, *value);
}

void Request::set_page(std::string_view token) {
    refuse_unsafe(std::string(operation_->id) + ": parameter " + std::string(operation_->page_parameter),
                  token);
    values_[slot_of(operation_->page_parameter)] = std::string(token);
}

void Request::check() const {
    for (std::size_t slot = 0; slot < values_.size(); ++slot) {
        const Parameter &parameter = operation_->parameters[slot];
        // Without validation X may no longer ask for it; a path without one of its parts cannot be built at
        // all.
        const bool needed = parameter.place == Place::path || (parameter.required && validate_);
        if (!needed || values_[slot]) continue;
        throw Failure(Status::missing, std::string(operation_->id) + " needs the parameter " +
                                           std::string(parameter.name) + ": " + allowed_values(parameter));
    }
    if (validate_) check_order();
}

void Request::check_order() const {
    // Both have passed as YYYY-MM-DDTHH:MM:SSZ, whose order as text is the order in time.
    const std::optional<std::string_view> start = get("start_time"), end = get("end_time");
    if (!start || !end || *start < *end) return;
    throw Failure(Status::value, std::string(operation_->id) + ": " +
                                     std::string(operation_->find_parameter("start_time")->name) + " " +
                                     quote(*start) + " is not before " +
                                     std::string(operation_->find_parameter("end_time")->name) + " " +
                                     quote(*end));
}

std::optional<std::string_view> Request::get(std::string_view name) const {
    const std::size_t slot = slot_of(name);
    if (slot != no_slot) return values_[slot];
    for (const auto &[known, value] : unknown_) {
        if (known == name) return value;
    }
    return std::nullopt;
}

std::string Request::target() const { return filled_path() + query_with({}); }

std::string Request::target(std::uint32_t partition, std::span<const Instead> instead) const {
    std::vector<Instead> all(instead.begin(), instead.end());
    if (partition != 0) all.push_back({"partition", std::to_string(partition)});
    return filled_path() + query_with(all);
}

std::string Request::query_with(std::span<const Instead> instead) const {
    std::string query;
    for (std::size_t slot = 0; slot < values_.size(); ++slot) {
        const Parameter &parameter = operation_->parameters[slot];
        if (parameter.place != Place::query) continue;
        const auto other = std::find_if(instead.begin(), instead.end(),
                                        [&](const Instead &one) { return parameter.is_named(one.name); });
        const std::optional<std::string> &value = other == instead.end() ? values_[slot] : other->value;
        if (value) append_pair(query, parameter.name, *value);
    }
    if (!takes_a_form(*operation_)) {
        for (const auto &[name, value] : unknown_)
            append_pair(query, name, value);
    }
    return query;
}

std::string Request::form() const {
    std::string fields;
    for (std::size_t slot = 0; slot < values_.size(); ++slot) {
        const Parameter &parameter = operation_->parameters[slot];
        if (parameter.place == Place::form && values_[slot])
            append_field(fields, parameter.name, *values_[slot]);
    }
    if (takes_a_form(*operation_)) {
        for (const auto &[name, value] : unknown_)
            append_field(fields, name, value);
    }
    return fields;
}

std::string Request::filled_path() const {
    std::string path = operation_->path;
    for (std::size_t slot = 0; slot < values_.size(); ++slot) {
        const Parameter &parameter = operation_->parameters[slot];
        if (parameter.place != Place::path || !values_[slot]) continue;
        std::string encoded;
        append_encoded(encoded, *values_[slot]);
        std::string place = "{";
        place.append(parameter.name).append("}");
        path.replace(path.find(place), place.size(), encoded);
    }
    return path;
}

std::vector<std::uint32_t> Request::partitions() const {
    const std::optional<std::string_view> value = get("partition");
    std::optional<std::vector<std::uint32_t>> all = value ? parse_partitions(*value) : std::nullopt;
    if (!all) return {0};
    std::sort(all->begin(), all->end());
    return *std::move(all);
}

} // namespace xtap::api
