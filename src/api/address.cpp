// Checks addresses strictly: what curl would repair or guess is refused here, with a reason.
#include "api/address.hpp"

#include "api/ascii.hpp"

#include "api/failure.hpp"
#include "api/utf8.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include <arpa/inet.h> // inet_pton, a pure parser

namespace xtap::api {
namespace {

constexpr std::string_view base_url_form = "http://HOST[:PORT][/PREFIX] or https://HOST[:PORT][/PREFIX]";
constexpr std::string_view proxy_form =
    "SCHEME://[USER:PASSWORD@]HOST[:PORT] with SCHEME http, https, socks4, socks4a, socks5 or socks5h";
constexpr std::array<std::string_view, 6> proxy_schemes{"http",    "https",  "socks4",
                                                        "socks4a", "socks5", "socks5h"};

bool same(std::string_view left, std::string_view right) noexcept {
    return std::ranges::equal(left, right, {}, lower, lower);
}

bool is_host_byte(char byte) noexcept {
    const char small = lower(byte);
    return (small >= 'a' && small <= 'z') || (byte >= '0' && byte <= '9') || byte == '.' || byte == '-' ||
           byte == '_';
}

// An address under check: who asks, the text, and what would have been right.
struct Subject {
    std::string_view option;
    std::string_view text;
    std::string_view form;

    [[noreturn]] void refuse(std::string_view why) const {
        // User and password stand before an @, tokens like to stand in queries: such an address is not
        // repeated.
        const bool telling = text.find_first_of("@?#") != std::string_view::npos;
        std::string message(option);
        message += telling ? ": the address " : ": " + quote(text) + " ";
        message += why;
        message += "; allowed: ";
        message += form;
        throw Failure(Status::value, message);
    }
};

struct HostPort {
    std::string_view host;
    std::uint16_t port = 0; // 0: none written
};

std::uint16_t parse_port(const Subject &subject, std::string_view digits) {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (error != std::errc{} || end != digits.data() + digits.size() || port == 0)
        subject.refuse("has a port that is not a number from 1 to 65535");
    return port;
}

bool is_ipv6(std::string_view text) {
    std::array<unsigned char, 16> address{};
    return ::inet_pton(AF_INET6, std::string(text).c_str(), address.data()) == 1;
}

HostPort parse_authority(const Subject &subject, std::string_view authority) {
    HostPort result;
    std::string_view rest;
    if (authority.starts_with('[')) {
        const std::size_t close = authority.find(']');
        if (close == std::string_view::npos || !is_ipv6(authority.substr(1, close - 1)))
            subject.refuse("has brackets without an IPv6 address in them");
        result.host = authority.substr(1, close - 1);
        rest = authority.substr(close + 1);
        if (!rest.empty() && !rest.starts_with(':')) subject.refuse("has something behind its host");
    } else {
        const std::size_t colon = authority.find(':');
        result.host = authority.substr(0, colon);
        if (colon != std::string_view::npos) rest = authority.substr(colon);
        if (result.host.empty()) subject.refuse("has no host");
        if (!std::ranges::all_of(result.host, is_host_byte))
            subject.refuse("has a character in its host that no host name has");
    }
    if (!rest.empty()) result.port = parse_port(subject, rest.substr(1));
    return result;
}

// The scheme, and what follows "://".
std::pair<std::string_view, std::string_view> split_scheme(const Subject &subject) {
    const bool printable =
        std::ranges::all_of(subject.text, [](char byte) { return byte > 0x20 && byte < 0x7f; });
    if (!printable) subject.refuse("holds a space, a control character or a byte that is not ASCII");
    const std::size_t mark = subject.text.find("://");
    if (mark == std::string_view::npos) subject.refuse("has no scheme");
    return {subject.text.substr(0, mark), subject.text.substr(mark + 3)};
}

} // namespace

BaseUrl parse_base_url(std::string_view option, std::string_view text) {
    const Subject subject{option, text, base_url_form};
    const auto [scheme, rest] = split_scheme(subject);
    BaseUrl url;
    url.https = same(scheme, "https");
    if (!url.https && !same(scheme, "http")) subject.refuse("has a scheme other than http and https");
    if (rest.find('#') != std::string_view::npos) subject.refuse("has a fragment");
    if (rest.find('?') != std::string_view::npos) subject.refuse("has a query");
    const std::size_t slash = std::min(rest.find('/'), rest.size());
    const std::string_view authority = rest.substr(0, slash);
    if (authority.find('@') != std::string_view::npos) subject.refuse("has a user name or password");
    const HostPort parsed = parse_authority(subject, authority);
    std::string_view prefix = rest.substr(slash);
    while (prefix.ends_with('/'))
        prefix.remove_suffix(1);
    // libcurl would resolve dots, so that requests go elsewhere than the address says.
    const std::string dotted = std::string(prefix) + "/";
    if (dotted.find("/../") != std::string::npos || dotted.find("/./") != std::string::npos)
        subject.refuse("has a prefix with . or .. in it");
    if (prefix.find('\\') != std::string_view::npos) subject.refuse("has a backslash in its prefix");
    url.host = parsed.host;
    url.port = parsed.port != 0 ? parsed.port : (url.https ? 443 : 80);
    url.prefix = prefix;
    url.loopback = is_loopback_host(url.host);
    return url;
}

void check_proxy(std::string_view option, std::string_view text) {
    const Subject subject{option, text, proxy_form};
    const auto [scheme, rest] = split_scheme(subject);
    if (std::ranges::none_of(proxy_schemes,
                             [given = scheme](std::string_view known) { return same(given, known); }))
        subject.refuse("has a scheme that no proxy has");
    const std::size_t at = rest.rfind('@');
    std::string_view authority = at == std::string_view::npos ? rest : rest.substr(at + 1);
    if (authority.ends_with('/')) authority.remove_suffix(1);
    if (authority.find_first_of("/?#") != std::string_view::npos)
        subject.refuse("has a path behind its host");
    parse_authority(subject, authority);
}

std::string without_userinfo(std::string_view url) {
    const std::size_t mark = url.find("://");
    const std::size_t begin = mark == std::string_view::npos ? 0 : mark + 3;
    const std::size_t at = url.rfind('@');
    if (at == std::string_view::npos || at < begin) return std::string(url);
    return std::string(url.substr(0, begin)) + "***" + std::string(url.substr(at));
}

bool is_loopback_host(std::string_view host) {
    if (same(host, "localhost")) return true;
    const std::string text(host);
    std::array<unsigned char, 4> four{};
    if (::inet_pton(AF_INET, text.c_str(), four.data()) == 1) return four[0] == 127;
    std::array<unsigned char, 16> six{};
    if (::inet_pton(AF_INET6, text.c_str(), six.data()) != 1) return false;
    return six.back() == 1 && std::all_of(six.begin(), six.end() - 1, [](unsigned char b) { return b == 0; });
}

} // namespace xtap::api
