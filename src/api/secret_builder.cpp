// Every buffer is wiped before it is freed, those that became too small as well.
#include "api/secret_builder.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace xtap::api {
namespace {

constexpr std::size_t first_capacity = 256; // most headers and forms never grow beyond

} // namespace

void SecretBuilder::grow_to(std::size_t needed) {
    const std::size_t capacity = std::max({needed, 2 * capacity_, first_capacity});
    std::unique_ptr<char[]> larger(new char[capacity]);
    if (size_ != 0) std::memcpy(larger.get(), bytes_.get(), size_);
    if (bytes_) ::explicit_bzero(bytes_.get(), size_);
    bytes_ = std::move(larger);
    capacity_ = capacity;
}

SecretBuilder &SecretBuilder::operator+=(std::string_view text) {
    if (text.empty()) return *this;
    if (text.size() > capacity_ - size_) grow_to(size_ + text.size());
    std::memcpy(bytes_.get() + size_, text.data(), text.size());
    size_ += text.size();
    return *this;
}

Secret SecretBuilder::take() {
    Secret built(text());
    clear();
    return built;
}

void SecretBuilder::clear() noexcept {
    if (bytes_) ::explicit_bzero(bytes_.get(), size_);
    bytes_.reset();
    size_ = capacity_ = 0;
}

} // namespace xtap::api
