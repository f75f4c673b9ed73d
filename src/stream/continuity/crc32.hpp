// The sum by which a cut or altered text is told.
#pragma once

#include <cstdint>
#include <string_view>

namespace xtap::continuity {

// CRC-32 as zlib and Ethernet have it.
std::uint32_t crc32_of(std::string_view text) noexcept;

} // namespace xtap::continuity
