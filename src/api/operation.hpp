// The table of operations: what can be asked of the API and with which parameters. Data only, compiled in;
// it must not know about requests in progress, HTTP or credentials' values.
#pragma once

#include "api/constants.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace xtap::api {

enum class Type : std::uint8_t { integer, date_time, text, list, boolean };
enum class Place : std::uint8_t { query, path, form };    // form: a field of a body of Body::form
enum class Body : std::uint8_t { json, multipart, form }; // form: application/x-www-form-urlencoded
enum class Answer : std::uint8_t { json, bytes, local };  // local: made by the library, nothing is sent

// X limits how often a stream may be opened in 15 minutes. Where no number is documented, the lowest
// documented one holds.
constexpr std::int32_t default_connect_budget = 50;

// A value accepted under another name, and sent under the one the operation documents.
struct ValueAlias {
    std::string_view given;
    std::string_view sent;
};

struct Parameter {
    std::string_view name;
    std::span<const std::string_view> aliases; // accepted, sent as `name`
    Place place;
    Type type;
    bool required;
    std::int64_t minimum, maximum;            // integers; the type's own limits where none is documented
    std::span<const std::string_view> values; // lists and texts; empty: any value
    std::span<const ValueAlias> value_aliases;
    std::string_view default_value; // what X assumes; never sent by itself
    std::string_view dropped; // the version of X's description that lacked it first; empty while it is there
    std::string_view pattern = {};               // of a text, or of each item of a list; empty: any
    std::int32_t min_length = 0, max_length = 0; // of a text, in characters; 0: none
    std::int32_t min_items = 0, max_items = 0;   // of a list; 0: none

    bool has_minimum() const noexcept;
    bool has_maximum() const noexcept;
    bool is_named(std::string_view given) const noexcept; // by name or alias
};

// One way to authenticate, and the OAuth 2.0 scopes it needs. An operation lists alternatives; an empty list
// asks for none. "bearer", "oauth2" and "oauth1" are tokens; "client" is an OAuth 2.0 client (its id, with
// its secret where it has one) and "app" an API key with its secret: the two get tokens.
struct Security {
    std::string_view scheme;
    std::span<const std::string_view> scopes;
};

// Requests that X documents to allow in a stretch of time.
struct RateLimit {
    std::string_view per; // "app" or "user"
    std::int32_t requests, window_s;
};

struct Operation {
    const char *id;
    std::span<const std::string_view> aliases; // former ids
    const char *summary, *method, *path;
    std::span<const Security> security;
    std::span<const Parameter> parameters; // required ones first; the order of a request's query
    Kind event_kind;                       // what a stream carries; event_unread for others
    std::int32_t connect_budget;           // connects in 15 minutes; 0 for operations that are no stream
    std::int32_t partitions;               // 0: not split
    bool streaming;
    bool recovers; // takes a start and an end time
    std::string_view dropped;
    std::span<const Body> bodies = {}; // what it takes, the usual one first; empty: none
    bool body_required = false;
    Answer answer = Answer::json;
    std::string_view page_parameter = {};        // takes the next page's token; empty: not paged
    std::string_view page_token = {};            // RFC 6901 pointer to that token in the answer
    std::span<const RateLimit> rate_limits = {}; // documented ones only

    bool is_named(std::string_view given) const noexcept;
    const Parameter *
    find_parameter(std::string_view given) const noexcept; // by name or alias; null when there is none
};

// All operations, ordered by id.
std::span<const Operation> operations() noexcept;

// By id or alias; throws Failure(Status::unknown_name) that names the nearest id.
const Operation &find_operation(std::string_view id);

// "integer", "date-time", "text", "list", "boolean".
std::string_view type_name(Type type) noexcept;

// "query", "path", "form".
std::string_view place_name(Place place) noexcept;

// "json", "multipart", "form".
std::string_view body_name(Body body) noexcept;

// "json", "bytes", "local".
std::string_view answer_name(Answer answer) noexcept;

// "post", "like_compliance" ...: the event kinds as the table spells them.
std::string_view event_kind_name(Kind kind) noexcept;

// One JSON object. These keys are permanent and stand in this order; those marked ? are absent where they do
// not apply:
//   id, aliases [text], summary, method, path, streaming, event_kind ?(streams), connect_budget ?, partitions
//   ?, recovers ?, dropped ?(the version), body ?["json" | "multipart" | "form"], body_required ?, response
//   ?("json" | "bytes" | "local", not for streams), paging ?{parameter, token}, rate_limits ?[{per ("app" |
//   "user"), requests, window_s}], security [{scheme, scopes [text]}], parameters [{name, aliases [text],
//   in ("query" | "path" | "form"), type, required, minimum ?, maximum ?, pattern ?, min_length ?, max_length
//   ?, min_items ?, max_items ?, values ?[text], value_aliases ?{given: sent}, default ?, dropped ?}]
std::string describe(const Operation &operation);

} // namespace xtap::api
