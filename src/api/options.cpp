// Finds options by name, keeps their values, and checks what they demand of each other.
#include "api/options.hpp"

#include "api/address.hpp"
#include "api/failure.hpp"
#include "api/nearest.hpp"
#include "api/option_value.hpp"
#include "api/utf8.hpp"

#include <algorithm>
#include <utility>

namespace xtap::api {
namespace {

const OptionSpec &find(std::string_view name) {
    const auto found = std::ranges::find(option_table(), name, &OptionSpec::name);
    if (found != option_table().end()) return *found;
    std::string message = "there is no option " + quote(name);
    const std::string_view near = nearest(name, option_names());
    if (!near.empty()) {
        message += "; did you mean " + std::string(near) + "?";
    } else {
        message += "; options are";
        for (const std::string_view known : option_names())
            message += (known == option_names().front() ? " " : ", ") + std::string(known);
    }
    throw Failure(Status::unknown_name, message);
}

char upper(char byte) noexcept {
    return byte >= 'a' && byte <= 'z' ? static_cast<char>(byte - ('a' - 'A')) : byte;
}

bool is_variable_byte(char byte) noexcept {
    const char large = upper(byte);
    return (large >= 'A' && large <= 'Z') || (byte >= '0' && byte <= '9') || byte == '_';
}

std::string start_of_variables(std::string_view prefix) {
    const bool begins_well = !prefix.empty() && !(prefix.front() >= '0' && prefix.front() <= '9');
    if (!begins_well || !std::ranges::all_of(prefix, is_variable_byte))
        throw Failure(Status::value, "prefix: " + quote(prefix) +
                                         " cannot begin the name of a variable; allowed: letters, digits and "
                                         "underscores, no digit first, not empty");
    std::string start(prefix);
    if (!start.ends_with('_')) start += '_';
    return start;
}

// An option that means nothing without another one, or would fail hours later.
struct Demand {
    Option option, needs;
};
constexpr std::array<Demand, 7> demands{{{Option::api_key, Option::api_secret},
                                         {Option::api_secret, Option::api_key},
                                         {Option::oauth2_client_secret, Option::oauth2_client_id},
                                         {Option::oauth2_refresh_token, Option::oauth2_client_id},
                                         {Option::oauth1_token, Option::oauth1_token_secret},
                                         {Option::oauth1_token_secret, Option::oauth1_token},
                                         {Option::oauth1_token, Option::api_key}}};

} // namespace

Options::Options() {
    for (const OptionSpec &spec : option_table())
        store(spec, std::nullopt);
}

void Options::store(const OptionSpec &spec, std::optional<std::string_view> value) {
    const bool numeric = spec.type != OptionType::text && spec.type != OptionType::secret;
    Value next;
    next.set = value.has_value();
    if (value || numeric) next.number = check_option(spec, value.value_or(spec.default_text));
    std::string_view kept = value.value_or(spec.default_text);
    // So that a path can be put behind it as it is.
    while (spec.option == Option::base_url && kept.ends_with('/'))
        kept.remove_suffix(1);
    next.text = Secret(kept);
    values_[static_cast<std::size_t>(spec.option)] = std::move(next);
}

void Options::set(std::string_view name, std::optional<std::string_view> value) { store(find(name), value); }

void Options::set_for_stream(std::string_view name, std::optional<std::string_view> value) {
    const OptionSpec &spec = find(name);
    if (spec.scope == OptionScope::client)
        throw Failure(Status::value, std::string(spec.name) +
                                         " is an option of the client: it cannot be set for one request or "
                                         "stream, only in the config that the client is opened with");
    store(spec, value);
}

std::string Options::get(std::string_view name) const {
    const OptionSpec &spec = find(name);
    const Value &value = at(spec.option);
    if (spec.type == OptionType::secret) return value.text.empty() ? "" : "***";
    if (spec.option == Option::proxy) return without_userinfo(value.text.reveal());
    return std::string(value.text.reveal());
}

void Options::load_environment(std::string_view prefix, const Getter &getter) {
    const std::string start = start_of_variables(prefix);
    Options loaded = *this;
    for (const OptionSpec &spec : option_table()) {
        std::string variable = start;
        std::ranges::transform(spec.name, std::back_inserter(variable), upper);
        const char *value = getter(variable);
        if (value == nullptr || *value == '\0') continue;
        try {
            loaded.store(spec, value);
        } catch (Failure &failure) {
            failure.message.insert(0, variable + ": ");
            throw;
        }
    }
    *this = std::move(loaded);
}

void Options::overlay(const Options &over) {
    for (std::size_t index = 0; index < option_count; ++index)
        if (over.values_[index].set) values_[index] = over.values_[index];
}

void Options::check() const {
    const std::int64_t ahead = integer(Option::read_ahead_bytes);
    const std::int64_t event = integer(Option::max_event_bytes);
    if (ahead != 0 && ahead < 2 * event)
        throw Failure(Status::value, "read_ahead_bytes: " + std::to_string(ahead) +
                                         " is less than twice max_event_bytes (" + std::to_string(event) +
                                         "); allowed: 0, or at least " + std::to_string(2 * event));
    if (text(Option::index) == "off" &&
        (text(Option::continuity) != "off" || integer(Option::redundancy) != 1))
        throw Failure(Status::value,
                      "index: \"off\" needs continuity=off and redundancy=1: without an index no event "
                      "has a key or a time to tell what was missed or came twice");
    const BaseUrl url = parse_base_url("base_url", text(Option::base_url));
    if (!url.https && !url.loopback && !flag(Option::allow_insecure))
        throw Failure(Status::value,
                      "base_url: " + quote(text(Option::base_url)) +
                          " would send the bearer token over plain http; allowed: https, http to a loopback "
                          "host (localhost, 127.0.0.0/8, ::1), or allow_insecure=on");
    for (const Demand &demand : demands) {
        if (text(demand.option).empty() || !text(demand.needs).empty()) continue;
        throw Failure(Status::value, std::string(spec_of(demand.option).name) + " is set without " +
                                         std::string(spec_of(demand.needs).name) + ", which it needs");
    }
}

std::string_view Options::text(Option option) const noexcept { return at(option).text.reveal(); }

const Secret &Options::secret(Option option) const noexcept { return at(option).text; }

bool Options::flag(Option option) const noexcept { return at(option).number != 0; }

std::int64_t Options::integer(Option option) const noexcept { return at(option).number; }

bool Options::is_set(Option option) const noexcept { return at(option).set; }

} // namespace xtap::api
