// An operation for tests that takes the kinds of credentials it is told to.
#pragma once

#include "api/operation.hpp"

#include <array>
#include <initializer_list>
#include <span>
#include <string_view>
#include <vector>

namespace xtap::test {

constexpr inline std::array<std::string_view, 2> dm_scopes{"dm.read", "users.read"};

class Taking {
public:
    Taking(std::initializer_list<std::string_view> schemes) {
        for (const std::string_view scheme : schemes)
            security_.push_back({scheme, scheme == "oauth2" ? std::span<const std::string_view>(dm_scopes)
                                                            : std::span<const std::string_view>()});
        operation_.id = "getThings";
        operation_.security = security_;
    }
    Taking(const Taking &) = delete; // the operation points into this
    Taking &operator=(const Taking &) = delete;
    operator const api::Operation &() const { return operation_; } // NOLINT(google-explicit-constructor)

private:
    std::vector<api::Security> security_;
    api::Operation operation_{};
};

} // namespace xtap::test
