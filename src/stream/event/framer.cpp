// The framer; see framer.hpp.
#include "stream/event/framer.hpp"

#include <cstring>

namespace xtap::event {

namespace {

constexpr std::string_view kData = "data:";
// What may stand around a line without being part of it: "data: " and a carriage return.
constexpr std::size_t kAround = kData.size() + 2;

// How many bytes in front of a line are its field's name: "data:" and at most one space.
std::size_t field_name_size(std::string_view line) {
    if (!line.starts_with(kData)) return 0;
    return kData.size() + (line.substr(kData.size()).starts_with(' ') ? 1 : 0);
}

std::string_view without_carriage_return(std::string_view line) {
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    return line;
}

std::size_t find_line_end(std::string_view input) {
    const void *end = input.empty() ? nullptr : std::memchr(input.data(), '\n', input.size());
    return end == nullptr ? std::string_view::npos
                          : static_cast<std::size_t>(static_cast<const char *>(end) - input.data());
}

} // namespace

Framer::Item Framer::next(std::string_view &input) {
    if (carry_is_whole_) {
        carry_is_whole_ = false;
        clear_carry_ = true;
        return {What::line, carry_, carry_.size()};
    }
    if (clear_carry_) {
        carry_.clear();
        clear_carry_ = false;
    }
    while (!input.empty()) {
        if (skipping_) {
            if (const Item item = skip_oversized(input); item.what != What::nothing) return item;
            continue;
        }
        const std::size_t end = find_line_end(input);
        const std::size_t length = end == std::string_view::npos ? input.size() : end;
        if (carry_.size() + length > limit_ + kAround) {
            begin_skipping(input);
            continue;
        }
        if (end == std::string_view::npos) {
            carry_.append(input);
            input = {};
            break;
        }
        std::string_view line = input.substr(0, end);
        input.remove_prefix(end + 1);
        if (!carry_.empty()) {
            carry_.append(line);
            line = carry_;
            clear_carry_ = true;
        }
        const Item item = finish_line(without_carriage_return(line));
        if (item.what != What::nothing) return item;
        if (clear_carry_) {
            carry_.clear();
            clear_carry_ = false;
        }
    }
    return {};
}

Framer::Item Framer::finish_line(std::string_view line) {
    if (line.empty() || !strip_event_field(line)) {
        ++keep_alives_;
        return {};
    }
    if (line.size() > limit_) return {What::oversized, {}, line.size()};
    return {What::line, line, line.size()};
}

// True when the line carries an event. A JSON object begins with '{', so the test costs one comparison on
// most lines.
bool Framer::strip_event_field(std::string_view &line) {
    if (line.front() == '{') {
        any_line_ = true;
        return true;
    }
    if (const std::size_t name = field_name_size(line); name != 0) {
        event_fields_ = true;
        line.remove_prefix(name);
        return !line.empty();
    }
    // Server-sent events often begin with a comment or `retry:`. Once a plain line came, such bytes are
    // garbage, which is delivered.
    const bool field = line.front() == ':' || line.starts_with("event:") || line.starts_with("id:") ||
                       line.starts_with("retry:");
    if (field && !any_line_) event_fields_ = true;
    if (field && event_fields_) return false;
    any_line_ = true;
    return true;
}

void Framer::begin_skipping(std::string_view input) {
    std::string front = carry_.substr(0, kAround);
    front.append(input.substr(0, kAround));
    field_name_ = field_name_size(front);
    if (field_name_ != 0) event_fields_ = true;
    skipping_ = true;
    skipped_ = carry_.size();
    skipped_return_ = carry_.ends_with('\r');
    carry_.clear();
}

Framer::Item Framer::skip_oversized(std::string_view &input) {
    const std::size_t end = find_line_end(input);
    if (const std::string_view part = input.substr(0, end); !part.empty()) {
        skipped_ += part.size();
        skipped_return_ = part.ends_with('\r');
    }
    if (end == std::string_view::npos) {
        input = {};
        if (skipped_ / kEndlessFactor <= limit_) return {};
        const std::size_t size = skipped_;
        skipped_ = field_name_ = 0; // said once: the reader closes the connection
        skipped_return_ = false;
        return {What::endless, {}, size};
    }
    const std::size_t size = lost() - (skipped_return_ ? 1 : 0);
    input.remove_prefix(end + 1);
    skipping_ = false;
    skipped_ = 0;
    return {What::oversized, {}, size};
}

void Framer::put_back(std::string_view text) {
    if (text.data() >= carry_.data() && text.data() < carry_.data() + carry_.size()) {
        // In place: a new string for every batch that fills up would be an allocation for each.
        carry_.resize(static_cast<std::size_t>(text.data() - carry_.data()) + text.size());
        carry_.erase(0, carry_.size() - text.size());
    } else {
        carry_.assign(text);
    }
    carry_is_whole_ = true;
    clear_carry_ = false;
}

std::string_view Framer::tail() {
    if (clear_carry_) carry_.clear();
    clear_carry_ = false;
    if (skipping_ || carry_.empty()) return {};
    std::string_view line = without_carriage_return(carry_);
    if (line.empty() || !strip_event_field(line)) return {};
    if (line.size() <= limit_) return line;
    skipping_ = true;
    skipped_ = line.size();
    field_name_ = 0;
    carry_.clear();
    return {};
}

void Framer::reset() {
    carry_.clear();
    carry_is_whole_ = clear_carry_ = skipping_ = any_line_ = event_fields_ = skipped_return_ = false;
    skipped_ = field_name_ = 0;
}

} // namespace xtap::event
