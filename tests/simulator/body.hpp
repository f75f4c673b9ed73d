// From the text of a stream to the bytes of an HTTP body: gzip where wanted, then chunks. Knows no sockets.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

struct z_stream_s;

namespace xtap::sim {

class BodyEncoder {
public:
    // chunk_size 0: every add() makes one chunk.
    BodyEncoder(bool gzip, std::size_t chunk_size);
    ~BodyEncoder();

    bool gzip() const { return zlib_ != nullptr; }

    // Appends to `wire`. With flush nothing is held back; without, the tail that fills no chunk waits for
    // more.
    void add(std::string_view text, std::string &wire, bool flush);
    // The end of the gzip stream and the last chunk.
    void finish(std::string &wire);
    // Bytes as one chunk, past gzip.
    static void chunk(std::string_view bytes, std::string &wire);

private:
    void compress(std::string_view text, int flush);
    void chunk_up(std::string_view bytes, std::string &wire, bool flush);

    std::unique_ptr<z_stream_s> zlib_;
    std::size_t chunk_size_;
    std::string compressed_, held_;
};

// The whole of a body, compressed.
std::string gzipped(std::string_view text);

// A piece of gzip data that starts a stream and inflates to `head` and `size` letters; then pieces that each
// inflate to kBombPiece letters and can be repeated for ever.
constexpr std::size_t kBombPiece = std::size_t{1} << 20;
struct BombPieces {
    std::string start, repeat;
};
BombPieces make_bomb(std::string_view head);

} // namespace xtap::sim
