// See link.hpp.
#include "link.hpp"

#include <linux/sockios.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

namespace xtap::sim {
namespace {

constexpr auto kDrainAtMost = std::chrono::seconds(5);

timespec left_until(SteadyTime deadline) {
    const auto left =
        std::max(deadline - std::chrono::steady_clock::now(), std::chrono::steady_clock::duration(0));
    const auto whole = std::chrono::duration_cast<std::chrono::seconds>(left);
    return {whole.count(), std::chrono::nanoseconds(left - whole).count()};
}

} // namespace

Link::Link(std::unique_ptr<Transport> transport, int stop, int wake)
    : transport_(std::move(transport)), stop_(stop), wake_(wake) {}

unsigned Link::poll_for(short events, std::optional<SteadyTime> deadline, bool heed_wake) {
    for (;;) {
        pollfd fds[3] = {
            {transport_->fd(), events, 0}, {stop_, POLLIN, 0}, {heed_wake ? wake_ : -1, POLLIN, 0}};
        timespec left{};
        if (deadline) left = left_until(*deadline);
        const int ready = ppoll(fds, 3, deadline ? &left : nullptr, nullptr);
        if (ready < 0) continue; // EINTR
        if (ready == 0) return kTimeout;
        if (fds[1].revents != 0) throw Ended{"the simulator stopped", Goodbye::cut};
        unsigned found = 0;
        if ((fds[0].revents & (POLLIN | POLLHUP | POLLERR)) != 0) found |= kReadable;
        if ((fds[0].revents & (POLLOUT | POLLHUP | POLLERR)) != 0) found |= kWritable;
        if (fds[2].revents != 0) found |= kWoken;
        return found;
    }
}

void Link::heed_stop() {
    pollfd stop{stop_, POLLIN, 0};
    if (::poll(&stop, 1, 0) > 0) throw Ended{"the simulator stopped", Goodbye::cut};
}

void Link::handshake() {
    for (;;) {
        const IoResult step = transport_->handshake();
        if (step.io == Io::done) return;
        if (step.io == Io::closed) throw Ended{"TLS handshake failed", Goodbye::cut};
        poll_for(step.io == Io::want_read ? POLLIN : POLLOUT, std::nullopt, false);
    }
}

std::size_t Link::read(char *data, std::size_t size) {
    for (;;) {
        const IoResult step = transport_->read(data, size);
        if (step.io == Io::done) return step.bytes;
        if (step.io == Io::closed) return 0;
        poll_for(step.io == Io::want_read ? POLLIN : POLLOUT, std::nullopt, false);
    }
}

void Link::set_patience(std::chrono::milliseconds patience, std::function<void()> on_stuck) {
    patience_ = patience;
    on_stuck_ = std::move(on_stuck);
}

void Link::set_send_buffer(int bytes) {
    setsockopt(transport_->fd(), SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
}

void Link::write(std::string_view data) {
    std::optional<SteadyTime> until; // when the peer has taken nothing for too long
    while (!data.empty()) {
        const IoResult step = transport_->write(data.data(), data.size());
        if (step.io == Io::done) {
            data.remove_prefix(step.bytes);
            until.reset();
            continue;
        }
        if (step.io == Io::closed) throw Ended{"the client closed", Goodbye::cut};
        if (!until && patience_.count() > 0) until = std::chrono::steady_clock::now() + patience_;
        const unsigned found = poll_for(step.io == Io::want_read ? POLLIN : POLLOUT, until, bool(on_wake_));
        if ((found & kWoken) != 0) on_wake_();
        if ((found & kTimeout) == 0) continue;
        if (stuck_) throw Ended{kSlowReader, Goodbye::cut};
        stuck_ = true;
        until.reset();
        on_stuck_();
    }
}

void Link::discard_input() {
    char rest[4096];
    for (;;) {
        const IoResult step = transport_->read(rest, sizeof rest);
        if (step.io == Io::closed) throw Ended{"the client closed", Goodbye::cut};
        if (step.io != Io::done) return;
    }
}

Link::Woke Link::wait_until(std::optional<SteadyTime> deadline) {
    for (;;) {
        const unsigned found = poll_for(POLLIN, deadline, true);
        if ((found & kReadable) != 0) discard_input();
        if ((found & kWoken) != 0) return Woke::wake;
        if ((found & kTimeout) != 0) return Woke::timeout;
    }
}

void Link::drain() {
    const auto deadline = std::chrono::steady_clock::now() + kDrainAtMost;
    // The kernel has no event for "acknowledged", so this looks again each millisecond.
    for (;;) {
        int unacknowledged = 0;
        if (ioctl(transport_->fd(), SIOCOUTQ, &unacknowledged) != 0 || unacknowledged == 0) return;
        const auto now = std::chrono::steady_clock::now();
        if (now >= deadline) return;
        poll_for(0, now + std::chrono::milliseconds(1), false);
    }
}

void Link::leave(Goodbye way) {
    switch (way) {
    case Goodbye::orderly:
        transport_->close_orderly();
        break;
    case Goodbye::cut:
        transport_->cut();
        break;
    case Goodbye::reset:
        transport_->reset();
        break;
    }
}

} // namespace xtap::sim
