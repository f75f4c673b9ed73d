// The watching thread. What it calls must be callable from any thread.
#include "cli/base/ending.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <poll.h>
#include <sys/eventfd.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace xtap::cli {
namespace {

// Between two tries to interrupt a blocked write: one signal may fall just before the write begins.
constexpr int kInterruptAgainMs = 20;

} // namespace

EndingWatch::EndingWatch(Endable watched, const EndSignals &signals, Output &output,
                         std::optional<std::chrono::milliseconds> duration, bool reader_may_leave)
    : watched_(std::move(watched)), signals_(signals), output_(output), reader_may_leave_(reader_may_leave),
      writer_(::pthread_self()), stop_fd_(::eventfd(0, EFD_CLOEXEC)) {
    if (stop_fd_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
    if (duration) deadline_ = Clock::now() + *duration;
    allow_interruptions();
    thread_ = std::thread([this] { watch(); });
}

EndingWatch::~EndingWatch() {
    ::eventfd_write(stop_fd_, 1);
    thread_.join();
    ::close(stop_fd_);
}

int EndingWatch::wait_ms() const noexcept {
    const Ending so_far = ending_.load();
    if (so_far == Ending::at_once) return kInterruptAgainMs;
    if (so_far != Ending::none || !deadline_) return -1;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(*deadline_ - Clock::now()).count();
    return static_cast<int>(std::clamp<std::int64_t>(left, 0, 60'000)); // looked at again after a minute
}

void EndingWatch::on_signal() noexcept {
    const Ending so_far = ending_.load();
    if (so_far == Ending::at_once || so_far == Ending::reader_left) return;
    if (so_far == Ending::none && watched_.finish) {
        ending_.store(Ending::signal);
        watched_.finish();
        return;
    }
    ending_.store(Ending::at_once);
    output_.abandon();
    watched_.cancel();
}

void EndingWatch::watch() noexcept {
    // No events are asked for on stdout: POLLERR comes unasked when the last reader of a pipe is gone, so a
    // quiet stream does not run on for nobody.
    enum { kStop, kSignal, kReader };
    pollfd watched[] = {{stop_fd_, POLLIN, 0},
                        {signals_.fd(), POLLIN, 0},
                        {reader_may_leave_ && output_.is_pipe_or_socket() ? output_.fd() : -1, 0, 0}};
    while (true) {
        const int ready = ::poll(watched, 3, wait_ms());
        if (ready < 0) continue;
        if (watched[kStop].revents != 0) return;
        if (watched[kSignal].revents != 0 && signals_.take()) on_signal();
        if (watched[kReader].revents != 0) {
            watched[kReader].fd = -1;
            ending_.store(Ending::reader_left);
            watched_.cancel();
        }
        if (ending_.load() == Ending::none && deadline_ && Clock::now() >= *deadline_) {
            ending_.store(Ending::duration);
            watched_.finish();
        }
        if (ending_.load() == Ending::at_once) ::pthread_kill(writer_, kInterruption);
    }
}

} // namespace xtap::cli
