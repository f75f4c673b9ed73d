// Checks one value against one parameter of the table. Knows nothing of the other parameters of a request.
#include "api/check_value.hpp"

#include "api/failure.hpp"
#include "api/nearest.hpp"
#include "api/partitions.hpp"
#include "api/pattern.hpp"
#include "api/utf8.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

namespace xtap::api {
namespace {

// Longer than any list of all values of a parameter, shorter than the request line any server accepts.
constexpr std::size_t longest_text = 16'384;

[[noreturn]] void refuse(const Operation &operation, const Parameter &parameter, std::string_view reason,
                         std::string_view hint = {}) {
    std::string message = std::string(operation.id) + ": parameter " + std::string(parameter.name) + ": ";
    message.append(reason);
    if (!hint.empty()) message.append(" (").append(hint).append(")");
    throw Failure(Status::value, message + "; allowed: " + allowed_values(parameter));
}

std::string counted(std::size_t number, const char *of) {
    return std::to_string(number) + " " + of + (number == 1 ? "" : "s");
}

// The value for an error message.
std::string shown(const Operation &operation, const Parameter &parameter, std::string_view value) {
    return may_be_secret(operation, parameter) ? "the value" : quote(value);
}

bool is_digit(char byte) noexcept { return byte >= '0' && byte <= '9'; }

// Only the plain form: no plus sign, no leading zeros, no spaces.
std::optional<std::int64_t> parse_integer(std::string_view text) {
    std::string_view digits = text.starts_with('-') ? text.substr(1) : text;
    if (digits.empty() || (digits.size() > 1 && digits[0] == '0') || text == "-0") return std::nullopt;
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

bool is_range_or_list(std::string_view text) {
    return text.size() > 1 && is_digit(text[0]) &&
           std::all_of(text.begin(), text.end(),
                       [](char byte) { return is_digit(byte) || byte == '-' || byte == ','; }) &&
           text.find_first_of("-,") != std::string_view::npos;
}

void check_integer(const Operation &operation, const Parameter &parameter, std::string_view value) {
    const std::optional<std::int64_t> number = parse_integer(value);
    const auto given = [&] { return shown(operation, parameter, value); };
    if (!number && is_range_or_list(value)) {
        refuse(operation, parameter, given() + " is more than one number", "ranges and lists are not taken");
    }
    if (!number) refuse(operation, parameter, given() + " is not an integer");
    if (*number < parameter.minimum || *number > parameter.maximum) {
        refuse(operation, parameter, given() + " is out of range");
    }
}

// A stream may cover several partitions: a leg for each.
void check_partitions(const Operation &operation, const Parameter &parameter, std::string_view value) {
    std::optional<std::vector<std::uint32_t>> all = parse_partitions(value);
    if (!all)
        refuse(operation, parameter,
               quote(value) + " is neither a partition nor a range or list of them, such as 1-2 or 1,3-5");
    std::sort(all->begin(), all->end());
    if (all->front() < parameter.minimum || all->back() > parameter.maximum)
        refuse(operation, parameter, quote(value) + " is out of range");
    if (std::adjacent_find(all->begin(), all->end()) != all->end())
        refuse(operation, parameter, quote(value) + " names a partition twice");
}

// The number in digits at `from`, which the caller knows to be digits.
int digits_at(std::string_view text, std::size_t from, std::size_t count) {
    int number = 0;
    for (const char digit : text.substr(from, count))
        number = number * 10 + (digit - '0');
    return number;
}

int days_in(int year, int month) {
    constexpr int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : days[month - 1];
}

bool has_time_form(std::string_view text) {
    constexpr std::string_view form = "0000-00-00T00:00:00Z";
    return std::equal(text.begin(), text.end(), form.begin(), form.end(), [](char given, char wanted) {
        return wanted == '0' ? is_digit(given) : given == wanted;
    });
}

void check_time(const Operation &operation, const Parameter &parameter, std::string_view value) {
    const auto given = [&] { return shown(operation, parameter, value); };
    if (!has_time_form(value)) refuse(operation, parameter, given() + " is not a time of this form");
    const int year = digits_at(value, 0, 4), month = digits_at(value, 5, 2), day = digits_at(value, 8, 2);
    const bool is_day = month >= 1 && month <= 12 && day >= 1 && day <= days_in(year, month);
    if (!is_day) refuse(operation, parameter, given() + " names a day that does not exist");
    // Second 60 is a leap second: nobody asks for one and X may not take it.
    if (digits_at(value, 11, 2) > 23 || digits_at(value, 14, 2) > 59 || digits_at(value, 17, 2) > 59) {
        refuse(operation, parameter, given() + " names a time of day that does not exist");
    }
}

std::size_t characters_in(std::string_view text) noexcept {
    std::size_t count = 0;
    for (; !text.empty(); text.remove_prefix(first_character(text).size))
        ++count;
    return count;
}

void check_length(const Operation &operation, const Parameter &parameter, std::string_view value) {
    if (parameter.min_length == 0 && parameter.max_length == 0) return;
    const std::size_t length = characters_in(value);
    const bool short_ = length < static_cast<std::size_t>(parameter.min_length);
    const bool long_ = parameter.max_length != 0 && length > static_cast<std::size_t>(parameter.max_length);
    if (!short_ && !long_) return;
    refuse(operation, parameter, shown(operation, parameter, value) + " has " + counted(length, "character"));
}

void check_pattern(const Operation &operation, const Parameter &parameter, std::string_view value) {
    if (parameter.pattern.empty() || matches(parameter.pattern, value)) return;
    refuse(operation, parameter,
           shown(operation, parameter, value) + " does not match " + std::string(parameter.pattern));
}

// The value under the name the operation documents.
std::string_view known_value(const Operation &operation, const Parameter &parameter, std::string_view value) {
    if (value.empty()) refuse(operation, parameter, "a value is empty");
    for (const ValueAlias &alias : parameter.value_aliases) {
        if (alias.given == value) return alias.sent;
    }
    const auto &values = parameter.values;
    if (values.empty() || std::find(values.begin(), values.end(), value) != values.end()) return value;
    const std::string_view suggestion = nearest(value, values);
    refuse(operation, parameter, shown(operation, parameter, value) + " is not a known value",
           suggestion.empty() ? "" : "did you mean \"" + std::string(suggestion) + "\"?");
}

void check_count(const Operation &operation, const Parameter &parameter, std::size_t items) {
    const bool few = items < static_cast<std::size_t>(parameter.min_items);
    const bool many = parameter.max_items != 0 && items > static_cast<std::size_t>(parameter.max_items);
    if (few || many) refuse(operation, parameter, "the list has " + counted(items, "item"));
}

std::string checked_text(const Operation &operation, const Parameter &parameter, std::string_view value) {
    const std::string_view text = known_value(operation, parameter, value);
    check_length(operation, parameter, text);
    check_pattern(operation, parameter, text);
    return std::string(text);
}

std::string checked_list(const Operation &operation, const Parameter &parameter, std::string_view value) {
    std::vector<std::string_view> items;
    std::string joined;
    for (std::size_t from = 0; from <= value.size();) {
        const std::size_t comma = std::min(value.find(',', from), value.size());
        const std::string_view item = known_value(operation, parameter, value.substr(from, comma - from));
        check_pattern(operation, parameter, item);
        if (std::find(items.begin(), items.end(), item) != items.end()) {
            refuse(operation, parameter, shown(operation, parameter, item) + " is given twice");
        }
        items.push_back(item);
        if (!joined.empty()) joined += ',';
        joined += item;
        from = comma + 1;
    }
    check_count(operation, parameter, items.size());
    return joined;
}

// "16 characters or more", "1 to 4096 characters", "16 characters": what two limits, 0 for none, leave.
std::string limits(std::int32_t least, std::int32_t most, const std::string &of) {
    if (most == 0) return std::to_string(least) + of + " or more";
    if (least == most) return std::to_string(least) + of;
    if (least == 0) return "at most " + std::to_string(most) + of;
    return std::to_string(least) + " to " + std::to_string(most) + of;
}

std::string allowed_text(const Parameter &parameter) {
    std::string allowed = "a text";
    const bool bounded = parameter.min_length > 1 || parameter.max_length != 0;
    if (bounded) allowed += " of " + limits(parameter.min_length, parameter.max_length, " characters");
    if (!parameter.pattern.empty()) allowed += " that matches " + std::string(parameter.pattern);
    return bounded || !parameter.pattern.empty() ? allowed : "a text that is not empty";
}

std::string allowed_list(const Parameter &parameter, const std::string &values) {
    std::string allowed = "a comma-separated list, each once";
    if (parameter.min_items > 1 || parameter.max_items != 0) {
        allowed += ", of " + limits(parameter.min_items, parameter.max_items, " items");
    }
    if (!parameter.pattern.empty()) allowed += ", each matching " + std::string(parameter.pattern);
    return values.empty() ? allowed : allowed + ", of " + values;
}

} // namespace

std::string checked_value(const Operation &operation, const Parameter &parameter, std::string_view value) {
    switch (parameter.type) {
    case Type::integer:
        if (operation.streaming && parameter.name == "partition" && !parse_integer(value))
            check_partitions(operation, parameter, value);
        else
            check_integer(operation, parameter, value);
        break;
    case Type::date_time:
        check_time(operation, parameter, value);
        break;
    case Type::boolean:
        if (value != "true" && value != "false") {
            refuse(operation, parameter, shown(operation, parameter, value) + " is neither");
        }
        break;
    case Type::text:
        return checked_text(operation, parameter, value);
    case Type::list:
        return checked_list(operation, parameter, value);
    }
    return std::string(value);
}

void refuse_unsafe(std::string_view what, std::string_view text, bool secret) {
    const auto refuse_text = [&](std::string_view reason) {
        const std::string given = secret ? "the value" : quote(text);
        throw Failure(Status::value, std::string(what) + ": " + given + " " + std::string(reason));
    };
    if (text.size() > longest_text) refuse_text("has more than " + std::to_string(longest_text) + " bytes");
    for (std::string_view rest = text; !rest.empty();) {
        const Character character = first_character(rest);
        if (!character.valid) refuse_text("is not UTF-8");
        if (is_control(character.code)) refuse_text("holds a control character");
        rest.remove_prefix(character.size);
    }
}

bool may_be_secret(const Operation &operation, const Parameter &parameter) noexcept {
    const bool of_a_user = operation.answer == Answer::local && parameter.values.empty();
    return parameter.place == Place::form || of_a_user;
}

std::string allowed_values(const Parameter &parameter) {
    std::string all;
    for (const std::string_view value : parameter.values)
        all.append(all.empty() ? "" : ", ").append(value);
    switch (parameter.type) {
    case Type::integer: {
        if (!parameter.has_minimum() && !parameter.has_maximum()) return "an integer";
        if (!parameter.has_maximum()) return "an integer from " + std::to_string(parameter.minimum);
        if (!parameter.has_minimum()) return "an integer up to " + std::to_string(parameter.maximum);
        return "an integer from " + std::to_string(parameter.minimum) + " to " +
               std::to_string(parameter.maximum) +
               (parameter.name == "partition" ? ", or a range or list of them" : "");
    }
    case Type::date_time:
        return "a UTC time as YYYY-MM-DDTHH:MM:SSZ";
    case Type::boolean:
        return "true or false";
    case Type::text:
        return all.empty() ? allowed_text(parameter) : "one of " + all;
    case Type::list:
        return allowed_list(parameter, all);
    }
    return {};
}

} // namespace xtap::api
