// Puts a secret together from pieces without leaving any behind: a std::string that grows frees what it held
// as it is. Knows nothing of what the secret is for.
#pragma once

#include "api/secret.hpp"

#include <cstddef>
#include <memory>
#include <string_view>

namespace xtap::api {

class SecretBuilder {
public:
    SecretBuilder() noexcept = default;
    SecretBuilder(const SecretBuilder &) = delete;
    SecretBuilder &operator=(const SecretBuilder &) = delete;
    ~SecretBuilder() { clear(); }

    SecretBuilder &operator+=(std::string_view text);
    SecretBuilder &operator+=(char byte) { return *this += std::string_view(&byte, 1); }

    std::string_view text() const noexcept { return {bytes_ ? bytes_.get() : "", size_}; }
    std::size_t size() const noexcept { return size_; }

    Secret take(); // what was built; the builder is empty again
    void clear() noexcept;

private:
    void grow_to(std::size_t needed);

    std::unique_ptr<char[]> bytes_;
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;
};

} // namespace xtap::api
