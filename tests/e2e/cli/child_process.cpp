// posix_spawn, pipes and poll. No thread and no sleep.
#include "cli/child_process.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <stdexcept>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

extern char **environ;

namespace xtap::e2e {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::minutes kGuard(2);

[[noreturn]] void fail(const char *what) { throw std::system_error(errno, std::generic_category(), what); }

void wait_readable(pollfd *watched, nfds_t count, Clock::time_point until) {
    int ready = 0;
    do {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()).count();
        ready = ::poll(watched, count, static_cast<int>(std::max<std::int64_t>(left, 0)));
    } while (ready < 0 && errno == EINTR);
    if (ready < 0) fail("poll");
    if (ready == 0) throw std::runtime_error("what was waited for did not come within two minutes");
}

struct Pipe {
    int read_end = -1;
    int write_end = -1;
    Pipe() {
        int ends[2];
        if (::pipe2(ends, O_CLOEXEC) != 0) fail("pipe2");
        read_end = ends[0];
        write_end = ends[1];
    }
};

bool belongs_to_a_test(std::string_view variable) {
    std::string name(variable.substr(0, variable.find('=')));
    std::transform(name.begin(), name.end(), name.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; });
    return name.starts_with("xtap_") || name.ends_with("_proxy") || name == "home" ||
           name == "xdg_config_home";
}

std::vector<std::string> environment_of(const Call &call) {
    std::vector<std::string> variables;
    for (char **entry = environ; *entry != nullptr; ++entry) {
        // What the call names replaces what would be inherited: of two, a program reads the first.
        const std::string name(*entry, std::strcspn(*entry, "="));
        if (!belongs_to_a_test(*entry) && !call.environment.contains(name)) variables.emplace_back(*entry);
    }
    for (const auto &[name, value] : call.environment)
        variables.push_back(name + "=" + value);
    return variables;
}

std::vector<char *> pointers_to(std::vector<std::string> &texts) {
    std::vector<char *> pointers;
    for (std::string &text : texts)
        pointers.push_back(text.data());
    pointers.push_back(nullptr);
    return pointers;
}

// A signal that our own starter ignored would stay ignored in the child, and a blocked one blocked.
void start_with_default_signals(posix_spawnattr_t &attributes) {
    sigset_t defaults;
    sigemptyset(&defaults);
    for (const int number : {SIGINT, SIGTERM, SIGPIPE})
        sigaddset(&defaults, number);
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
}

// A pipe that holds the text and then ends. It fits: a pipe takes 64 KiB before it blocks.
int readable_text(const std::string &text) {
    const Pipe pipe;
    if (::write(pipe.write_end, text.data(), text.size()) != static_cast<ssize_t>(text.size())) fail("write");
    ::close(pipe.write_end);
    return pipe.read_end;
}

pid_t spawn(const Call &call, int out, int err) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    const int in = call.in.empty() ? -1 : readable_text(call.in);
    if (in < 0) {
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    } else {
        posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
    }
    if (call.close_out) {
        posix_spawn_file_actions_addclose(&actions, STDOUT_FILENO);
    } else {
        posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    }
    posix_spawn_file_actions_adddup2(&actions, err, STDERR_FILENO);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    start_with_default_signals(attributes);
    std::vector<std::string> words = call.words;
    std::vector<std::string> variables = environment_of(call);
    pid_t id = -1;
    const int problem = ::posix_spawn(&id, words.front().c_str(), &actions, &attributes,
                                      pointers_to(words).data(), pointers_to(variables).data());
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    if (in >= 0) ::close(in);
    if (problem != 0) throw std::system_error(problem, std::generic_category(), words.front());
    return id;
}

} // namespace

Process::Process(const Call &call) {
    std::vector<int> given_away;
    const auto end_or_pipe = [&](int wanted, int &read_end) {
        if (wanted >= 0) return wanted;
        const Pipe pipe;
        read_end = pipe.read_end;
        given_away.push_back(pipe.write_end);
        return pipe.write_end;
    };
    const int out = call.close_out ? -1 : end_or_pipe(call.out_fd, out_);
    id_ = spawn(call, out, end_or_pipe(call.err_fd, err_));
    for (const int fd : given_away)
        ::close(fd);
    exit_fd_ = static_cast<int>(::syscall(SYS_pidfd_open, id_, 0));
    if (exit_fd_ < 0) fail("pidfd_open");
}

