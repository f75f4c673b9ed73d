// One checker per option type. A message names the option first, so that it can stand alone in a log.
#include "api/option_value.hpp"

#include "api/address.hpp"
#include "api/failure.hpp"
#include "api/utf8.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <optional>
#include <string>
#include <tuple>

namespace xtap::api {
namespace {

struct FlagWord {
    std::string_view word;
    bool on;
};
constexpr std::array<FlagWord, 8> flag_words{{{"on", true},
                                              {"off", false},
                                              {"true", true},
                                              {"false", false},
                                              {"yes", true},
                                              {"no", false},
                                              {"1", true},
                                              {"0", false}}};

struct SizeUnit {
    std::string_view suffix;
    std::int64_t bytes;
};
constexpr std::array<SizeUnit, 3> size_units{
    {{"KiB", std::int64_t{1} << 10}, {"MiB", std::int64_t{1} << 20}, {"GiB", std::int64_t{1} << 30}}};

[[noreturn]] void refuse(const OptionSpec &spec, const std::string &what, const std::string &allowed) {
    throw Failure(Status::value, std::string(spec.name) + what + "; allowed: " + allowed);
}

std::int64_t read_flag(const OptionSpec &spec, std::string_view value) {
    for (const FlagWord &known : flag_words)
        if (known.word == value) return known.on ? 1 : 0;
    refuse(spec, ": " + quote(value) + " is neither on nor off", "on, true, yes, 1, off, false, no, 0");
}

std::string range_of(const OptionSpec &spec) {
    std::string range = std::to_string(spec.min);
    range.append(" to ").append(std::to_string(spec.max));
    if (!spec.unit.empty()) range.append(" ").append(spec.unit);
    if (spec.type == OptionType::size) range.append(", also written with KiB, MiB or GiB");
    return range;
}

// Digits, with a minus if they need one. A number too large for 64 bits is pinned to the end of the range, so
// that it is called out of range and not unreadable.
std::optional<std::int64_t> read_digits(std::string_view digits) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (end != digits.data() + digits.size() || digits.empty()) return std::nullopt;
    if (error == std::errc::result_out_of_range)
        return digits.starts_with('-') ? std::numeric_limits<std::int64_t>::min()
                                       : std::numeric_limits<std::int64_t>::max();
    if (error != std::errc{}) return std::nullopt;
    return number;
}

std::int64_t read_number(const OptionSpec &spec, std::string_view value) {
    std::string_view digits = value;
    std::int64_t factor = 1;
    if (spec.type == OptionType::size) {
        for (const SizeUnit &unit : size_units) {
            if (!value.ends_with(unit.suffix)) continue;
            digits.remove_suffix(unit.suffix.size());
            factor = unit.bytes;
        }
    }
    const std::optional<std::int64_t> number = read_digits(digits);
    if (!number) refuse(spec, ": " + quote(value) + " is no whole number", range_of(spec));
    // Compared before it is multiplied: the product may not fit.
    if (*number < spec.min / factor || *number > spec.max / factor || *number * factor < spec.min)
        refuse(spec, ": " + quote(value) + " is out of range", range_of(spec));
    return *number * factor;
}

void check_choice(const OptionSpec &spec, std::string_view value) {
    if (std::ranges::find(spec.choices, value) != spec.choices.end()) return;
    std::string allowed;
    for (const std::string_view choice : spec.choices)
        allowed += (allowed.empty() ? "" : ", ") + std::string(choice);
    refuse(spec, ": " + quote(value) + " is not known", allowed);
}

std::string name_of(unsigned char byte) {
    switch (byte) {
    case '\n':
    case '\r':
        return "a line break";
    case '\t':
        return "a tab";
    case ' ':
        return "a space";
    case '\0':
        return "a NUL";
    default:
        return byte < 0x20 || byte == 0x7f ? "a control character" : "a byte that is not ASCII";
    }
}

// What goes into a header: a line break would let the value add headers of its own. The value is never shown,
// only where it is wrong, counted from 1.
void check_header_text(const OptionSpec &spec, std::string_view value, unsigned char first_allowed,
                       const std::string &allowed) {
    if (value.empty()) refuse(spec, " is empty", allowed);
    for (std::size_t index = 0; index < value.size(); ++index) {
        const auto byte = static_cast<unsigned char>(value[index]);
        if (byte >= first_allowed && byte < 0x7f) continue;
        refuse(spec, " contains " + name_of(byte) + " at byte " + std::to_string(index + 1), allowed);
    }
}

void check_text(const OptionSpec &spec, std::string_view value) {
    switch (spec.option) {
    case Option::base_url:
        std::ignore = parse_base_url(spec.name, value);
        return;
    case Option::proxy:
        if (!value.empty()) check_proxy(spec.name, value);
        return;
    case Option::user_agent:
        check_header_text(spec, value, ' ', "printable ASCII characters");
        return;
    default: // file names: anything that can be one and can be shown
        for (std::size_t index = 0; index < value.size(); ++index) {
            const auto byte = static_cast<unsigned char>(value[index]);
            if (byte < 0x20 || byte == 0x7f)
                refuse(spec, " contains " + name_of(byte) + " at byte " + std::to_string(index + 1),
                       "text without control characters");
        }
    }
}

} // namespace

std::int64_t check_option(const OptionSpec &spec, std::string_view value) {
    switch (spec.type) {
    case OptionType::flag:
        return read_flag(spec, value);
    case OptionType::integer:
    case OptionType::size:
        return read_number(spec, value);
    case OptionType::choice:
        check_choice(spec, value);
        return 0;
    case OptionType::secret:
        check_header_text(spec, value, '!', "printable ASCII characters without spaces");
        return 0;
    case OptionType::text:
        check_text(spec, value);
        return 0;
    }
    return 0;
}

} // namespace xtap::api
