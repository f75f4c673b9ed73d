// A write to a reset connection must not end the process, and nobody else's signal may be swallowed.
#include "edge/sigpipe.hpp"

#include <array>
#include <cerrno>
#include <gtest/gtest.h>
#include <pthread.h>
#include <unistd.h>

namespace xtap::edge {
namespace {

bool is_pending() {
    sigset_t pending;
    sigpending(&pending);
    return sigismember(&pending, SIGPIPE) == 1;
}

bool is_blocked() {
    sigset_t mask;
    pthread_sigmask(SIG_SETMASK, nullptr, &mask);
    return sigismember(&mask, SIGPIPE) == 1;
}

void write_to_a_broken_pipe() {
    std::array<int, 2> ends{};
    ASSERT_EQ(pipe(ends.data()), 0);
    close(ends[0]);
    EXPECT_EQ(write(ends[1], "x", 1), -1);
    EXPECT_EQ(errno, EPIPE);
    close(ends[1]);
}

TEST(SigpipeBlocked, TakesTheSignalOfAWriteInsideItAndLeavesTheMaskAsItWas) {
    {
        const SigpipeBlocked blocked(true);
        EXPECT_TRUE(is_blocked());
        write_to_a_broken_pipe(); // would end this program otherwise
        EXPECT_TRUE(is_pending());
    }
    EXPECT_FALSE(is_pending());
    EXPECT_FALSE(is_blocked());
}

TEST(SigpipeBlocked, LeavesASignalThatWasPendingBefore) {
    sigset_t set, before;
    sigemptyset(&set);
    sigaddset(&set, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &set, &before);
    write_to_a_broken_pipe();
    ASSERT_TRUE(is_pending());
    { const SigpipeBlocked blocked(true); }
    EXPECT_TRUE(is_pending());
    const timespec no_time{0, 0};
    EXPECT_EQ(sigtimedwait(&set, nullptr, &no_time), SIGPIPE);
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

TEST(SigpipeBlocked, DoesNothingWhereItIsNotNeeded) {
    const SigpipeBlocked blocked(false);
    EXPECT_FALSE(is_blocked());
}

} // namespace
} // namespace xtap::edge