Process::~Process() {
    if (id_ > 0) {
        ::kill(id_, SIGKILL);
        ::waitpid(id_, nullptr, 0);
    }
    for (const int fd : {exit_fd_, out_, err_}) {
        if (fd >= 0) ::close(fd);
    }
}

void Process::send(int signal) const {
    if (::kill(id_, signal) != 0) fail("kill");
}

void Process::close_out() noexcept {
    if (out_ >= 0) ::close(out_);
    out_ = -1;
}

bool Process::read_some(int &fd, std::string &into) {
    constexpr std::size_t kAtOnce = 1 << 16;
    const std::size_t before = into.size();
    into.resize(before + kAtOnce);
    const ssize_t count = ::read(fd, into.data() + before, kAtOnce);
    into.resize(before + static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    if (count > 0 || (count < 0 && errno == EINTR)) return true;
    ::close(fd);
    fd = -1;
    return false;
}

const std::string &Process::read_until(int &fd, std::string &text,
                                       const std::function<bool(std::string_view)> &enough) {
    const auto until = Clock::now() + kGuard;
    while (!enough(text)) {
        pollfd watched = {fd, POLLIN, 0};
        if (fd < 0)
            throw std::runtime_error("the process ended after:\n" + out_text_.substr(0, 4096) + "\n" +
                                     err_text_);
        wait_readable(&watched, 1, until);
        read_some(fd, text);
    }
    return text;
}

const std::string &Process::read_out_until(const std::function<bool(std::string_view)> &enough) {
    return read_until(out_, out_text_, enough);
}

const std::string &Process::read_err_until(const std::function<bool(std::string_view)> &enough) {
    return read_until(err_, err_text_, enough);
}

Ended Process::wait() {
    const auto until = Clock::now() + kGuard;
    while (out_ >= 0 || err_ >= 0) {
        pollfd watched[] = {{out_, POLLIN, 0}, {err_, POLLIN, 0}};
        wait_readable(watched, 2, until);
        if (watched[0].revents != 0) read_some(out_, out_text_);
        if (watched[1].revents != 0) read_some(err_, err_text_);
    }
    pollfd ended = {exit_fd_, POLLIN, 0};
    wait_readable(&ended, 1, until);
    int status = 0;
    if (::waitpid(id_, &status, 0) != id_) fail("waitpid");
    id_ = -1;
    Ended result;
    if (WIFEXITED(status)) result.exit_status = WEXITSTATUS(status);
    if (WIFSIGNALED(status)) result.signal = WTERMSIG(status);
    result.out = std::move(out_text_);
    result.err = std::move(err_text_);
    return result;
}

Ended run(const Call &call) { return Process(call).wait(); }

namespace {

// Fills the block unless the end comes first; gives what it holds.
std::string_view read_block(int fd, std::vector<char> &block) {
    std::size_t size = 0;
    while (size < block.size()) {
        pollfd watched = {fd, POLLIN, 0};
        wait_readable(&watched, 1, Clock::now() + kGuard);
        const ssize_t count = ::read(fd, block.data() + size, block.size() - size);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) break;
        size += static_cast<std::size_t>(count);
    }
    return {block.data(), size};
}

} // namespace

std::string first_difference(int left, int right) {
    std::vector<char> left_block(1 << 20);
    std::vector<char> right_block(1 << 20);
    for (std::size_t offset = 0;; offset += left_block.size()) {
        const std::string_view a = read_block(left, left_block);
        const std::string_view b = read_block(right, right_block);
        if (a != b) {
            const auto at = static_cast<std::size_t>(
                std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first - a.begin());
            return "from byte " + std::to_string(offset + at) + " on: '" + std::string(a.substr(at, 80)) +
                   "' and '" + std::string(b.substr(at, 80)) + "'";
        }
        if (a.size() < left_block.size()) return "";
    }
}

} // namespace xtap::e2e
