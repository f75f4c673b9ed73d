// See response.hpp.
#include "client/response.hpp"

namespace xtap::client {

std::optional<std::string_view> Response::header(std::string_view name) const noexcept {
    for (std::string_view rest = headers; !rest.empty();) {
        const std::string_view line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(line.size() + 1);
        std::string_view known, value;
        if (edge::split_header(line, known, value) && edge::same_header(known, name)) return value;
    }
    return std::nullopt;
}

} // namespace xtap::client
