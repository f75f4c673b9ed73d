// See process.hpp.
#include "process.hpp"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <httplib.h>
#include <poll.h>
#include <spawn.h>
#include <stdexcept>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

extern char **environ;

namespace xtap::sim {
namespace {

constexpr int kReadyWithinMs = 30'000;
constexpr int kEndWithinMs = 10'000;

std::string program() {
    const char *named = std::getenv("XTAP_SIM");
    return named && *named ? named : XTAP_SIM_PATH;
}

struct Pipe {
    int read_end = -1, write_end = -1;
    Pipe() {
        int ends[2];
        if (pipe2(ends, O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
        read_end = ends[0];
        write_end = ends[1];
    }
    ~Pipe() {
        if (read_end >= 0) ::close(read_end);
        if (write_end >= 0) ::close(write_end);
    }
};

// stdin_fd -1: inherited.
pid_t spawn(std::vector<std::string> arguments, int stdin_fd, int stdout_fd) {
    arguments.insert(arguments.begin(), program());
    std::vector<char *> argv;
    argv.reserve(arguments.size() + 1);
    for (std::string &argument : arguments)
        argv.push_back(argument.data());
    argv.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    if (stdin_fd >= 0) posix_spawn_file_actions_adddup2(&actions, stdin_fd, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, stdout_fd, STDOUT_FILENO);
    pid_t pid = -1;
    const int error = posix_spawn(&pid, argv[0], &actions, nullptr, argv.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0) throw std::system_error(error, std::generic_category(), "cannot start " + arguments[0]);
    return pid;
}

std::string word_after(const std::string &line, const std::string &name) {
    const std::size_t at = line.find(" " + name + "=");
    if (at == std::string::npos) return "";
    const std::size_t from = at + name.size() + 2;
    return line.substr(from, line.find_first_of(" \n", from) - from);
}

} // namespace

SimulatorProcess::SimulatorProcess(std::vector<std::string> arguments) {
    arguments.emplace_back("--until-eof");
    Pipe to, from;
    pid_ = spawn(std::move(arguments), to.read_end, from.write_end);
    keep_open_ = std::exchange(to.write_end, -1);
    ::close(std::exchange(from.write_end, -1));
    try {
        const std::string line = read_ready_line(from.read_end);
        url_ = word_after(line, "URL");
        control_url_ = word_after(line, "CONTROL");
        certificate_ = word_after(line, "CERT");
        speed_ = word_after(line, "SPEED");
        speed_since_ = word_after(line, "SPEED_SINCE");
    } catch (...) {
        stop();
        throw;
    }
}

SimulatorProcess::~SimulatorProcess() { stop(); }

std::string SimulatorProcess::read_ready_line(int fd) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(kReadyWithinMs);
    std::string line;
    while (line.find('\n') == std::string::npos) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
            deadline - std::chrono::steady_clock::now());
        pollfd wait{fd, POLLIN, 0};
        char room[512];
        ssize_t got = 0;
        if (left.count() > 0 && ::poll(&wait, 1, static_cast<int>(left.count())) > 0)
            got = ::read(fd, room, sizeof room);
        if (got <= 0) throw std::runtime_error(program() + " did not become ready; it said \"" + line + "\"");
        line.append(room, static_cast<std::size_t>(got));
    }
    return line;
}

std::vector<std::string> SimulatorProcess::clock_environment() const {
    if (speed_.empty()) return {};
    std::vector<std::string> variables{"LD_PRELOAD=" XTAP_FAST_CLOCK_PATH, "XTAP_SIM_SPEED=" + speed_,
                                       "XTAP_SIM_SPEED_SINCE=" + speed_since_};
#ifdef __SANITIZE_ADDRESS__
    // It wants to be the first library itself.
    const char *options = std::getenv("ASAN_OPTIONS");
    variables.push_back("ASAN_OPTIONS=verify_asan_link_order=0:" + std::string(options ? options : ""));
#endif
    return variables;
}

int SimulatorProcess::port() const { return std::stoi(url_.substr(url_.rfind(':') + 1)); }

int SimulatorProcess::stop() {
    if (pid_ <= 0) return 0;
    const pid_t pid = std::exchange(pid_, -1);
    kill(pid, SIGTERM);
    ::close(std::exchange(keep_open_, -1));
    const int process = static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
    bool forced = false;
    if (process >= 0) {
        pollfd wait{process, POLLIN, 0};
        forced = ::poll(&wait, 1, kEndWithinMs) == 0;
        if (forced) kill(pid, SIGKILL);
        ::close(process);
    }
    int status = 0;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    return !forced && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

Json SimulatorProcess::ask(const char *method, const std::string &path, const std::string &body) {
    httplib::Client client(control_url_);
    client.set_read_timeout(120);
    const auto result = std::strcmp(method, "GET") == 0      ? client.Get(path)
                        : std::strcmp(method, "DELETE") == 0 ? client.Delete(path)
                        : std::strcmp(method, "PUT") == 0    ? client.Put(path, body, "application/json")
                                                             : client.Post(path, body, "application/json");
    if (!result)
        throw std::runtime_error("the simulator does not answer: " + httplib::to_string(result.error()));
    Json answer = Json::parse(result->body);
    if (result->status != 200) throw std::runtime_error("the simulator refuses: " + answer.dump());
    return answer;
}

Json SimulatorProcess::control(const char *method, const std::string &path, const Json &body) {
    return ask(method, path, body.is_null() ? "" : body.dump());
}

void SimulatorProcess::fault(const Json &fault) { ask("POST", "/faults", fault.dump()); }

void SimulatorProcess::clear_faults() { ask("DELETE", "/faults", ""); }

void SimulatorProcess::close_all() { ask("POST", "/close-all", ""); }

Json SimulatorProcess::state_when(std::string_view conditions, unsigned timeout_ms) {
    const double speed = speed_.empty() ? 1 : std::stod(speed_);
    const auto simulated_ms = static_cast<std::uint64_t>(timeout_ms * speed);
    return ask("GET", "/state?timeout_ms=" + std::to_string(simulated_ms) + "&" + std::string(conditions),
               "");
}

std::string simulator_output(std::vector<std::string> arguments) {
    Pipe from;
    const pid_t pid = spawn(std::move(arguments), -1, from.write_end);
    ::close(std::exchange(from.write_end, -1));
    std::string output;
    char room[64 * 1024];
    for (ssize_t got = 0; (got = ::read(from.read_end, room, sizeof room)) > 0;)
        output.append(room, static_cast<std::size_t>(got));
    int status = 0;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) throw std::runtime_error("xtap-sim failed to print");
    return output;
}

} // namespace xtap::sim
