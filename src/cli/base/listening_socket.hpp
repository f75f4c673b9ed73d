// A socket that listens on this machine alone. Knows nothing about what is spoken there.
#pragma once

#include <cstdint>

namespace xtap::cli {

// Non-blocking; -1 with errno when it cannot be had. Port 0: any that is free.
int listening_socket(bool is_ipv6, std::uint16_t port) noexcept;
std::uint16_t port_of(int listener) noexcept;

} // namespace xtap::cli
