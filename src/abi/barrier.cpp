// See barrier.hpp.
#include "abi/barrier.hpp"

#include <algorithm>
#include <cstring>

namespace xtap::abi {

namespace {

// Version 1's size: a later, larger struct is filled as far as the caller's size says it reaches.
constexpr std::size_t kErrorSize1 = sizeof(xtap_error);

// Cut on a whole UTF-8 character and ended by a NUL.
template <std::size_t Capacity> void put(char (&field)[Capacity], std::string_view text) noexcept {
    std::size_t size = std::min(text.size(), Capacity - 1);
    if (size < text.size())
        while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xc0) == 0x80)
            --size;
    std::memcpy(field, text.data(), size);
    field[size] = '\0';
}

} // namespace

bool usable(const xtap_error *error) noexcept {
    return error == nullptr || error->struct_size >= kErrorSize1;
}

void clear(xtap_error *error) noexcept {
    if (error == nullptr) return;
    error->status = XTAP_OK;
    error->http_status = 0;
    error->retriable = 0;
    error->retry_after_ms = error->needed = 0;
    error->message[0] = error->problem_type[0] = error->problem_title[0] = error->request_id[0] = '\0';
}

xtap_status fill(xtap_error *error, const Failure &failure) noexcept {
    if (error != nullptr) {
        error->status = code_of(failure.status);
        error->http_status = failure.http_status;
        error->retriable = failure.retriable ? 1 : 0;
        error->retry_after_ms = failure.retry_after_ms;
        error->needed = failure.needed;
        put(error->message, failure.message);
        put(error->problem_type, failure.problem_type);
        put(error->problem_title, failure.problem_title);
        put(error->request_id, failure.request_id);
    }
    return code_of(failure.status);
}

xtap_status fill(xtap_error *error, Status status, std::string_view message) noexcept {
    clear(error);
    if (error != nullptr) {
        error->status = code_of(status);
        put(error->message, message);
    }
    return code_of(status);
}

} // namespace xtap::abi
