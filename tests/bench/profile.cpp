// Starts `perf record` on ourselves and ends it with the signal it expects.
#include "profile.hpp"

#include "child.hpp"

#include <csignal>
#include <cstdio>
#include <fcntl.h>
#include <unistd.h>

namespace xtap::bench {

Profile::Profile(const std::string &file) {
    if (file.empty()) return;
    const std::string watched = std::to_string(getpid());
    perf_ = start_child([&] {
        const int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
        dup2(nowhere, STDOUT_FILENO);
        // The processor's own counters are missing in many virtual machines; the clock is there everywhere.
        execlp("perf", "perf", "record", "-q", "-e", "cpu-clock", "-F", "2000", "-o", file.c_str(), "-p",
               watched.c_str(), static_cast<char *>(nullptr));
        std::fprintf(stderr, "xtap-bench: perf could not be started\n");
        _exit(1);
    });
}

Profile::~Profile() {
    if (perf_ <= 0) return;
    kill(perf_, SIGINT);
    await_child(perf_);
}

} // namespace xtap::bench
