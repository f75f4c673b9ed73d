// See sigpipe.hpp.
#include "edge/sigpipe.hpp"

#include <ctime>
#include <pthread.h>

namespace xtap::edge {

namespace {

sigset_t sigpipe() noexcept {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGPIPE);
    return set;
}

} // namespace

SigpipeBlocked::SigpipeBlocked(bool needed) noexcept {
    if (!needed) return;
    sigset_t pending;
    sigpending(&pending);
    if (sigismember(&pending, SIGPIPE) == 1) return; // somebody else's, blocked already: left to them
    const sigset_t set = sigpipe();
    armed_ = pthread_sigmask(SIG_BLOCK, &set, &before_) == 0;
}

SigpipeBlocked::~SigpipeBlocked() {
    if (!armed_) return;
    const sigset_t set = sigpipe();
    const timespec no_time{0, 0};
    sigtimedwait(&set, nullptr, &no_time);
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

} // namespace xtap::edge
