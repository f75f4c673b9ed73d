// Signal masks, the signal descriptor and the no-op handler. Nothing runs inside a handler.
#include "cli/base/signals.hpp"

#include <cerrno>
#include <pthread.h>
#include <sys/signalfd.h>
#include <system_error>
#include <unistd.h>

namespace xtap::cli {
namespace {

bool is_ignored(int number) noexcept {
    struct sigaction action = {};
    return ::sigaction(number, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

void do_nothing(int) noexcept {}

} // namespace

EndSignals::EndSignals() {
    sigset_t ending;
    sigemptyset(&ending);
    for (const int number : {SIGINT, SIGTERM}) {
        if (!is_ignored(number)) sigaddset(&ending, number);
    }
    fd_ = ::signalfd(-1, &ending, SFD_CLOEXEC | SFD_NONBLOCK);
    if (fd_ < 0) throw std::system_error(errno, std::generic_category(), "signalfd");
    ::pthread_sigmask(SIG_BLOCK, &ending, &before_);
}

EndSignals::~EndSignals() {
    // What came after the end was decided is consumed here: it must not kill the process on its way out.
    while (take()) {
    }
    ::close(fd_);
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

bool EndSignals::take() const noexcept {
    signalfd_siginfo taken = {};
    return ::read(fd_, &taken, sizeof taken) == static_cast<ssize_t>(sizeof taken);
}

void ignore_broken_pipes() noexcept { ::signal(SIGPIPE, SIG_IGN); }

void allow_interruptions() noexcept {
    struct sigaction action = {};
    action.sa_handler = do_nothing; // no SA_RESTART: that is the point
    ::sigaction(kInterruption, &action, nullptr);
    sigset_t interruption;
    sigemptyset(&interruption);
    sigaddset(&interruption, kInterruption);
    ::pthread_sigmask(SIG_UNBLOCK, &interruption, nullptr);
}

} // namespace xtap::cli
