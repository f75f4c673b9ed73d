// Where the next page of an answer is. Reads the answer's token; does not ask for the page.
#pragma once

#include "api/operation.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace xtap::api {

// The token of the page after this one; none after the last. Throws Failure(protocol) for a body that is no
// JSON. REQUIRES: the operation has pages.
std::optional<std::string> next_page_token(const Operation &operation, std::string_view body);

} // namespace xtap::api
