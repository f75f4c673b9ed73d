// The items of one page of an answer, as they came. Pure: bytes come in, places in them go out.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace xtap::cli {

struct Page {
    std::vector<std::string_view> items;    // the values of `data`: one when it is no array, none for null
    std::optional<std::string_view> errors; // the value of `errors` beside it
};

// Views into `body`. Nothing when it is not one well-formed JSON object.
std::optional<Page> page_of(std::string_view body);

// A value on one line: line ends, which JSON allows between its parts only, are left out. Every other byte
// stays.
void append_line(std::string &lines, std::string_view item);

} // namespace xtap::cli
