// Writes the selected values of an event as one JSON array. Knows the ABI's columns, not where the bytes go.
#pragma once

#include "cli/stream/byte_buffer.hpp"

#include <xtap/xtap.h>

#include <cstddef>
#include <string_view>

namespace xtap::cli {

// `text` in quotes, escaped as JSON wants it and no further: valid UTF-8 stays as it is.
void append_json_string(ByteBuffer &out, std::string_view text);

// "[1,"two",null]": strings quoted, numbers, booleans, objects and arrays raw, null and absent both null.
void append_selected(ByteBuffer &out, const char *data, const xtap_column *columns, std::size_t count);

} // namespace xtap::cli
