// Reads a bearer token from a file. Decides neither when nor what becomes of it.
#pragma once

#include "api/secret.hpp"

#include <string_view>

namespace xtap::client {

// The first line, without the white space around it. Throws Failure(no_credential), which names the file and
// never shows what it holds.
api::Secret read_token_file(std::string_view path);

} // namespace xtap::client
