// The head of an answer: its status and what we act on of its headers. Knows no body.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace xtap::edge {

// Numbers are -1 when absent.
struct ResponseHead {
    std::int32_t status = 0;
    std::string content_type, content_encoding, location, request_id;
    std::int64_t rate_limit = -1, rate_remaining = -1, rate_reset_s = -1, retry_after_s = -1, date_s = -1;
};

// One line of a head, as libcurl hands it over; a status line starts a new head: what an interim answer said
// does not count.
void read_head_line(std::string_view line, ResponseHead &head);

// "Name: value" as its two parts, the white space around the value gone; false for anything else.
bool split_header(std::string_view line, std::string_view &name, std::string_view &value);
bool same_header(std::string_view a, std::string_view b) noexcept; // in any case

} // namespace xtap::edge
