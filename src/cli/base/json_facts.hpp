// Reads single facts out of JSON that may lack them or hold them in another shape. Knows no key by itself.
#pragma once

#include "json/value.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace xtap::cli {

// Empty when there is no such text.
inline std::string text_fact(const Json &facts, const char *key) {
    const auto found = facts.find(key);
    return found != facts.end() && found->is_string() ? found->get<std::string>() : std::string();
}

inline std::optional<std::int64_t> number_fact(const Json &facts, const char *key) {
    const auto found = facts.find(key);
    if (found == facts.end() || !found->is_number_integer()) return std::nullopt;
    return found->get<std::int64_t>();
}

inline bool flag_fact(const Json &facts, const char *key) {
    const auto found = facts.find(key);
    return found != facts.end() && found->is_boolean() && found->get<bool>();
}

// The list's texts joined with ", "; empty when there is no such list.
inline std::string list_fact(const Json &facts, const char *key) {
    std::string joined;
    const auto found = facts.find(key);
    if (found == facts.end() || !found->is_array()) return joined;
    for (const Json &entry : *found) {
        joined +=
            (joined.empty() ? "" : ", ") + (entry.is_string() ? entry.get<std::string>() : entry.dump());
    }
    return joined;
}

} // namespace xtap::cli
