// The arguments of the C functions: what may not be NULL, and the rule by which a buffer is filled.
#pragma once

#include "api/failure.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace xtap::abi {

// A text argument that may not be NULL.
std::string_view text_of(const char *text, const char *name);
// Writes `text` as the buffer rule says; throws Failure(buffer_small) with what is needed.
Status copy_out(std::string_view text, char *buffer, std::size_t capacity, std::size_t *size_out);

// A failure leaves NULL behind, whatever failed: also an error struct that cannot be written to.
template <class Handle> void clear_out(Handle **out) noexcept {
    if (out != nullptr) *out = nullptr;
}

template <class Pointer> Pointer &out_of(Pointer *out, const char *name) {
    if (out == nullptr) throw Failure(Status::argument, std::string(name) + " is NULL");
    return *out;
}

} // namespace xtap::abi
