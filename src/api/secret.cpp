// Wiping that the optimiser keeps, in the one place where secrets are freed.
#include "api/secret.hpp"

#include <cstring>

namespace xtap::api {

Secret::Secret(std::string_view text) : bytes_(new char[text.size() + 1]), size_(text.size()) {
    if (!text.empty()) std::memcpy(bytes_.get(), text.data(), text.size());
    bytes_[size_] = '\0';
}

Secret &Secret::operator=(Secret other) noexcept {
    std::swap(bytes_, other.bytes_);
    std::swap(size_, other.size_);
    return *this;
}

Secret::~Secret() {
    if (bytes_) ::explicit_bzero(bytes_.get(), size_);
}

} // namespace xtap::api
