// Chunks and gzip of the simulator's bodies.
#include "body.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

namespace xtap::sim {
namespace {

// The chunks of a body without its end, as they are cut.
std::vector<std::string> chunks_of(std::string_view wire) {
    std::vector<std::string> chunks;
    while (!wire.empty()) {
        const std::size_t line = wire.find("\r\n");
        const std::size_t size = std::stoul(std::string(wire.substr(0, line)), nullptr, 16);
        if (size == 0) break;
        chunks.emplace_back(wire.substr(line + 2, size));
        wire.remove_prefix(line + 2 + size + 2);
    }
    return chunks;
}

std::string joined(const std::vector<std::string> &chunks) {
    std::string all;
    for (const auto &chunk : chunks)
        all += chunk;
    return all;
}

std::string inflated(const std::string &data, std::size_t most = 1 << 24) {
    z_stream zlib{};
    inflateInit2(&zlib, 15 + 16);
    std::string text(most, '\0');
    zlib.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(data.data()));
    zlib.avail_in = static_cast<uInt>(data.size());
    zlib.next_out = reinterpret_cast<Bytef *>(text.data());
    zlib.avail_out = static_cast<uInt>(text.size());
    inflate(&zlib, Z_SYNC_FLUSH);
    text.resize(text.size() - zlib.avail_out);
    inflateEnd(&zlib);
    return text;
}

TEST(Body, MakesOneChunkPerBatchUnlessToldOtherwise) {
    BodyEncoder encoder(false, 0);
    std::string wire;
    encoder.add("hello\r\n", wire, true);
    encoder.add("world\r\n", wire, true);
    encoder.finish(wire);
    EXPECT_EQ(wire, "7\r\nhello\r\n\r\n7\r\nworld\r\n\r\n0\r\n\r\n");
}

TEST(Body, CutsChunksOfTheSizeAskedForAndKeepsTheTailForLater) {
    BodyEncoder encoder(false, 3);
    std::string wire;
    encoder.add("abcdefg", wire, false);
    EXPECT_EQ(chunks_of(wire), (std::vector<std::string>{"abc", "def"}));
    encoder.add("hij", wire, false);
    encoder.finish(wire);
    EXPECT_EQ(chunks_of(wire), (std::vector<std::string>{"abc", "def", "ghi", "j"}));
}

TEST(Body, HoldsNothingBackWhenFlushed) {
    for (const bool gzip : {false, true}) {
        BodyEncoder encoder(gzip, 4);
        std::string wire;
        encoder.add("a post and its line end\r\n", wire, true);
        const std::string all = joined(chunks_of(wire));
        EXPECT_EQ(gzip ? inflated(all) : all, "a post and its line end\r\n");
    }
}

TEST(Body, CompressesAStreamThatInflatesToTheSame) {
    BodyEncoder encoder(true, 0);
    std::string wire, text;
    for (int i = 0; i < 500; ++i) {
        const std::string line = "line " + std::to_string(i) + "\r\n";
        text += line;
        encoder.add(line, wire, true);
    }
    encoder.finish(wire);
    EXPECT_EQ(inflated(joined(chunks_of(wire))), text);
}

TEST(Bomb, InflatesToManyTimesItsSize) {
    const BombPieces bomb = make_bomb("{\"text\":\"");
    EXPECT_LT(bomb.repeat.size(), kBombPiece / 500);
    const std::string text = inflated(bomb.start + bomb.repeat + bomb.repeat);
    EXPECT_EQ(text.size(), 9 + 2 * kBombPiece);
    EXPECT_EQ(text.substr(0, 11), "{\"text\":\"aa");
}

} // namespace
} // namespace xtap::sim
