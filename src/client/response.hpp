// The whole answer to a request that does not stream. Plain data.
#pragma once

#include "api/operation.hpp"
#include "edge/head.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace xtap::client {

struct Response {
    const api::Operation *operation = nullptr;
    edge::ResponseHead head;
    std::string headers; // "Name: value\n" for each, in the order they came
    std::string body;    // inflated

    bool ok() const noexcept { return head.status >= 200 && head.status < 300; }
    std::optional<std::string_view> header(std::string_view name) const noexcept; // the first of that name
};

} // namespace xtap::client
