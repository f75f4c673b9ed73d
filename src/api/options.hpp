// The options of a client or a stream: values by name, checked as they are set.
// Must not know the environment or any file: whoever loads it gives a way to look variables up.
#pragma once

#include "api/option_table.hpp"
#include "api/secret.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace xtap::api {

class Options {
public:
    Options();

    // No value: back to the default. Throws Failure: unknown_name with the nearest name, or value, naming
    // option, value (never a secret's) and what is allowed; then the option keeps what it had.
    void set(std::string_view name, std::optional<std::string_view> value);
    // The same for one request or stream alone; an option of client scope is refused.
    void set_for_stream(std::string_view name, std::optional<std::string_view> value);

    // The value as text, or the default. A secret reads "***", or "" when it is not set; a proxy's password
    // is masked.
    std::string get(std::string_view name) const;

    // Sets each option whose variable, PREFIX_NAME in capitals, the getter knows; NULL and "" mean not set.
    // All or none: a refused value changes nothing and the message names the variable.
    using Getter = std::function<const char *(const std::string &variable)>;
    void load_environment(std::string_view prefix, const Getter &getter);

    // Every option that is set in `over` replaces this one's.
    void overlay(const Options &over);

    // What options demand of each other. Throws Failure(value) naming both.
    void check() const;

    std::string_view text(Option option) const noexcept; // texts and choices
    const Secret &secret(Option option) const noexcept;
    bool flag(Option option) const noexcept;
    std::int64_t integer(Option option) const noexcept; // integers, and sizes in bytes
    bool is_set(Option option) const noexcept;

private:
    struct Value {
        bool set = false;
        Secret text; // wiped for every type: a proxy's address may hold a password
        std::int64_t number = 0;
    };

    const Value &at(Option option) const noexcept { return values_[static_cast<std::size_t>(option)]; }
    void store(const OptionSpec &spec, std::optional<std::string_view> value);

    std::array<Value, option_count> values_;
};

} // namespace xtap::api
