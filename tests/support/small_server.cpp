// See small_server.hpp.
#include "small_server.hpp"

#include "patience.hpp"

#include <arpa/inet.h>
#include <cerrno>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace xtap::test {
namespace {

std::string loopback(const std::string &scheme, int port) {
    return scheme + "://127.0.0.1:" + std::to_string(port);
}

} // namespace

sockaddr_in loopback_address(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

int listen_on_loopback(int backlog, int &port) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = loopback_address(0);
    socklen_t size = sizeof address;
    if (fd < 0 || ::bind(fd, reinterpret_cast<sockaddr *>(&address), sizeof address) != 0 ||
        (backlog >= 0 && ::listen(fd, backlog) != 0) ||
        ::getsockname(fd, reinterpret_cast<sockaddr *>(&address), &size) != 0)
        throw std::system_error(errno, std::generic_category(), "listen");
    port = ntohs(address.sin_port);
    return fd;
}

// The kernel takes a few more than asked for; from then on connecting hangs.
std::vector<int> fill_backlog(int port) {
    std::vector<int> fds;
    const sockaddr_in address = loopback_address(port);
    for (int i = 0; i < 16; ++i) {
        const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        fds.push_back(fd);
        ::connect(fd, reinterpret_cast<const sockaddr *>(&address), sizeof address);
        pollfd wait{fd, POLLOUT, 0};
        if (::poll(&wait, 1, 200) == 0) return fds;
    }
    throw std::runtime_error("the backlog does not fill");
}

SmallServer::SmallServer(Play play) : play_(std::move(play)) {
    listening_ = listen_on_loopback(64, port_);
    stop_ = ::eventfd(0, EFD_CLOEXEC);
    thread_ = std::thread([this] { serve(); });
}

SmallServer::~SmallServer() {
    ::eventfd_write(stop_, 1);
    thread_.join();
    {
        const std::lock_guard lock(mutex_);
        for (const int fd : fds_)
            ::shutdown(fd, SHUT_RDWR); // wakes its play
    }
    for (std::thread &play : plays_)
        play.join();
    for (const int fd : fds_)
        ::close(fd);
    ::close(listening_);
    ::close(stop_);
}

void SmallServer::serve() {
    for (;;) {
        pollfd waits[] = {{listening_, POLLIN, 0}, {stop_, POLLIN, 0}};
        if (::poll(waits, 2, -1) < 0) continue;
        if (waits[1].revents != 0) return;
        const int fd = ::accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC);
        if (fd < 0) continue;
        const std::lock_guard lock(mutex_);
        fds_.push_back(fd);
        if (play_)
            plays_.emplace_back([this, fd] {
                play_(fd);
                ::shutdown(fd,
                           SHUT_RDWR); // closed at the end, so that its number is not given away meanwhile
            });
        ++accepted_;
        accepted_.notify_all();
    }
}

std::string SmallServer::url(const std::string &scheme) const { return loopback(scheme, port_); }

bool SmallServer::wait_accepted(int count) const {
    const auto until = std::chrono::steady_clock::now() + kPatience;
    while (accepted_ < count && std::chrono::steady_clock::now() < until)
        std::this_thread::yield();
    return accepted_ >= count;
}

std::string SmallServer::heard() const {
    const std::lock_guard lock(mutex_);
    char room[4096];
    for (const int fd : fds_)
        for (ssize_t got = 0; (got = ::recv(fd, room, sizeof room, MSG_DONTWAIT)) > 0;)
            heard_.append(room, static_cast<std::size_t>(got));
    return heard_;
}

FullBacklog::FullBacklog() {
    listening_ = listen_on_loopback(0, port_);
    fds_ = fill_backlog(port_);
}

FullBacklog::~FullBacklog() {
    for (const int fd : fds_)
        ::close(fd);
    ::close(listening_);
}

std::string FullBacklog::url() const { return loopback("http", port_); }

int closed_port() {
    int port = 0;
    ::close(listen_on_loopback(-1, port));
    return port;
}

std::string read_head(int fd) {
    std::string text;
    char room[4096];
    while (text.find("\r\n\r\n") == std::string::npos) {
        const ssize_t got = ::recv(fd, room, sizeof room, 0);
        if (got <= 0) break;
        text.append(room, static_cast<std::size_t>(got));
    }
    return text;
}

void write_all(int fd, const std::string &bytes) {
    for (std::size_t at = 0; at < bytes.size();) {
        const ssize_t sent = ::send(fd, bytes.data() + at, bytes.size() - at, MSG_NOSIGNAL);
        if (sent <= 0) return;
        at += static_cast<std::size_t>(sent);
    }
}

} // namespace xtap::test
