// See encoding.hpp.
#include "encoding.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace xtap::sim {
namespace {

constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

bool unreserved(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

std::string decode(std::string_view text, bool plus_is_space) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool escape = text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 &&
                            hex_digit(text[i + 2]) >= 0;
        if (escape) {
            out.push_back(static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2])));
            i += 2;
        } else {
            out.push_back(plus_is_space && text[i] == '+' ? ' ' : text[i]);
        }
    }
    return out;
}

std::string_view trim(std::string_view text) {
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

std::string unquoted(std::string_view text) {
    text = trim(text);
    if (text.size() >= 2 && text.front() == '"' && text.back() == '"') text = text.substr(1, text.size() - 2);
    return std::string(text);
}

// The value of `; name=value` in a header.
std::string attribute(std::string_view header, std::string_view name) {
    for (std::size_t at = header.find(';'); at != std::string_view::npos; at = header.find(';', at + 1)) {
        const std::string_view item = trim(header.substr(at + 1, header.find(';', at + 1) - at - 1));
        const std::size_t equals = item.find('=');
        if (equals != std::string_view::npos && trim(item.substr(0, equals)) == name)
            return unquoted(item.substr(equals + 1));
    }
    return "";
}

Part parse_part(std::string_view text) {
    Part part;
    const std::size_t split = text.find("\r\n\r\n");
    if (split == std::string_view::npos) return part;
    part.content = text.substr(split + 4);
    for (std::size_t at = 0; at < split;) {
        const std::size_t end = std::min(text.find("\r\n", at), split);
        const std::string_view line = text.substr(at, end - at);
        const std::size_t colon = std::min(line.find(':'), line.size());
        std::string name(line.substr(0, colon));
        std::ranges::transform(name, name.begin(),
                               [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
        const std::string_view value = trim(line.substr(std::min(colon + 1, line.size())));
        if (name == "content-disposition") {
            part.name = attribute(value, "name");
            part.filename = attribute(value, "filename");
        } else if (name == "content-type") {
            part.content_type = value;
        }
        at = end + 2;
    }
    return part;
}

std::string base64_with(std::string_view bytes, std::string_view alphabet, bool pad) {
    std::string out;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const std::size_t left = std::min<std::size_t>(3, bytes.size() - i);
        std::uint32_t group = 0;
        for (std::size_t j = 0; j < 3; ++j)
            group = group << 8 | (j < left ? static_cast<unsigned char>(bytes[i + j]) : 0u);
        for (std::size_t j = 0; j < 4; ++j) {
            if (j <= left)
                out.push_back(alphabet[group >> (18 - 6 * j) & 63]);
            else if (pad)
                out.push_back('=');
        }
    }
    return out;
}

} // namespace

std::string percent_encode(std::string_view text) {
    static constexpr char kHex[] = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        if (unreserved(c)) {
            out.push_back(c);
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        out.append(1, '%').append(1, kHex[byte >> 4]).append(1, kHex[byte & 15]);
    }
    return out;
}

std::string percent_decode(std::string_view text) { return decode(text, false); }

Pairs parse_form(std::string_view text) {
    Pairs pairs;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('&', at), text.size());
        const std::string_view item = text.substr(at, end - at);
        const std::size_t equals = std::min(item.find('='), item.size());
        if (!item.empty())
            pairs.emplace_back(decode(item.substr(0, equals), true),
                               decode(item.substr(std::min(equals + 1, item.size())), true));
        at = end + 1;
    }
    return pairs;
}

std::optional<std::string> value_of(const Pairs &pairs, std::string_view name) {
    const auto at = std::ranges::find_if(pairs, [&](const auto &pair) { return pair.first == name; });
    return at == pairs.end() ? std::nullopt : std::optional(at->second);
}

std::optional<std::string> base64_decode(std::string_view text) {
    while (!text.empty() && text.back() == '=')
        text.remove_suffix(1);
    std::string out;
    std::uint32_t group = 0;
    int bits = 0;
    for (char c : text) {
        if (c == '-') c = '+';
        if (c == '_') c = '/';
        const std::size_t digit = kBase64.find(c);
        if (digit == std::string_view::npos) return std::nullopt;
        group = group << 6 | static_cast<std::uint32_t>(digit);
        bits += 6;
        if (bits < 8) continue;
        bits -= 8;
        out.push_back(static_cast<char>(group >> bits & 0xff));
    }
    return out;
}

std::string base64_encode(std::string_view bytes) { return base64_with(bytes, kBase64, true); }

std::string base64url_encode(std::string_view bytes) {
    return base64_with(bytes, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", false);
}

Pairs parse_oauth_header(std::string_view text) {
    Pairs pairs;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find(',', at), text.size());
        const std::string_view item = trim(text.substr(at, end - at));
        const std::size_t equals = item.find('=');
        if (equals != std::string_view::npos)
            pairs.emplace_back(percent_decode(trim(item.substr(0, equals))),
                               percent_decode(unquoted(item.substr(equals + 1))));
        at = end + 1;
    }
    return pairs;
}

std::vector<Part> parse_multipart(std::string_view content_type, std::string_view body) {
    const std::string boundary = attribute(content_type, "boundary");
    if (boundary.empty()) return {};
    const std::string first = "--" + boundary, between = "\r\n--" + boundary;
    if (!body.starts_with(first)) return {};
    std::vector<Part> parts;
    for (std::size_t at = first.size(); body.substr(at, 2) == "\r\n";) {
        const std::size_t end = body.find(between, at);
        if (end == std::string_view::npos) return {};
        parts.push_back(parse_part(body.substr(at + 2, end - at - 2)));
        at = end + between.size();
    }
    return parts;
}

} // namespace xtap::sim
