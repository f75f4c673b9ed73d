// The addresses that options hold, taken apart and checked before anything connects.
// Knows nothing of resolving or connecting.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace xtap::api {

struct BaseUrl {
    bool https = false;
    std::string host;       // as it was written; an IPv6 address without its brackets
    std::uint16_t port = 0; // 80 or 443 when none was written
    std::string prefix;     // "" or "/path", never with a slash at the end
    bool loopback = false;
};

// http(s)://host[:port][/prefix]. Throws Failure(value) that names `option`, what is wrong and what is
// allowed, and shows nothing of an address that may hold a password or a token.
BaseUrl parse_base_url(std::string_view option, std::string_view text);

// scheme://[user:password@]host[:port] of a proxy. Throws as above.
void check_proxy(std::string_view option, std::string_view text);

// The address without its user and password: "http://***@proxy:3128".
std::string without_userinfo(std::string_view url);

// localhost, 127.0.0.0/8 or ::1, as written: what a name resolves to is not asked.
bool is_loopback_host(std::string_view host);

} // namespace xtap::api
