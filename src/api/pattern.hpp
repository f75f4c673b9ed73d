// Whether a text matches a pattern of the table. Knows the few forms of regular expression that occur there,
// which compile_operations.py holds every pattern to, and nothing of parameters.
#pragma once

#include <string_view>

namespace xtap::api {

// `pattern` is ^...$ around a sequence of letters and classes ([A-Za-z0-9_]), each with a count behind it or
// not ({1,19}, {43}, {2,}, +, *, ?). Either parentheses surround the whole and divide it into alternatives,
// or they surround parts and mean nothing.
bool matches(std::string_view pattern, std::string_view text) noexcept;

} // namespace xtap::api
