// See template.hpp.
#include "template.hpp"

#include <algorithm>

namespace xtap::sim {

TemplateWriter &TemplateWriter::raw(std::string_view json) {
    template_.text.append(json);
    return *this;
}

TemplateWriter &TemplateWriter::raw(std::uint64_t number) { return raw(std::to_string(number)); }

TemplateWriter &TemplateWriter::hole(Field field) {
    template_.holes.push_back({static_cast<std::uint32_t>(template_.text.size()), field});
    template_.uses |= 1u << static_cast<unsigned>(field);
    return *this;
}

TemplateWriter &TemplateWriter::string(std::string_view utf8) {
    raw("\"");
    escaped(utf8);
    return raw("\"");
}

TemplateWriter &TemplateWriter::numbered_string(std::string_view utf8) {
    raw("\"");
    escaped(utf8);
    return raw(utf8.empty() ? "No. " : " No. ").hole(Field::number).raw("\"");
}

void TemplateWriter::unicode(std::uint32_t unit) {
    static constexpr char kHex[] = "0123456789abcdef";
    template_.text.append("\\u");
    for (int shift = 12; shift >= 0; shift -= 4)
        template_.text.push_back(kHex[unit >> shift & 0xf]);
}

void TemplateWriter::escaped(std::string_view utf8) {
    for (std::size_t i = 0; i < utf8.size();) {
        const auto c = static_cast<unsigned char>(utf8[i]);
        if (c < 0x80) {
            ++i;
            switch (c) {
            case '"':
                raw("\\\"");
                break;
            case '\\':
                raw("\\\\");
                break;
            case '\n':
                raw("\\n");
                break;
            case '\t':
                raw("\\t");
                break;
            case '/':
                raw(escapes_ == Escapes::none ? "/" : "\\/");
                break;
            default:
                if (c < 0x20)
                    unicode(c);
                else
                    template_.text.push_back(static_cast<char>(c));
            }
            continue;
        }
        const std::size_t length = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
        if (escapes_ != Escapes::ascii) {
            raw(utf8.substr(i, length));
        } else {
            std::uint32_t point = c & (0xffu >> (length + 1));
            for (std::size_t k = 1; k < length; ++k)
                point = point << 6 | (static_cast<unsigned char>(utf8[i + k]) & 0x3fu);
            if (point < 0x10000) {
                unicode(point);
            } else {
                unicode(0xd800 + ((point - 0x10000) >> 10));
                unicode(0xdc00 + ((point - 0x10000) & 0x3ff));
            }
        }
        i += length;
    }
}

std::size_t code_points(std::string_view utf8) {
    return static_cast<std::size_t>(
        std::ranges::count_if(utf8, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

} // namespace xtap::sim
