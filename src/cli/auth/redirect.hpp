// The way back from a login: the address the browser is sent to, and what it brings. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace xtap::cli {

// An address on this machine: http://127.0.0.1:7357/callback.
struct RedirectAddress {
    std::string uri; // as X knows it, to the letter
    bool is_ipv6 = false;
    std::uint16_t port = 0; // 0: any that is free
    std::string path;
};

// Throws a Complaint (exit 2) for one that is not http on 127.0.0.1, [::1] or localhost.
RedirectAddress redirect_address(const std::string &uri);
// The same address at the port that it turned out to be.
void set_port(RedirectAddress &address, std::uint16_t port);

// The first line of a browser's request: "GET /callback?code=...&state=... HTTP/1.1".
struct RedirectQuery {
    std::string path;
    std::string code;
    std::string state;
    std::string error; // access_denied
    std::string error_description;
};

// Nothing when it is no GET.
std::optional<RedirectQuery> redirect_query(std::string_view request);

} // namespace xtap::cli
