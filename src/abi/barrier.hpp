// The one exception barrier: every entry point's body runs inside it, and every xtap_error is written here.
#pragma once

#include "api/failure.hpp"
#include "xtap/xtap.h"

#include <exception>
#include <new>
#include <string_view>

namespace xtap::abi {

constexpr xtap_status code_of(Status status) { return static_cast<xtap_status>(status); }

// False when `error` is there but too small to be one: then nothing is written to it.
bool usable(const xtap_error *error) noexcept;
void clear(xtap_error *error) noexcept;
xtap_status fill(xtap_error *error, const Failure &failure) noexcept;
xtap_status fill(xtap_error *error, Status status, std::string_view message) noexcept;

// `body` returns a Status or throws.
template <class Body> xtap_status guarded(xtap_error *error, Body &&body) noexcept {
    if (!usable(error)) return XTAP_E_ARGUMENT;
    try {
        const Status status = body();
        clear(error);
        return code_of(status);
    } catch (const Failure &failure) {
        return fill(error, failure);
    } catch (const std::bad_alloc &) {
        return fill(error, Status::no_memory, "out of memory");
    } catch (const std::exception &exception) {
        return fill(error, Status::internal, exception.what());
    } catch (...) {
        return fill(error, Status::internal, "unexpected exception");
    }
}

} // namespace xtap::abi
