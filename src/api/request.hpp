// An operation with its parameters filled in, checked against the table before anything is sent.
// Makes the request target and the body of a form; must not know about hosts, headers, other bodies or
// sockets.
#pragma once

#include "api/operation.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace xtap::api {

class Request {
public:
    // Without `validate`, names and values that the table does not know pass; what could break out of the
    // request line never does. `operation` must outlive the request, as those of the table do.
    Request(const Operation &operation, bool validate);

    // Checks at once. No value: unset. Throws Failure: unknown_name, or value, naming operation, parameter,
    // value and what is allowed.
    void set(std::string_view name, std::optional<std::string_view> value);

    // The token of the next page as X gave it: only what could break out of the request line is refused. X's
    // own tokens may be longer or shorter than its description says. REQUIRES: the operation is paged.
    void set_page(std::string_view token);

    // From now on; what was set stays as it is.
    void set_validate(bool validate) noexcept { validate_ = validate; }

    // What only the whole request shows: Status::missing for a required parameter, Status::value when it
    // starts after its end.
    void check() const;

    // The value as it will be sent, by any name of its parameter.
    std::optional<std::string_view> get(std::string_view name) const;

    // "/2/tweets/firehose/stream/lang/ja?partition=1&tweet.fields=id,text", in table order, percent-encoded.
    std::string target() const;

    // "grant_type=refresh_token&refresh_token=...": application/x-www-form-urlencoded, in table order; empty
    // when no parameter of the form is set. May hold secrets.
    std::string form() const;

    // The partitions that the stream covers, in ascending order; 0 alone when the operation has none, or what
    // is set is no list of them.
    std::vector<std::uint32_t> partitions() const;
    // target() of one of them alone, with other values for some parameters: none leaves the parameter out.
    // Parameters that the operation does not have are passed over.
    struct Instead {
        std::string_view name;
        std::optional<std::string> value;
    };
    std::string target(std::uint32_t partition, std::span<const Instead> instead = {}) const;

    const Operation &operation() const noexcept { return *operation_; }

private:
    std::size_t slot_of(std::string_view name) const;
    void check_order() const;
    std::string filled_path() const;
    std::string query_with(std::span<const Instead> instead) const;

    const Operation *operation_;
    bool validate_;
    std::vector<std::optional<std::string>> values_;           // one per parameter of the table
    std::vector<std::pair<std::string, std::string>> unknown_; // without validation, in the order they came
};

} // namespace xtap::api
