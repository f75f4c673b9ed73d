// See network.hpp.
#include "network.hpp"

#include "small_server.hpp"

#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

namespace xtap::test {
namespace {

constexpr int kBacklog = 64;

} // namespace

Network::Network(int server_port) : server_port_(server_port) {
    listening_ = listen_on_loopback(kBacklog, port_);
    told_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    thread_ = std::thread([this] { serve(); });
}

Network::~Network() {
    stop();
    for (const int fd : fillings_)
        ::close(fd);
    ::close(listening_);
    ::close(told_);
}

std::string Network::url() const { return "http://127.0.0.1:" + std::to_string(port_); }

void Network::stop() {
    if (!thread_.joinable()) return;
    ::listen(listening_, 0); // before connections are cut: else those that come back at once still get in
    over_ = true;
    ::eventfd_write(told_, 1);
    thread_.join();
    fillings_ = fill_backlog(port_);
}

void Network::go_on() {
    ::listen(listening_, kBacklog);
    for (const int fd : fillings_)
        ::close(fd);
    fillings_.clear();
    eventfd_t told = 0;
    ::eventfd_read(told_, &told);
    over_ = false;
    thread_ = std::thread([this] { serve(); });
}

void Network::serve() {
    while (!over_) {
        std::vector<pollfd> waits{{told_, POLLIN, 0}, {listening_, POLLIN, 0}};
        for (const Pair &pair : pairs_) {
            waits.push_back({pair.client, POLLIN, 0});
            waits.push_back({pair.server, POLLIN, 0});
        }
        if (::poll(waits.data(), waits.size(), -1) < 0) continue;
        std::vector<Pair> left;
        for (std::size_t i = 0; i < pairs_.size(); ++i) {
            const Pair &pair = pairs_[i];
            const bool goes_on = (waits[2 + 2 * i].revents == 0 || pass(pair.client, pair.server)) &&
                                 (waits[3 + 2 * i].revents == 0 || pass(pair.server, pair.client));
            if (goes_on)
                left.push_back(pair);
            else
                cut(pair);
        }
        pairs_ = std::move(left);
        if (waits[1].revents != 0) accept();
    }
    for (const Pair &pair : pairs_)
        cut(pair);
    pairs_.clear();
}

void Network::accept() {
    const int client = ::accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) return;
    const int server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_in address = loopback_address(server_port_);
    if (::connect(server, reinterpret_cast<const sockaddr *>(&address), sizeof address) == 0)
        pairs_.push_back({client, server});
    else
        cut({client, server});
}

// False when nothing more comes from there.
bool Network::pass(int from, int to) {
    char room[64 * 1024];
    const ssize_t got = ::recv(from, room, sizeof room, MSG_DONTWAIT);
    if (got > 0) write_all(to, {room, static_cast<std::size_t>(got)});
    return got != 0;
}

void Network::cut(const Pair &pair) {
    const linger reset{1, 0};
    ::setsockopt(pair.client, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    ::close(pair.client);
    ::close(pair.server);
}

} // namespace xtap::test
