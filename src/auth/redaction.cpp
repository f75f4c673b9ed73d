// Marks first and masks then, so that secrets which overlap or contain each other leave nothing between them.
#include "auth/redaction.hpp"

#include "api/ascii.hpp"
#include "api/secret_builder.hpp"

#include <algorithm>
#include <vector>

namespace xtap::auth {
namespace {

// The number that `count` hexadecimal digits make; -1 when they are none.
int number_at(std::string_view text, std::size_t at, std::size_t count) noexcept {
    if (text.size() - at < count) return -1;
    int number = 0;
    for (const char c : text.substr(at, count)) {
        if (api::hex_value(c) < 0) return -1;
        number = number << 4 | api::hex_value(c);
    }
    return number;
}

// One character of what was meant, and where its writing ends.
struct Written {
    char byte;
    std::size_t end;
};

// A backslash belongs to what follows it, so texts that were escaped any number of times read the same.
Written written_at(std::string_view text, std::size_t at) noexcept {
    const std::size_t begin = at;
    while (at < text.size() && text[at] == '\\')
        ++at;
    if (at == text.size()) return {'\\', at};
    if (at > begin && text[at] == 'u')
        if (const int code = number_at(text, at + 1, 4); code >= 0 && code < 0x80)
            return {static_cast<char>(code), at + 5};
    Written written{text[at], at + 1};
    while (written.byte == '%') {
        const int byte = number_at(text, written.end, 2);
        if (byte < 0) break;
        written = {static_cast<char>(byte), written.end + 2};
    }
    return written;
}

bool cut_at(std::string_view text, std::size_t at) noexcept {
    return text.substr(at).starts_with("...") || text.substr(at).starts_with("\xE2\x80\xA6");
}

// Where the secret that begins at `at` ends; `at` when none does.
std::size_t end_of(std::string_view secret, std::string_view text, std::size_t at) noexcept {
    const std::size_t begin = at;
    for (std::size_t same = 0; same < secret.size(); ++same) {
        const bool some = at < text.size();
        const Written written = some ? written_at(text, at) : Written{};
        if (!some || written.byte != secret[same])
            return some && same >= shortest_masked && cut_at(text, at) ? at : begin;
        at = written.end;
    }
    return at;
}

class Masker {
public:
    explicit Masker(std::span<const std::string_view> secrets) {
        for (const std::string_view secret : secrets) {
            if (secret.size() < shortest_masked) continue;
            literal_.push_back(secret);
            api::SecretBuilder meant;
            for (std::size_t at = 0; at < secret.size();) {
                const Written written = written_at(secret, at);
                meant += written.byte;
                at = written.end;
            }
            meant_.push_back(meant.take());
        }
    }

    void append(std::string &out, std::string_view text) const {
        const std::vector<bool> marks = marks_of(text);
        for (std::size_t at = 0; at < text.size(); ++at) {
            if (!marks[at])
                out += text[at];
            else if (at == 0 || !marks[at - 1])
                out += "***";
        }
    }

private:
    std::vector<bool> marks_of(std::string_view text) const {
        std::vector<bool> marks(text.size(), false);
        for (std::size_t at = 0; at < text.size(); at = written_at(text, at).end)
            for (const api::Secret &secret : meant_)
                mark(marks, text, at, end_of(secret.reveal(), text, at));
        for (const std::string_view secret : literal_)
            for (std::size_t at = text.find(secret); at != std::string_view::npos;
                 at = text.find(secret, at + 1))
                mark(marks, text, at, at + secret.size());
        return marks;
    }

    // No half of an escape stays.
    static void mark(std::vector<bool> &marks, std::string_view text, std::size_t begin, std::size_t end) {
        if (begin == end) return;
        while (begin > 0 && text[begin - 1] == '\\')
            --begin;
        while (text[end - 1] == '\\' && end < text.size() && text[end] == '\\')
            ++end;
        std::fill(marks.begin() + static_cast<std::ptrdiff_t>(begin),
                  marks.begin() + static_cast<std::ptrdiff_t>(end), true);
    }

    std::vector<std::string_view> literal_;
    std::vector<api::Secret> meant_; // the same, decoded as the text is
};

// Of a string that begins before `at`: where its closing quote is.
std::size_t closing_quote(std::string_view json, std::size_t at) noexcept {
    while (at < json.size() && json[at] != '"')
        at += json[at] == '\\' ? 2 : 1;
    return std::min(at, json.size());
}

} // namespace

std::string redacted(std::string_view text, std::span<const std::string_view> secrets) {
    std::string out;
    Masker(secrets).append(out, text);
    return out;
}

std::string redacted_json(std::string_view json, std::span<const std::string_view> secrets) {
    const Masker masker(secrets);
    std::string out;
    for (std::size_t at = 0; at < json.size();) {
        const std::size_t begin = std::min(json.find('"', at), json.size() - 1) + 1;
        out += json.substr(at, begin - at);
        const std::size_t end = closing_quote(json, begin);
        masker.append(out, json.substr(begin, end - begin));
        if (end < json.size()) out += '"';
        at = end + 1;
    }
    return out;
}

} // namespace xtap::auth
