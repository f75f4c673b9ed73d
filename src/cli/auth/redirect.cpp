// Parsing of addresses and queries, no more of either than a redirect needs.
#include "cli/auth/redirect.hpp"

#include "cli/base/complaint.hpp"

#include <charconv>

namespace xtap::cli {
namespace {

constexpr std::string_view kScheme = "http://";

[[noreturn]] void refuse(const std::string &uri) {
    throw Complaint(
        ExitCode::usage, "'" + uri + "' is no address for a login to come back to",
        "it is one of this machine, as in http://127.0.0.1:7357/callback, and stands as a callback "
        "address in the app's settings");
}

int hex(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

std::string field_text(std::string_view text) {
    std::string plain;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const bool escape =
            text[at] == '%' && at + 2 < text.size() && hex(text[at + 1]) >= 0 && hex(text[at + 2]) >= 0;
        if (escape) {
            plain += static_cast<char>(hex(text[at + 1]) * 16 + hex(text[at + 2]));
            at += 2;
        } else {
            plain += text[at] == '+' ? ' ' : text[at];
        }
    }
    return plain;
}

void take_field(std::string_view field, RedirectQuery &query) {
    const std::size_t equals = std::min(field.find('='), field.size());
    const std::string name = field_text(field.substr(0, equals));
    const std::string value = equals < field.size() ? field_text(field.substr(equals + 1)) : "";
    if (name == "code") query.code = value;
    if (name == "state") query.state = value;
    if (name == "error") query.error = value;
    if (name == "error_description") query.error_description = value;
}

} // namespace

RedirectAddress redirect_address(const std::string &uri) {
    std::string_view rest = uri;
    if (!rest.starts_with(kScheme)) refuse(uri);
    rest.remove_prefix(kScheme.size());
    const std::size_t slash = std::min(rest.find('/'), rest.size());
    std::string_view host = rest.substr(0, slash);
    RedirectAddress address = {uri, false, 80, slash < rest.size() ? std::string(rest.substr(slash)) : "/"};
    if (address.path.find_first_of("?# ") != std::string::npos) refuse(uri);
    const std::size_t colon = host.rfind(':');
    if (colon != std::string_view::npos && host.substr(colon).find(']') == std::string_view::npos) {
        const std::string_view digits = host.substr(colon + 1);
        const auto [end, problem] =
            std::from_chars(digits.data(), digits.data() + digits.size(), address.port);
        if (digits.empty() || problem != std::errc() || end != digits.data() + digits.size()) refuse(uri);
        host = host.substr(0, colon);
    }
    address.is_ipv6 = host == "[::1]";
    if (!address.is_ipv6 && host != "127.0.0.1" && host != "localhost") refuse(uri);
    return address;
}

void set_port(RedirectAddress &address, std::uint16_t port) {
    const std::size_t host = kScheme.size();
    const std::size_t end = address.uri.find(']', host) != std::string::npos
                                ? address.uri.find(']', host) + 1
                                : address.uri.find_first_of(":/", host);
    const std::string host_part = address.uri.substr(0, end);
    const std::size_t slash = address.uri.find('/', host);
    address.uri = host_part + ":" + std::to_string(port) +
                  (slash == std::string::npos ? "" : address.uri.substr(slash));
    address.port = port;
}

std::optional<RedirectQuery> redirect_query(std::string_view request) {
    if (!request.starts_with("GET /")) return std::nullopt;
    request.remove_prefix(4);
    std::string_view target = request.substr(0, std::min(request.find_first_of(" \r\n"), request.size()));
    const std::size_t mark = std::min(target.find('?'), target.size());
    RedirectQuery query;
    query.path = std::string(target.substr(0, mark));
    std::string_view fields = mark < target.size() ? target.substr(mark + 1) : std::string_view();
    while (!fields.empty()) {
        const std::size_t end = std::min(fields.find('&'), fields.size());
        take_field(fields.substr(0, end), query);
        fields.remove_prefix(std::min(end + 1, fields.size()));
    }
    return query;
}

} // namespace xtap::cli
