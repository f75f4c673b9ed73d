// What a call complains of.
#pragma once

#include "json/value.hpp"

#include <functional>
#include <string>

namespace xtap::json {

inline std::string error_of(const std::function<void()> &act) {
    try {
        act();
    } catch (const Error &error) {
        return error.what();
    }
    return "no error";
}

} // namespace xtap::json
