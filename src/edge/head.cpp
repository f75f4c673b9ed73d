// See head.hpp.
#include "edge/head.hpp"

#include <charconv>
#include <curl/curl.h>
#include <string>
#include <strings.h>

namespace xtap::edge {

namespace {

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

std::int64_t number(std::string_view text) {
    std::int64_t value = -1;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
    return result.ec == std::errc() && value >= 0 ? value : -1;
}

} // namespace

bool same_header(std::string_view a, std::string_view b) noexcept {
    return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
}

bool split_header(std::string_view line, std::string_view &name, std::string_view &value) {
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) return false;
    name = line.substr(0, colon);
    value = trimmed(line.substr(colon + 1));
    return true;
}

void read_head_line(std::string_view line, ResponseHead &head) {
    if (line.starts_with("HTTP/")) {
        head = {};
        const auto space = line.find(' ');
        if (space != std::string_view::npos)
            head.status = static_cast<std::int32_t>(number(trimmed(line.substr(space)).substr(0, 3)));
        return;
    }
    std::string_view name, value;
    if (!split_header(line, name, value)) return;
    if (same_header(name, "content-type"))
        head.content_type = value;
    else if (same_header(name, "content-encoding"))
        head.content_encoding = value;
    else if (same_header(name, "location"))
        head.location = value;
    else if (same_header(name, "x-transaction-id") ||
             (same_header(name, "x-request-id") && head.request_id.empty()))
        head.request_id = value;
    else if (same_header(name, "x-rate-limit-limit"))
        head.rate_limit = number(value);
    else if (same_header(name, "x-rate-limit-remaining"))
        head.rate_remaining = number(value);
    else if (same_header(name, "x-rate-limit-reset"))
        head.rate_reset_s = number(value);
    else if (same_header(name, "retry-after"))
        head.retry_after_s = number(value);
    else if (same_header(name, "date"))
        head.date_s = curl_getdate(std::string(value).c_str(), nullptr);
}

} // namespace xtap::edge
