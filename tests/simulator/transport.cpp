// See transport.hpp.
#include "transport.hpp"

#include <cerrno>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

namespace xtap::sim {
namespace {

IoResult result_of(ssize_t count, Io on_block) {
    if (count > 0) return {Io::done, static_cast<std::size_t>(count)};
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return {on_block};
    return {Io::closed};
}

// A close with unread input turns into a reset, and the peer may then lose what it was sent.
void discard_input(int fd) {
    char rest[4096];
    while (::recv(fd, rest, sizeof rest, MSG_DONTWAIT) > 0) {
    }
}

} // namespace

Transport::~Transport() {
    if (fd_ >= 0) ::close(fd_);
}

IoResult Transport::read(char *data, std::size_t size) {
    return result_of(::recv(fd_, data, size, 0), Io::want_read);
}

IoResult Transport::write(const char *data, std::size_t size) {
    return result_of(::send(fd_, data, size, MSG_NOSIGNAL), Io::want_write);
}

void Transport::close_orderly() { cut(); }

void Transport::cut() {
    discard_input(fd_);
    ::close(fd_);
    fd_ = -1;
}

void Transport::reset() {
    const linger now{1, 0};
    setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    ::close(fd_);
    fd_ = -1;
}

void prepare_socket(int fd) {
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    const int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

} // namespace xtap::sim
