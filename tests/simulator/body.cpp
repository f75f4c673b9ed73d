// See body.hpp.
#include "body.hpp"

#include <charconv>
#include <stdexcept>
#include <zlib.h>

namespace xtap::sim {
namespace {

constexpr int kGzipWindow = 15 + 16; // zlib's way to ask for a gzip header

void deflate_into(z_stream &zlib, std::string_view text, int flush, std::string &out) {
    char room[32 * 1024];
    zlib.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(text.data()));
    zlib.avail_in = static_cast<uInt>(text.size());
    do {
        zlib.next_out = reinterpret_cast<Bytef *>(room);
        zlib.avail_out = sizeof room;
        deflate(&zlib, flush);
        out.append(room, sizeof room - zlib.avail_out);
    } while (zlib.avail_out == 0);
}

} // namespace

BodyEncoder::BodyEncoder(bool gzip, std::size_t chunk_size) : chunk_size_(chunk_size) {
    if (!gzip) return;
    zlib_ = std::make_unique<z_stream>();
    if (deflateInit2(zlib_.get(), Z_BEST_SPEED, Z_DEFLATED, kGzipWindow, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        throw std::runtime_error("deflateInit2 failed");
}

BodyEncoder::~BodyEncoder() {
    if (zlib_) deflateEnd(zlib_.get());
}

void BodyEncoder::compress(std::string_view text, int flush) {
    compressed_.clear();
    deflate_into(*zlib_, text, flush, compressed_);
}

void BodyEncoder::chunk(std::string_view bytes, std::string &wire) {
    if (bytes.empty()) return;
    char size[20];
    const auto end = std::to_chars(size, size + sizeof size, bytes.size(), 16).ptr;
    wire.append(size, static_cast<std::size_t>(end - size)).append("\r\n").append(bytes).append("\r\n");
}

void BodyEncoder::chunk_up(std::string_view bytes, std::string &wire, bool flush) {
    if (chunk_size_ == 0) return chunk(bytes, wire);
    if (!held_.empty()) {
        const std::size_t missing = std::min(chunk_size_ - held_.size(), bytes.size());
        held_.append(bytes.substr(0, missing));
        bytes.remove_prefix(missing);
        if (held_.size() == chunk_size_) {
            chunk(held_, wire);
            held_.clear();
        }
    }
    for (; bytes.size() >= chunk_size_; bytes.remove_prefix(chunk_size_))
        chunk(bytes.substr(0, chunk_size_), wire);
    held_.append(bytes);
    if (flush) {
        chunk(held_, wire);
        held_.clear();
    }
}

void BodyEncoder::add(std::string_view text, std::string &wire, bool flush) {
    if (!zlib_) return chunk_up(text, wire, flush);
    if (!text.empty()) {
        compress(text, Z_SYNC_FLUSH);
        chunk_up(compressed_, wire, flush);
    } else if (flush) {
        chunk_up({}, wire, true);
    }
}

void BodyEncoder::finish(std::string &wire) {
    if (zlib_) {
        compress({}, Z_FINISH);
        chunk_up(compressed_, wire, true);
    } else {
        chunk_up({}, wire, true);
    }
    wire.append("0\r\n\r\n");
}

std::string gzipped(std::string_view text) {
    z_stream zlib{};
    if (deflateInit2(&zlib, Z_BEST_SPEED, Z_DEFLATED, kGzipWindow, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        throw std::runtime_error("deflateInit2 failed");
    std::string compressed;
    deflate_into(zlib, text, Z_FINISH, compressed);
    deflateEnd(&zlib);
    return compressed;
}

BombPieces make_bomb(std::string_view head) {
    z_stream zlib{};
    if (deflateInit2(&zlib, Z_BEST_COMPRESSION, Z_DEFLATED, kGzipWindow, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        throw std::runtime_error("deflateInit2 failed");
    BombPieces bomb;
    deflate_into(zlib, head, Z_FULL_FLUSH, bomb.start);
    // After a full flush nothing refers back, so the same bytes can follow themselves.
    deflate_into(zlib, std::string(kBombPiece, 'a'), Z_FULL_FLUSH, bomb.repeat);
    deflateEnd(&zlib);
    return bomb;
}

} // namespace xtap::sim
