// The streaming operations the simulator answers: names, paths, partitions, parameters. Knows no HTTP and no
// events.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace xtap::sim {

enum class Family : std::uint8_t {
    post,
    filtered_post,
    powerstream,
    like,
    post_compliance,
    user_compliance,
    like_compliance,
    label,
    activity,
};

struct Operation {
    std::uint8_t index;    // position in operations(); part of every event id
    std::string_view id;   // operationId
    std::string_view path; // the whole path; every stream is a GET
    Family family;
    std::string_view language; // empty: a mix
    unsigned partitions;       // 0: the operation takes no partition
    bool recovery;             // start_time and end_time are known
};

std::span<const Operation> operations();
const Operation *operation_by_path(std::string_view path);
// By operationId or path; nullptr when there is none.
const Operation *operation_by_name(std::string_view name);

// What GET /2/connections calls its stream, and which operation a name there means (either spelling of the
// filtered stream). The description has no names for the last two operations; those here are ours.
std::string_view endpoint_name(const Operation &operation);
const Operation *operation_by_endpoint(std::string_view name);

// Whether the operation has a query parameter of this name (either dialect of the field lists).
bool takes_parameter(const Operation &operation, std::string_view name);
// The operation's parameters, separated by ", ", for the message that says what is allowed.
std::string parameter_names(const Operation &operation);

// What the parameter of a common meaning is called here: Powerstream writes camelCase.
std::string_view backfill_name(const Operation &operation);
std::string_view start_name(const Operation &operation);
std::string_view end_name(const Operation &operation);

} // namespace xtap::sim
