// By tables that are made while this is compiled; see crc32.hpp.
#include "stream/continuity/crc32.hpp"

#include <array>

namespace xtap::continuity {
namespace {

// Eight tables, so that eight bytes go at a time: table t is what a byte means with t bytes after it.
constexpr std::array<std::array<std::uint32_t, 256>, 8> crc_tables() {
    std::array<std::array<std::uint32_t, 256>, 8> made{};
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
        std::uint32_t rest = byte;
        for (int bit = 0; bit < 8; ++bit)
            rest = (rest >> 1) ^ ((rest & 1) != 0 ? 0xEDB88320U : 0U);
        made[0][byte] = rest;
    }
    for (std::size_t table = 1; table < made.size(); ++table)
        for (std::size_t byte = 0; byte < 256; ++byte)
            made[table][byte] = (made[table - 1][byte] >> 8) ^ made[0][made[table - 1][byte] & 0xFF];
    return made;
}

constexpr auto kCrc = crc_tables();

} // namespace

std::uint32_t crc32_of(std::string_view text) noexcept {
    std::uint32_t crc = ~std::uint32_t{0};
    const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
    for (; text.size() >= 8; text.remove_prefix(8)) {
        crc = kCrc[7][(crc ^ byte(0)) & 0xFF] ^ kCrc[6][(crc >> 8 ^ byte(1)) & 0xFF] ^
              kCrc[5][(crc >> 16 ^ byte(2)) & 0xFF] ^ kCrc[4][crc >> 24 ^ byte(3)] ^ kCrc[3][byte(4)] ^
              kCrc[2][byte(5)] ^ kCrc[1][byte(6)] ^ kCrc[0][byte(7)];
    }
    for (; !text.empty(); text.remove_prefix(1))
        crc = crc >> 8 ^ kCrc[0][(crc ^ byte(0)) & 0xFF];
    return ~crc;
}

} // namespace xtap::continuity
