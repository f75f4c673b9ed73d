// Text that must not outlive its use: owned, wiped when it is replaced or freed, never printed.
// Knows nothing of what the secret is for.
#pragma once

#include <cstddef>
#include <iosfwd>
#include <memory>
#include <string_view>
#include <utility>

namespace xtap::api {

class Secret {
public:
    Secret() noexcept = default;
    explicit Secret(std::string_view text);
    Secret(const Secret &other) : Secret(other.reveal()) {}
    Secret(Secret &&other) noexcept
        : bytes_(std::move(other.bytes_)), size_(std::exchange(other.size_, std::size_t{0})) {}
    Secret &operator=(Secret other) noexcept; // by value: the former text is wiped with `other`
    ~Secret();

    // The only way to the text; ends in a NUL. Whoever copies it must wipe the copy.
    std::string_view reveal() const noexcept { return {bytes_ ? bytes_.get() : "", size_}; }
    bool empty() const noexcept { return size_ == 0; }

private:
    // Not a std::string: that keeps short texts inside itself and leaves them behind when it is moved.
    std::unique_ptr<char[]> bytes_;
    std::size_t size_ = 0;
};

std::ostream &operator<<(std::ostream &, const Secret &) = delete;

} // namespace xtap::api
