// See event_flag.hpp.
#include "edge/event_flag.hpp"

#include "api/failure.hpp"

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace xtap::edge {

EventFlag::EventFlag() : fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (fd_ < 0)
        throw Failure(Status::internal, std::string("cannot create an eventfd: ") + std::strerror(errno));
}

EventFlag::~EventFlag() { close(fd_); }

void EventFlag::raise() noexcept {
    const int saved = errno; // a signal handler's caller must not see it change
    const std::uint64_t one = 1;
    // It fails only when the counter is full: then the flag is up already.
    [[maybe_unused]] const auto written = write(fd_, &one, sizeof one);
    errno = saved;
}

void EventFlag::lower() noexcept {
    std::uint64_t count = 0;
    [[maybe_unused]] const auto got = read(fd_, &count, sizeof count);
}

bool EventFlag::wait(int timeout_ms) const noexcept {
    pollfd waiting{fd_, POLLIN, 0};
    return poll(&waiting, 1, timeout_ms) > 0;
}

} // namespace xtap::edge
