// Writes JSON, front to back, into one string. Knows no schema.
#include "api/json_writer.hpp"

#include "api/ascii.hpp"

#include "api/utf8.hpp"

#include <cassert>
#include <utility>

namespace xtap::api {
namespace {

void append_escape(std::string &out, char byte) {
    switch (byte) {
    case '"':
        out += "\\\"";
        return;
    case '\\':
        out += "\\\\";
        return;
    case '\n':
        out += "\\n";
        return;
    case '\r':
        out += "\\r";
        return;
    case '\t':
        out += "\\t";
        return;
    case '\b':
        out += "\\b";
        return;
    case '\f':
        out += "\\f";
        return;
    default:
        break;
    }
    const auto code = static_cast<std::uint8_t>(byte);
    out += "\\u00";
    out += hex_digits[code >> 4];
    out += hex_digits[code & 0xf];
}

} // namespace

JsonWriter &JsonWriter::begin_object() { return open('{'); }
JsonWriter &JsonWriter::end_object() { return close('}', '{'); }
JsonWriter &JsonWriter::begin_array() { return open('['); }
JsonWriter &JsonWriter::end_array() { return close(']', '['); }

JsonWriter &JsonWriter::key(std::string_view name) {
    assert(!open_.empty() && open_.back() == '{' && !after_key_);
    if (needs_comma_) out_ += ',';
    append_text(name);
    out_ += ':';
    after_key_ = true;
    return *this;
}

JsonWriter &JsonWriter::value(std::string_view text) {
    before_value();
    append_text(text);
    needs_comma_ = true;
    return *this;
}

JsonWriter &JsonWriter::null() { return literal("null"); }

std::string JsonWriter::take() {
    assert(open_.empty() && !after_key_ && !out_.empty());
    needs_comma_ = false;
    return std::exchange(out_, {});
}

JsonWriter &JsonWriter::literal(std::string_view json) {
    before_value();
    out_ += json;
    needs_comma_ = true;
    return *this;
}

JsonWriter &JsonWriter::open(char bracket) {
    before_value();
    out_ += bracket;
    open_ += bracket;
    needs_comma_ = false;
    return *this;
}

JsonWriter &JsonWriter::close(char bracket, [[maybe_unused]] char opened_by) {
    assert(!open_.empty() && open_.back() == opened_by && !after_key_);
    out_ += bracket;
    open_.pop_back();
    needs_comma_ = true;
    return *this;
}

void JsonWriter::before_value() {
    // Inside an object a value follows its key; outside everything there is exactly one value.
    assert(open_.empty() ? out_.empty() : (open_.back() == '{') == after_key_);
    if (needs_comma_ && !after_key_) out_ += ',';
    after_key_ = false;
}

void JsonWriter::append_text(std::string_view text) {
    out_ += '"';
    while (!text.empty()) {
        const Character character = first_character(text);
        if (!character.valid) {
            out_ += replacement_character;
        } else if (character.code < 0x20 || character.code == 0x7f || character.code == '"' ||
                   character.code == '\\') {
            append_escape(out_, text[0]);
        } else {
            out_ += text.substr(0, character.size);
        }
        text.remove_prefix(character.size);
    }
    out_ += '"';
}

} // namespace xtap::api
