// xtap_response: an answer, to be read.
#include "abi/arguments.hpp"
#include "abi/barrier.hpp"
#include "abi/handle.hpp"

using namespace xtap;
using namespace xtap::abi;

namespace {

constexpr xtap_text kAbsent{nullptr, 0};

xtap_text text(std::string_view view) { return {view.data(), view.size()}; }

} // namespace

int32_t xtap_response_http_status(const xtap_response *response) {
    return is_live(response) ? response->core.head.status : 0;
}

xtap_text xtap_response_body(const xtap_response *response) {
    return is_live(response) ? text(response->core.body) : kAbsent;
}

xtap_text xtap_response_header(const xtap_response *response, const char *name) {
    if (!is_live(response)) return kAbsent;
    if (name == nullptr) return text(response->core.headers);
    const std::optional<std::string_view> value = response->core.header(name);
    return value ? text(*value) : kAbsent;
}

xtap_status xtap_response_copy_body(const xtap_response *response, char *buffer, size_t capacity,
                                    size_t *size_out) {
    return guarded(nullptr,
                   [&] { return copy_out(handle_of(response).core.body, buffer, capacity, size_out); });
}

void xtap_response_destroy(xtap_response *response) {
    if (is_live(response)) destroy(response);
}
