// Walks over JSON that a parser has found well-formed, so that it only needs to know where values end.
#include "cli/base/page_items.hpp"

#include "json/value.hpp"

#include <algorithm>

namespace xtap::cli {
namespace {

class Walk {
public:
    explicit Walk(std::string_view json) : json_(json) {}

    char next() {
        while (at_ < json_.size() && std::string_view(" \t\r\n").find(json_[at_]) != std::string_view::npos)
            ++at_;
        return at_ < json_.size() ? json_[at_] : '\0';
    }
    bool take(char expected) {
        if (next() != expected) return false;
        ++at_;
        return true;
    }
    std::string_view value() {
        const char first = next();
        const std::size_t start = at_;
        if (first == '"') {
            skip_text();
        } else if (first == '{' || first == '[') {
            skip_nested();
        } else {
            at_ = std::min(json_.find_first_of(",]} \t\r\n", at_), json_.size());
        }
        return json_.substr(start, at_ - start);
    }

private:
    void skip_text() {
        for (++at_; at_ < json_.size() && json_[at_] != '"'; ++at_)
            at_ += json_[at_] == '\\' ? 1 : 0;
        at_ = std::min(at_ + 1, json_.size());
    }
    void skip_nested() {
        std::size_t depth = 0;
        while (at_ < json_.size()) {
            const char c = json_[at_];
            if (c == '"') {
                skip_text();
                continue;
            }
            ++at_;
            if (c == '{' || c == '[') ++depth;
            if ((c == '}' || c == ']') && --depth == 0) return;
        }
    }

    std::string_view json_;
    std::size_t at_ = 0;
};

std::vector<std::string_view> elements_of(std::string_view value) {
    std::vector<std::string_view> elements;
    Walk walk(value);
    if (!walk.take('[')) {
        if (value != "null") elements.push_back(value);
        return elements;
    }
    while (walk.next() != ']' && walk.next() != '\0') {
        elements.push_back(walk.value());
        walk.take(',');
    }
    return elements;
}

// A key may be written with escapes.
bool is_key(std::string_view text, std::string_view key) {
    return text.find('\\') == std::string_view::npos ? text.substr(1, text.size() - 2) == key
                                                     : Json::parse(text) == key;
}

} // namespace

std::optional<Page> page_of(std::string_view body) {
    Walk walk(body);
    if (!Json::accept(body) || !walk.take('{')) return std::nullopt;
    Page page;
    while (walk.next() == '"') {
        const std::string_view key = walk.value();
        walk.take(':');
        const std::string_view value = walk.value();
        if (is_key(key, "data")) page.items = elements_of(value);
        if (is_key(key, "errors")) page.errors = value;
        walk.take(',');
    }
    return page;
}

void append_line(std::string &lines, std::string_view item) {
    for (const char c : item) {
        if (c != '\n' && c != '\r') lines += c;
    }
    lines += '\n';
}

} // namespace xtap::cli
