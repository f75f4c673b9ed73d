// See payload.hpp.
#include "api/payload.hpp"

#include "api/failure.hpp"
#include "api/utf8.hpp"

#include <algorithm>
#include <simdjson.h>

namespace xtap::api {
namespace {

bool takes(const Operation &operation, Body body) noexcept {
    return std::find(operation.bodies.begin(), operation.bodies.end(), body) != operation.bodies.end();
}

[[noreturn]] void refuse(const Operation &operation, const std::string &why) {
    throw Failure(Status::value, std::string(operation.id) + ": " + why);
}

std::string kinds(const Operation &operation) {
    std::string all;
    for (const Body body : operation.bodies) {
        const std::string_view name = body == Body::json        ? "JSON"
                                      : body == Body::multipart ? "multipart parts"
                                                                : "form parameters";
        all.append(all.empty() ? "" : " or ").append(name);
    }
    return all.empty() ? "no body" : all;
}

// Thrown away at once: the server reads the body, we only keep nonsense from being sent.
void check_json(const Operation &operation, std::string_view json) {
    simdjson::dom::parser parser;
    const simdjson::error_code error =
        parser.parse(simdjson::padded_string(json.data(), json.size())).error();
    if (error == simdjson::MEMALLOC) throw std::bad_alloc();
    if (error == simdjson::EMPTY) refuse(operation, "the body is empty; allowed: one JSON value");
    if (error != simdjson::SUCCESS)
        refuse(operation, std::string("the body is no well-formed JSON: ") + simdjson::error_message(error) +
                              "; allowed: one JSON value");
}

// Names stand in a header line of their part.
void check_name(const Operation &operation, std::string_view what, std::string_view name) {
    if (name.empty()) refuse(operation, std::string(what) + " is empty");
    for (std::string_view rest = name; !rest.empty();) {
        const Character character = first_character(rest);
        if (!character.valid) refuse(operation, std::string(what) + " " + quote(name) + " is not UTF-8");
        if (is_control(character.code))
            refuse(operation, std::string(what) + " " + quote(name) + " holds a control character");
        rest.remove_prefix(character.size);
    }
}

} // namespace

void Payload::set_json(const Operation &operation, std::optional<std::string_view> json, bool validate) {
    if (!json) return json_.reset();
    if (!parts_.empty())
        throw Failure(Status::state,
                      std::string(operation.id) + ": there are parts already; a body is JSON or multipart");
    if (validate && !takes(operation, Body::json))
        refuse(operation, "it takes " + kinds(operation) + ", not JSON");
    if (validate) check_json(operation, *json);
    json_.emplace(*json);
}

void Payload::attach(const Operation &operation, Part part, bool validate) {
    if (json_)
        throw Failure(Status::state, std::string(operation.id) +
                                         ": there is a JSON body already; a body is JSON or multipart");
    if (validate && !takes(operation, Body::multipart))
        refuse(operation, "it takes " + kinds(operation) + ", not multipart parts");
    check_name(operation, "a part's name", part.name);
    if (part.filename) check_name(operation, "the file name of part " + quote(part.name), *part.filename);
    parts_.push_back(std::move(part));
}

void Payload::detach(std::string_view name) {
    std::erase_if(parts_, [&](const Part &part) { return part.name == name; });
}

void Payload::check(const Operation &operation, bool validate) const {
    const bool form = takes(operation, Body::form); // its parameters are checked one by one
    if (!validate || !operation.body_required || form || json_ || !parts_.empty()) return;
    throw Failure(Status::missing, std::string(operation.id) + " needs a body: " + kinds(operation));
}

} // namespace xtap::api
