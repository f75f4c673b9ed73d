// Writes JSON, front to back, into one string. Knows no schema; the caller gives keys and values in order.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

namespace xtap::api {

// Misuse (a value without its key, an end that does not match, taking an unfinished text) is a mistake in our
// own code and asserted. Texts may be any bytes: what is not UTF-8 becomes U+FFFD, so the result is always
// valid JSON.
class JsonWriter {
public:
    JsonWriter &begin_object();
    JsonWriter &end_object();
    JsonWriter &begin_array();
    JsonWriter &end_array();
    JsonWriter &key(std::string_view name);

    JsonWriter &value(std::string_view text);
    JsonWriter &value(const char *text) {
        return value(std::string_view(text));
    } // else it would be taken for a bool
    JsonWriter &value(const std::string &text) { return value(std::string_view(text)); }
    JsonWriter &null();
    template <std::integral Number> JsonWriter &value(Number number) {
        if constexpr (std::is_same_v<Number, bool>) {
            return literal(number ? "true" : "false");
        } else {
            return literal(std::to_string(number));
        }
    }
    // `json` must be one whole JSON value; it is written as it is.
    JsonWriter &raw(std::string_view json) { return literal(json); }

    template <class Value> JsonWriter &member(std::string_view name, const Value &content) {
        return key(name).value(content);
    }

    // The finished text; the writer is empty and ready for another one.
    std::string take();

private:
    JsonWriter &literal(std::string_view json);
    JsonWriter &open(char bracket);
    JsonWriter &close(char bracket, char opened_by);
    void before_value();
    void append_text(std::string_view text);

    std::string out_;
    std::string open_; // the brackets not closed yet, outermost first
    bool needs_comma_ = false;
    bool after_key_ = false;
};

} // namespace xtap::api
