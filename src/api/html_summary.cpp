// The gist of an HTML page, without tags. Knows nothing of problems or JSON.
#include "api/html_summary.hpp"

#include "api/ascii.hpp"

#include <algorithm>

namespace xtap::api {
namespace {

// Enough for a gist; whatever follows in the page is not looked at.
constexpr std::size_t enough = 400;

constexpr bool equal_letters(char left, char right) noexcept { return lower(left) == lower(right); }
constexpr bool is_space(char byte) noexcept { return byte == ' ' || (byte >= '\t' && byte <= '\r'); }

std::size_t find_word(std::string_view page, std::string_view word, std::size_t from) {
    if (from > page.size()) return std::string_view::npos;
    const auto found = std::search(page.begin() + static_cast<std::ptrdiff_t>(from), page.end(), word.begin(),
                                   word.end(), equal_letters);
    return found == page.end() ? std::string_view::npos : static_cast<std::size_t>(found - page.begin());
}

bool starts_with_word(std::string_view text, std::string_view word) {
    return text.size() >= word.size() && std::equal(word.begin(), word.end(), text.begin(), equal_letters);
}

// Where the text goes on after the tag at `tag`; scripts, styles and comments are skipped with what they
// hold.
std::size_t after_tag(std::string_view page, std::size_t tag) {
    struct Hidden {
        std::string_view opens, closes;
    };
    constexpr Hidden hidden[] = {{"<!--", "-->"}, {"<script", "</script"}, {"<style", "</style"}};
    std::size_t from = tag;
    for (const auto &[opens, closes] : hidden) {
        if (!starts_with_word(page.substr(tag), opens)) continue;
        from = find_word(page, closes, tag + opens.size());
        if (from == std::string_view::npos) return page.size();
        break;
    }
    const std::size_t end = page.find('>', from);
    return end == std::string_view::npos ? page.size() : end + 1;
}

// The text without tags; runs of white space, and tags, become one space.
std::string plain(std::string_view page) {
    std::string text;
    bool gap = false;
    for (std::size_t at = 0; at < page.size() && text.size() < enough;) {
        const char byte = page[at];
        if (byte == '<') {
            at = after_tag(page, at);
            gap = true;
            continue;
        }
        ++at;
        if (is_space(byte) || byte == '>') {
            gap = true;
            continue;
        }
        if (gap && !text.empty()) text += ' ';
        gap = false;
        text += byte;
    }
    return text;
}

} // namespace

std::string html_summary(std::string_view page) {
    const std::size_t title = find_word(page, "<title", 0);
    if (title != std::string_view::npos) {
        const std::size_t from = after_tag(page, title);
        const std::size_t end = std::min(find_word(page, "</title", from), page.size());
        std::string text = plain(page.substr(from, end - from));
        if (!text.empty()) return text;
    }
    return plain(page);
}

} // namespace xtap::api
