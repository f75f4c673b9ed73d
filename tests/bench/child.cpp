// Forks, waits, ends by process id.
#include "child.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <exception>
#include <poll.h>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace xtap::bench {
namespace {

Outcome failed(const char *why) {
    Outcome outcome;
    std::snprintf(outcome.failure.data(), outcome.failure.size(), "%s", why);
    return outcome;
}

} // namespace

pid_t start_child(const std::function<void()> &work) {
    std::fflush(nullptr);
    const pid_t parent = getpid();
    const pid_t process = fork();
    if (process < 0) throw std::runtime_error("no process could be started");
    if (process > 0) return process;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(1);
    try {
        work();
    } catch (const std::exception &problem) {
        std::fprintf(stderr, "xtap-bench: %s\n", problem.what());
        _exit(1);
    }
    _exit(0);
}

bool await_child(pid_t process) {
    int status = 0;
    while (waitpid(process, &status, 0) < 0)
        if (errno != EINTR) return false;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

void end_child(pid_t process) {
    if (process <= 0) return;
    kill(process, SIGKILL);
    await_child(process);
}

Outcome outcome_of(const std::function<Outcome()> &work, int limit_s) {
    std::array<int, 2> ends{};
    if (pipe(ends.data()) != 0) throw std::runtime_error("no pipe to a process");
    const pid_t process = start_child([&] {
        Outcome outcome;
        try {
            outcome = work();
        } catch (const std::exception &problem) {
            outcome = failed(problem.what());
        }
        if (write(ends[1], &outcome, sizeof(outcome)) != sizeof(outcome)) _exit(1);
    });
    close(ends[1]);
    Outcome outcome;
    pollfd wanted{ends[0], POLLIN, 0};
    const int ready = poll(&wanted, 1, limit_s * 1000);
    const bool whole = ready == 1 && read(ends[0], &outcome, sizeof(outcome)) == sizeof(outcome);
    close(ends[0]);
    if (whole)
        await_child(process);
    else
        end_child(process);
    if (whole) return outcome;
    return failed(ready == 0 ? "did not end in time" : "its process died");
}

} // namespace xtap::bench
