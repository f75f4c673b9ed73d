// The signals of the command: which ones end a stream, and how they wait until somebody asks for them.
// Knows nothing about streams.
#pragma once

#include <csignal>

namespace xtap::cli {

// SIGINT and SIGTERM, blocked for this thread and every thread it starts, readable from a descriptor. One
// that was ignored when the command started (nohup, a shell's background job) stays ignored.
class EndSignals {
public:
    EndSignals();
    ~EndSignals();
    EndSignals(const EndSignals &) = delete;
    EndSignals &operator=(const EndSignals &) = delete;

    int fd() const noexcept { return fd_; }
    // Takes one waiting signal; false when there is none.
    bool take() const noexcept;

private:
    sigset_t before_ = {};
    int fd_ = -1;
};

// A write to a closed pipe is an answer (EPIPE), not the end of the process.
void ignore_broken_pipes() noexcept;

// Makes kInterruption end a blocked system call with EINTR and do nothing else.
void allow_interruptions() noexcept;
constexpr int kInterruption = SIGURG; // ignored by default, so a stray one harms nobody

} // namespace xtap::cli
