// Reads and writes JSON. The one file that includes nlohmann's parser and writer.
#include "json/value.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>

namespace xtap::json {
namespace {

// "[json.exception.parse_error.101] parse error at ..." without what only programmers know.
std::string reason_of(const std::exception &error) {
    const std::string_view what = error.what();
    const std::size_t end = what.find("] ");
    return std::string(end == std::string_view::npos ? what : what.substr(end + 2));
}

} // namespace

// Told by nlohmann's parser what it reads. Keeps what is open in a list of its own, so that depth takes no
// stack.
class Builder {
public:
    using number_integer_t = nlohmann::json::number_integer_t;
    using number_unsigned_t = nlohmann::json::number_unsigned_t;
    using number_float_t = nlohmann::json::number_float_t;
    using string_t = nlohmann::json::string_t;
    using binary_t = nlohmann::json::binary_t;

    bool null() { return put(nullptr); }
    bool boolean(bool truth) { return put(truth); }
    bool number_integer(number_integer_t number) { return put(number); }
    bool number_unsigned(number_unsigned_t number) { return put(number); }
    bool number_float(number_float_t number, const string_t &) { return put(number); }
    bool string(string_t &text) { return put(std::move(text)); }
    bool binary(binary_t &) { return false; } // no text holds any
    bool start_object(std::size_t) { return open(true); }
    bool key(string_t &key) {
        open_.back().members.emplace_back(std::move(key), nullptr);
        return true;
    }
    bool end_object() {
        Members members = std::move(open_.back().members);
        open_.pop_back();
        return put(Value::object_of(std::move(members)));
    }
    bool start_array(std::size_t) { return open(false); }
    bool end_array() {
        std::vector<Value> elements = std::move(open_.back().elements);
        open_.pop_back();
        return put(Value(std::move(elements)));
    }
    bool parse_error(std::size_t, const std::string &, const std::exception &error) {
        why_not = reason_of(error);
        return false;
    }

    Value whole;
    std::string why_not;

private:
    using Members = std::vector<std::pair<std::string, Value>>;
    struct Container {
        bool is_object;
        Members members;
        std::vector<Value> elements;
    };

    bool open(bool is_object) {
        open_.push_back({is_object, {}, {}});
        return true;
    }
    bool put(Value value) {
        if (open_.empty())
            whole = std::move(value);
        else if (open_.back().is_object)
            open_.back().members.back().second = std::move(value);
        else
            open_.back().elements.push_back(std::move(value));
        return true;
    }

    std::vector<Container> open_;
};

namespace {

// Walks with a list of what is open, as the parser does. Only what is not plain goes through nlohmann.
class Writer {
public:
    explicit Writer(const Layout &layout) : layout_(layout) {}

    std::string write(const Value &value) {
        start(value);
        while (!open_.empty()) {
            Container &container = open_.back();
            if (container.at == container.parts.size()) {
                end(container.is_object);
                continue;
            }
            const Part part = container.parts[container.at++];
            if (container.at > 1) text_ += ',';
            new_line();
            if (part.key != nullptr) {
                write_text(*part.key);
                text_ += layout_.indent < 0 ? ":" : ": ";
            }
            start(*part.value);
        }
        return std::move(text_);
    }

private:
    struct Part {
        const std::string *key; // of a member
        const Value *value;
    };
    struct Container {
        bool is_object;
        std::vector<Part> parts;
        std::size_t at = 0;
    };

    void start(const Value &value) {
        if (value.is_array()) return start_array(value);
        if (value.is_object()) return start_object(value);
        if (value.is_null())
            text_ += "null";
        else if (value.is_boolean())
            text_ += value.get<bool>() ? "true" : "false";
        else if (value.is_string())
            write_text(value.text());
        else if (value.is_number_unsigned())
            text_ += std::to_string(value.get<std::uint64_t>());
        else if (value.is_number_integer())
            text_ += std::to_string(value.get<std::int64_t>());
        else
            text_ += nlohmann::json(value.get<double>()).dump();
    }
    void start_array(const Value &array) {
        if (array.empty()) return void(text_ += "[]");
        std::vector<Part> parts;
        parts.reserve(array.size());
        for (const Value &element : array)
            parts.push_back({nullptr, &element});
        text_ += '[';
        open_.push_back({false, std::move(parts)});
    }
    void start_object(const Value &object) {
        if (object.empty()) return void(text_ += "{}");
        std::vector<Part> parts;
        parts.reserve(object.size());
        for (const auto &[key, value] : object.items())
            parts.push_back({&key, &value});
        const auto before = [](const Part &left, const Part &right) { return *left.key < *right.key; };
        if (!layout_.as_made && !std::is_sorted(parts.begin(), parts.end(), before))
            std::sort(parts.begin(), parts.end(), before);
        text_ += '{';
        open_.push_back({true, std::move(parts)});
    }
    void end(bool is_object) {
        open_.pop_back();
        new_line();
        text_ += is_object ? '}' : ']';
    }
    void new_line() {
        if (layout_.indent < 0) return;
        text_ += '\n';
        text_.append(open_.size() * static_cast<std::size_t>(layout_.indent), ' ');
    }
    void write_text(const std::string &text) {
        const auto plain = [](char c) { return c >= ' ' && c < '\x7f' && c != '"' && c != '\\'; };
        if (std::all_of(text.begin(), text.end(), plain)) {
            text_.append(1, '"').append(text).append(1, '"');
            return;
        }
        using Handler = nlohmann::json::error_handler_t;
        try {
            const Handler handler = layout_.replace_invalid ? Handler::replace : Handler::strict;
            text_ += nlohmann::json(text).dump(-1, ' ', false, handler);
        } catch (const nlohmann::json::exception &error) {
            throw Error("JSON cannot hold a text: " + reason_of(error));
        }
    }

    const Layout layout_;
    std::string text_;
    std::vector<Container> open_;
};

} // namespace

Value Value::parse(std::string_view text) {
    Builder builder;
    if (!nlohmann::json::sax_parse(text.begin(), text.end(), &builder))
        throw Error("this is no JSON: " + builder.why_not);
    return std::move(builder.whole);
}

Value Value::parse_or_null(std::string_view text) {
    Builder builder;
    return nlohmann::json::sax_parse(text.begin(), text.end(), &builder) ? std::move(builder.whole) : Value();
}

bool Value::accept(std::string_view text) { return nlohmann::json::accept(text.begin(), text.end()); }

std::string Value::dump(const Layout &layout) const { return Writer(layout).write(*this); }

std::ostream &operator<<(std::ostream &out, const Value &value) {
    return out << value.dump({.replace_invalid = true});
}

void PrintTo(const Value &value, std::ostream *out) { *out << value; }

} // namespace xtap::json
