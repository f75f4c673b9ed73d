// The text of an event with holes for what changes from event to event, and the writer that builds it.
// Knows JSON's escapes and nothing of what an event means.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace xtap::sim {

enum class Field : std::uint8_t {
    number,       // 123456
    id,           // the event's snowflake
    iso_time,     // 2026-03-01T12:34:56.789Z
    classic_time, // Sun Mar 01 12:34:56 +0000 2026
    timestamp_ms,
    hex_id,   // 32 hexadecimal digits, the last 16 are the number
    user_id,  // an account that belongs to this number alone
    metric_a, // small numbers that look like counts
    metric_b,
    metric_c,
    count_,
};
constexpr std::size_t kFieldCount = static_cast<std::size_t>(Field::count_);

using FieldTexts = std::array<std::string_view, kFieldCount>;

struct Hole {
    std::uint32_t offset; // in Template::text
    Field field;
};

struct Template {
    std::string text;
    std::vector<Hole> holes;
    std::uint32_t uses = 0; // bit per Field

    void append_to(std::string &out, const FieldTexts &fields) const {
        std::size_t at = 0;
        for (const Hole &hole : holes) {
            out.append(text, at, hole.offset - at);
            out.append(fields[static_cast<std::size_t>(hole.field)]);
            at = hole.offset;
        }
        out.append(text, at);
    }
    bool needs(Field field) const { return (uses >> static_cast<unsigned>(field) & 1u) != 0; }
};

enum class Escapes : std::uint8_t {
    none,    // UTF-8 as it is
    slashes, // "\/" as some servers write it
    ascii,   // everything outside ASCII as \uXXXX, surrogate pairs for the rest
};

class TemplateWriter {
public:
    explicit TemplateWriter(Escapes escapes = Escapes::none) : escapes_(escapes) {}

    TemplateWriter &raw(std::string_view json);
    TemplateWriter &raw(std::uint64_t number);
    TemplateWriter &hole(Field field);
    // A complete JSON string, quotes included.
    TemplateWriter &string(std::string_view utf8);
    // The same, ending in " No. NUMBER" inside the quotes: how a reader finds an event's number.
    TemplateWriter &numbered_string(std::string_view utf8);

    Template take() { return std::move(template_); }

private:
    void escaped(std::string_view utf8);
    void unicode(std::uint32_t unit);

    Template template_;
    Escapes escapes_;
};

// How many code points: what entity indices count.
std::size_t code_points(std::string_view utf8);

} // namespace xtap::sim
