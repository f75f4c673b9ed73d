// See forked.hpp.
#include "forked.hpp"

#include "patience.hpp"

#include <sys/wait.h>
#include <unistd.h>

namespace xtap::test {

int in_child(const std::function<int()> &body) {
    const pid_t pid = ::fork();
    if (pid == 0) {
        ::alarm(static_cast<unsigned>(kPatience.count() / 1000));
        ::_exit(body());
    }
    int status = 0;
    ::waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

} // namespace xtap::test
