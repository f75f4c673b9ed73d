// Values for any parameter of the table: one that it takes, and all the kinds that it must refuse.
#pragma once

#include "api/operation.hpp"

#include <algorithm>
#include <initializer_list>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

namespace xtap::test {

inline bool fits(const api::Parameter &parameter, const std::string &text) {
    return parameter.pattern.empty() ||
           std::regex_match(text, std::regex(std::string(parameter.pattern))); // not the matcher under test
}

// The `number`th of many different texts that the pattern and the lengths take.
inline std::string example_text(const api::Parameter &parameter, int number = 0) {
    const std::string digits = std::to_string(number + 1);
    const auto least = static_cast<std::size_t>(std::max(parameter.min_length, 1));
    for (const std::string &form :
         {digits, "7_" + digits, "7-" + digits, "u" + digits, std::string(43, 'v') + digits,
          std::string(12 - std::min<std::size_t>(11, digits.size()), '2') + digits}) {
        std::string text = form;
        if (text.size() < least) text.append(least - text.size(), 'a');
        if (fits(parameter, text)) return text;
    }
    return "no text fits this pattern"; // the test that uses it fails
}

inline std::string example_list(const api::Parameter &parameter, int items) {
    std::string list;
    for (int item = 0; item < items; ++item)
        list += (item == 0 ? "" : ",") + example_text(parameter, item);
    return list;
}

inline std::string example_value(const api::Parameter &parameter) {
    switch (parameter.type) {
    case api::Type::integer:
        return std::to_string(parameter.has_minimum() ? parameter.minimum : 1);
    case api::Type::date_time:
        return parameter.name.starts_with("end") ? "2024-02-29T00:00:00Z" : "2024-01-31T23:59:59Z";
    case api::Type::boolean:
        return "true";
    case api::Type::text:
    case api::Type::list:
        break;
    }
    if (!parameter.values.empty()) return std::string(parameter.values.front());
    return parameter.type == api::Type::text ? example_text(parameter)
                                             : example_list(parameter, std::max(parameter.min_items, 1));
}

// What is out of range, of the wrong type, unknown, of another form, too long, too short, too many, twice.
inline std::vector<std::string> refused_values(const api::Parameter &parameter) {
    std::vector<std::string> refused = {""};
    const auto refuse = [&](std::initializer_list<std::string> values) {
        refused.insert(refused.end(), values);
    };
    const bool text = parameter.type == api::Type::text, list = parameter.type == api::Type::list;
    if (!text && !list) refuse({"soon", "1.5", "1 ", " "});
    if (parameter.type != api::Type::integer && !text && !list) refuse({"1"});
    if (parameter.has_minimum()) refuse({std::to_string(parameter.minimum - 1)});
    if (parameter.has_maximum()) refuse({std::to_string(parameter.maximum + 1)});
    if (!parameter.values.empty()) refuse({"no such value", std::string(parameter.values.front()) + " "});
    if (!parameter.pattern.empty()) refuse({"!", "1\xC2\xB9", "../1", "1%2f", std::string(200, '1')});
    if (parameter.min_length > 1) refuse({"a"});
    if (parameter.max_length > 0)
        refuse({std::string(static_cast<std::size_t>(parameter.max_length) + 1, 'a')});
    if (!list) return refused;
    const std::string item = example_value(parameter);
    refuse({item + "," + item, item + ",", "," + item});
    if (parameter.max_items > 0) refuse({example_list(parameter, parameter.max_items + 1)});
    return refused;
}

} // namespace xtap::test
