// A growing run of bytes for the output of one batch: kept from batch to batch, so that no event allocates.
// Unlike std::string it never writes bytes it only makes room for.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>

namespace xtap::cli {

class ByteBuffer {
public:
    void clear() noexcept { size_ = 0; }
    bool empty() const noexcept { return size_ == 0; }
    std::string_view view() const noexcept { return {bytes_.get(), size_}; }

    // Room for `extra` more bytes behind the last one; what is used of it is told with `advance`.
    char *room_for(std::size_t extra) {
        if (capacity_ - size_ < extra) grow(extra);
        return bytes_.get() + size_;
    }
    void advance(std::size_t used) noexcept { size_ += used; }

    void append(std::string_view bytes) {
        if (bytes.empty()) return;
        std::memcpy(room_for(bytes.size()), bytes.data(), bytes.size());
        size_ += bytes.size();
    }
    void append(char byte) {
        *room_for(1) = byte;
        ++size_;
    }

private:
    void grow(std::size_t extra) {
        const std::size_t wanted = std::max(size_ + extra, capacity_ * 2);
        auto larger = std::make_unique_for_overwrite<char[]>(wanted);
        if (size_ != 0) std::memcpy(larger.get(), bytes_.get(), size_);
        bytes_ = std::move(larger);
        capacity_ = wanted;
    }

    std::unique_ptr<char[]> bytes_;
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;
};

} // namespace xtap::cli
