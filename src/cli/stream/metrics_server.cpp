// poll over a few sockets.
#include "cli/stream/metrics_server.hpp"

#include "cli/base/complaint.hpp"
#include "cli/base/listening_socket.hpp"
#include "cli/stream/scrape.hpp"

#include <cerrno>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace xtap::cli {
namespace {

constexpr std::size_t kMostScrapers = 16;
constexpr int kMostASecond = 50; // asking for the figures takes the stream's locks for a moment
constexpr std::chrono::seconds kPatience(5);

int listener_at(std::uint16_t port) {
    const int fd = listening_socket(false, port);
    if (fd >= 0) return fd;
    throw Complaint(ExitCode::failure,
                    "cannot serve metrics on port " + std::to_string(port) + ": " +
                        std::generic_category().message(errno),
                    "--metrics :0 takes any port that is free");
}

} // namespace

MetricsServer::MetricsServer(std::uint16_t port, std::function<std::string()> page)
    : page_(std::move(page)), listener_(listener_at(port)), port_(port_of(listener_)),
      stop_fd_(::eventfd(0, EFD_CLOEXEC)), second_began_(Clock::now()) {
    if (stop_fd_ < 0) {
        const int problem = errno;
        ::close(listener_);
        throw std::system_error(problem, std::generic_category(), "eventfd");
    }
    thread_ = std::thread([this] { serve(); });
}

MetricsServer::~MetricsServer() {
    ::eventfd_write(stop_fd_, 1);
    thread_.join();
    for (Visitor &visitor : visitors_)
        dismiss(visitor);
    ::close(listener_);
    ::close(stop_fd_);
}

bool MetricsServer::may_admit(Clock::time_point now) noexcept {
    if (now - second_began_ >= std::chrono::seconds(1)) {
        second_began_ = now;
        admitted_ = 0;
    }
    return admitted_ < kMostASecond;
}

// False when it is to end.
bool MetricsServer::wait(std::vector<pollfd> &watched) const {
    // Someone who is late, or the next second: both are looked at again soon enough.
    const bool is_idle = visitors_.empty() && watched[1].fd >= 0;
    const int ready = ::poll(watched.data(), watched.size(), is_idle ? -1 : 250);
    if (ready < 0)
        for (pollfd &one : watched)
            one.revents = 0;
    return watched[0].revents == 0;
}

void MetricsServer::serve() noexcept {
    std::vector<pollfd> watched;
    while (true) {
        try {
            watched = {{stop_fd_, POLLIN, 0}, {may_admit(Clock::now()) ? listener_ : -1, POLLIN, 0}};
            for (const Visitor &visitor : visitors_)
                watched.push_back(
                    {visitor.fd, static_cast<short>(visitor.answer.empty() ? POLLIN : POLLOUT), 0});
            if (!wait(watched)) return;
            for (std::size_t index = 0; index < visitors_.size(); ++index) {
                if (watched[index + 2].revents != 0) attend(visitors_[index]);
                if (visitors_[index].until < Clock::now()) dismiss(visitors_[index]);
            }
            std::erase_if(visitors_, [](const Visitor &visitor) { return visitor.fd < 0; });
            if (watched[1].revents != 0) admit();
        } catch (const std::exception &) {
            for (Visitor &visitor : visitors_) // no memory: nobody is owed an answer
                dismiss(visitor);
            visitors_.clear();
        }
    }
}

void MetricsServer::admit() {
    const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    ++admitted_; // a failure, too: without descriptors the next one fails at once
    if (fd < 0) return;
    if (visitors_.size() == kMostScrapers) { // the one that took longest so far
        dismiss(visitors_.front());
        visitors_.erase(visitors_.begin());
    }
    visitors_.push_back({fd, Clock::now() + kPatience, "", ""});
}

void MetricsServer::attend(Visitor &visitor) {
    if (visitor.answer.empty()) hear(visitor);
    if (!visitor.answer.empty()) tell(visitor);
}

void MetricsServer::hear(Visitor &visitor) {
    char piece[4096];
    const ssize_t count = ::read(visitor.fd, piece, sizeof piece);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (count <= 0 || visitor.request.size() + static_cast<std::size_t>(count) > kLongestScrape)
        return dismiss(visitor);
    visitor.request.append(piece, static_cast<std::size_t>(count));
    if (is_whole_request(visitor.request)) visitor.answer = scrape_answer(visitor.request, page_);
}

void MetricsServer::tell(Visitor &visitor) {
    const ssize_t count = ::send(visitor.fd, visitor.answer.data(), visitor.answer.size(), MSG_NOSIGNAL);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (count > 0) visitor.answer.erase(0, static_cast<std::size_t>(count));
    if (count <= 0 || visitor.answer.empty()) dismiss(visitor);
}

void MetricsServer::dismiss(Visitor &visitor) noexcept {
    if (visitor.fd < 0) return;
    ::shutdown(visitor.fd, SHUT_WR);
    ::close(std::exchange(visitor.fd, -1));
}

} // namespace xtap::cli
