// Unpacks a gzip body in bounded steps: however much a compressed byte stands for, only one step's output
// exists.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

struct z_stream_s;

namespace xtap::edge {

class Inflater {
public:
    static constexpr std::size_t kStepBytes = 64 * 1024;

    Inflater();
    ~Inflater();
    Inflater(const Inflater &) = delete;
    Inflater &operator=(const Inflater &) = delete;

    void reset(); // a new body begins
    // Unpacks from the front of `input` until one step's output is full or the input used up. The text is
    // valid until the next call. Throws Failure (protocol) when the bytes are no gzip. Several members in a
    // row are one body.
    std::string_view step(std::string_view &input);

private:
    std::unique_ptr<z_stream_s> stream_;
    std::unique_ptr<char[]> output_;
};

} // namespace xtap::edge
