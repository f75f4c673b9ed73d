// Sockets and poll, on the calling thread. Browsers open connections on suspicion, so several are heard at
// once.
#include "cli/auth/loopback.hpp"

#include "cli/base/complaint.hpp"
#include "cli/base/listening_socket.hpp"

#include <algorithm>
#include <cerrno>
#include <poll.h>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace xtap::cli {
namespace {

constexpr std::size_t kMostVisitors = 16;
constexpr std::size_t kLongestRequest = 16 * 1024;

[[noreturn]] void fail(const RedirectAddress &address) {
    const std::string why = std::generic_category().message(errno);
    throw Complaint(ExitCode::failure, "cannot listen on port " + std::to_string(address.port) + ": " + why,
                    "give another one with --port, and name it in the app's settings");
}

int listener_at(const RedirectAddress &address) {
    const int fd = listening_socket(address.is_ipv6, address.port);
    if (fd < 0) fail(address);
    return fd;
}

// Small enough for any socket's buffer; a browser that left is nobody to tell.
void send_page(int fd, std::string_view status, std::string_view sentence) {
    const std::string page =
        "<!doctype html><meta charset=\"utf-8\"><title>xtap</title><p>" + std::string(sentence) + "</p>\n";
    const std::string answer =
        "HTTP/1.1 " + std::string(status) +
        "\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: " + std::to_string(page.size()) +
        "\r\nCache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nConnection: close\r\n\r\n" + page;
    static_cast<void>(::send(fd, answer.data(), answer.size(), MSG_NOSIGNAL));
    ::shutdown(fd, SHUT_WR);
    ::close(fd);
}

} // namespace

Loopback::Loopback(RedirectAddress address) : address_(std::move(address)), listener_(listener_at(address_)) {
    if (address_.port == 0) set_port(address_, port_of(listener_));
}

Loopback::~Loopback() {
    for (const Visitor &visitor : visitors_)
        ::close(visitor.fd);
    for (const int fd : {listener_, waiting_}) {
        if (fd >= 0) ::close(fd);
    }
}

void Loopback::admit() {
    const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0) return;
    if (visitors_.size() == kMostVisitors) {
        ::close(visitors_.front().fd);
        visitors_.erase(visitors_.begin());
    }
    visitors_.push_back({fd, ""});
}

void Loopback::dismiss(Visitor &visitor, std::string_view status, std::string_view sentence) {
    send_page(std::exchange(visitor.fd, -1), status, sentence);
}

std::optional<RedirectQuery> Loopback::hear(Visitor &visitor,
                                            const std::function<bool(const RedirectQuery &)> &is_ours) {
    char piece[4096];
    const ssize_t count = ::read(visitor.fd, piece, sizeof piece);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return std::nullopt;
    if (count <= 0 || visitor.request.size() > kLongestRequest) {
        ::close(std::exchange(visitor.fd, -1));
        return std::nullopt;
    }
    visitor.request.append(piece, static_cast<std::size_t>(count));
    if (visitor.request.find("\r\n\r\n") == std::string::npos) return std::nullopt;
    std::optional<RedirectQuery> query = redirect_query(visitor.request);
    if (!query || query->path != address_.path) {
        dismiss(visitor, "404 Not Found", "There is nothing here.");
    } else if (!is_ours(*query)) {
        dismiss(visitor, "400 Bad Request", "This is not the login that xtap waits for.");
    } else {
        waiting_ = std::exchange(visitor.fd, -1);
        return query;
    }
    return std::nullopt;
}

std::optional<RedirectQuery> Loopback::wait(std::chrono::milliseconds timeout, int ended_fd,
                                            const std::function<bool(const RedirectQuery &)> &is_ours) {
    using Clock = std::chrono::steady_clock;
    const auto until = Clock::now() + timeout;
    while (true) {
        std::vector<pollfd> watched = {{ended_fd, POLLIN, 0}, {listener_, POLLIN, 0}};
        for (const Visitor &visitor : visitors_)
            watched.push_back({visitor.fd, POLLIN, 0});
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()).count();
        const int ready = left > 0 ? ::poll(watched.data(), watched.size(),
                                            static_cast<int>(std::min<std::int64_t>(left, 60'000)))
                                   : 0;
        if (left <= 0 || (ready > 0 && watched[0].revents != 0)) return std::nullopt;
        if (ready <= 0) continue;
        for (std::size_t index = 2; index < watched.size(); ++index) {
            if (watched[index].revents == 0) continue;
            if (auto query = hear(visitors_[index - 2], is_ours)) return query;
        }
        std::erase_if(visitors_, [](const Visitor &visitor) { return visitor.fd < 0; });
        if (watched[1].revents != 0) admit();
    }
}

void Loopback::answer(bool well, std::string_view sentence) {
    if (waiting_ < 0) return;
    send_page(std::exchange(waiting_, -1), well ? "200 OK" : "400 Bad Request", sentence);
}

} // namespace xtap::cli
