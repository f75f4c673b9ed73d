// socket, bind, listen.
#include "cli/base/listening_socket.hpp"

#include <cerrno>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace xtap::cli {

int listening_socket(bool is_ipv6, std::uint16_t port) noexcept {
    const int fd = ::socket(is_ipv6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return -1;
    const int yes = 1;
    static_cast<void>(::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes));
    sockaddr_in v4 = {};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    sockaddr_in6 v6 = {};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    v6.sin6_addr = in6addr_loopback;
    const auto *where =
        is_ipv6 ? reinterpret_cast<const sockaddr *>(&v6) : reinterpret_cast<const sockaddr *>(&v4);
    const socklen_t size = is_ipv6 ? sizeof v6 : sizeof v4;
    if (::bind(fd, where, size) == 0 && ::listen(fd, 16) == 0) return fd;
    const int problem = errno;
    ::close(fd);
    errno = problem;
    return -1;
}

std::uint16_t port_of(int listener) noexcept {
    sockaddr_in6 where = {}; // the port is at the same place in both families
    socklen_t size = sizeof where;
    ::getsockname(listener, reinterpret_cast<sockaddr *>(&where), &size);
    return ntohs(where.sin6_port);
}

} // namespace xtap::cli
