// The watching thread. Calls only those functions of a stream that any thread may call.
#include "cli/ending.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <poll.h>
#include <sys/eventfd.h>
#include <system_error>
#include <unistd.h>

namespace xtap::cli {
namespace {

// Between two tries to interrupt a blocked write: one signal may fall just before the write begins.
constexpr int kInterruptAgainMs = 20;

} // namespace

EndingWatch::EndingWatch(xtap_stream *stream, const EndSignals &signals, Output &output,
                         std::optional<std::chrono::milliseconds> duration)
    : stream_(stream), signals_(signals), output_(output), writer_(::pthread_self()),
      stop_fd_(::eventfd(0, EFD_CLOEXEC)) {
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
    if (so_far == Ending::second_signal) return kInterruptAgainMs;
    if (so_far != Ending::none || !deadline_) return -1;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(*deadline_ - Clock::now()).count();
    return static_cast<int>(std::clamp<std::int64_t>(left, 0, 60'000)); // looked at again after a minute
}

void EndingWatch::on_signal() noexcept {
    if (ending_.load() == Ending::signal || ending_.load() == Ending::duration) {
        ending_.store(Ending::second_signal);
        output_.abandon();
        xtap_stream_cancel(stream_);
    } else if (ending_.load() == Ending::none) {
        ending_.store(Ending::signal);
        xtap_stream_finish(stream_);
    }
}

void EndingWatch::watch() noexcept {
    // No events are asked for on stdout: POLLERR comes unasked when the last reader of a pipe is gone, so a
    // quiet stream does not run on for nobody.
    enum { kStop, kSignal, kReader };
    pollfd watched[] = {{stop_fd_, POLLIN, 0},
                        {signals_.fd(), POLLIN, 0},
                        {output_.is_pipe_or_socket() ? output_.fd() : -1, 0, 0}};
    while (true) {
        const int ready = ::poll(watched, 3, wait_ms());
        if (ready < 0) continue;
        if (watched[kStop].revents != 0) return;
        if (watched[kSignal].revents != 0 && signals_.take()) on_signal();
        if (watched[kReader].revents != 0) {
            watched[kReader].fd = -1;
            ending_.store(Ending::reader_left);
            xtap_stream_cancel(stream_);
        }
        if (ending_.load() == Ending::none && deadline_ && Clock::now() >= *deadline_) {
            ending_.store(Ending::duration);
            xtap_stream_finish(stream_);
        }
        if (ending_.load() == Ending::second_signal) ::pthread_kill(writer_, kInterruption);
    }
}

} // namespace xtap::cli
