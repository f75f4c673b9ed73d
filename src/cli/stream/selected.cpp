// An encoder of our own because it runs for every event: no allocation, plain runs are copied as they are.
#include "cli/stream/selected.hpp"

#include <cstdint>
#include <cstring>

namespace xtap::cli {
namespace {

constexpr std::uint64_t every_byte(std::uint8_t byte) noexcept { return 0x0101010101010101ULL * byte; }

// Not zero when one of eight bytes is a quote, a backslash or below 0x20 (the usual has-zero-byte
// arithmetic). It may speak up for a byte above such a one; the caller then looks at single bytes and finds
// the true one first.
constexpr std::uint64_t needs_escape(std::uint64_t eight) noexcept {
    const std::uint64_t quote = eight ^ every_byte('"');
    const std::uint64_t backslash = eight ^ every_byte('\\');
    const std::uint64_t found = ((quote - every_byte(1)) & ~quote) |
                                ((backslash - every_byte(1)) & ~backslash) |
                                ((eight - every_byte(0x20)) & ~eight);
    return found & every_byte(0x80);
}

bool needs_escape(char byte) noexcept {
    return static_cast<unsigned char>(byte) < 0x20 || byte == '"' || byte == '\\';
}

std::size_t plain_prefix(std::string_view text) noexcept {
    std::size_t index = 0;
    while (text.size() - index >= sizeof(std::uint64_t)) {
        std::uint64_t eight;
        std::memcpy(&eight, text.data() + index, sizeof eight);
        if (needs_escape(eight) != 0) break;
        index += sizeof eight;
    }
    while (index < text.size() && !needs_escape(text[index]))
        ++index;
    return index;
}

void append_escaped(ByteBuffer &out, char byte) {
    constexpr char kHex[] = "0123456789abcdef";
    const auto value = static_cast<unsigned char>(byte);
    switch (byte) {
    case '"':
        return out.append("\\\"");
    case '\\':
        return out.append("\\\\");
    case '\b':
        return out.append("\\b");
    case '\f':
        return out.append("\\f");
    case '\n':
        return out.append("\\n");
    case '\r':
        return out.append("\\r");
    case '\t':
        return out.append("\\t");
    default:
        break;
    }
    const char escaped[] = {'\\', 'u', '0', '0', kHex[value >> 4], kHex[value & 0xF]};
    out.append({escaped, sizeof escaped});
}

} // namespace

void append_json_string(ByteBuffer &out, std::string_view text) {
    out.append('"');
    while (!text.empty()) {
        const std::size_t plain = plain_prefix(text);
        out.append(text.substr(0, plain));
        text.remove_prefix(plain);
        if (text.empty()) break;
        append_escaped(out, text.front());
        text.remove_prefix(1);
    }
    out.append('"');
}

void append_selected(ByteBuffer &out, const char *data, const xtap_column *columns, std::size_t count) {
    out.append('[');
    for (std::size_t index = 0; index < count; ++index) {
        const xtap_column &column = columns[index];
        const std::string_view value(data + column.offset, column.size);
        if (index != 0) out.append(',');
        switch (column.kind) {
        case XTAP_COLUMN_STRING:
            append_json_string(out, value);
            break;
        case XTAP_COLUMN_ABSENT:
        case XTAP_COLUMN_NULL:
            out.append("null");
            break;
        default: // numbers, booleans, objects, arrays, and what a newer library may add: raw JSON
            out.append(value.empty() ? std::string_view("null") : value);
            break;
        }
    }
    out.append(']');
}

} // namespace xtap::cli
