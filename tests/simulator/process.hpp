// Starts and stops xtap-sim for tests, and talks to its control endpoint. Knows neither libxtap nor
// GoogleTest.
#pragma once

#include "json/value.hpp"

#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace xtap::sim {

class SimulatorProcess {
public:
    // Runs the program named by the environment's XTAP_SIM, else the one of this build, and returns when it
    // listens. Throws std::runtime_error when it does not within 30 s.
    explicit SimulatorProcess(std::vector<std::string> arguments = {});
    // Ends it, by force when it does not end by itself within 10 s.
    ~SimulatorProcess();
    SimulatorProcess(const SimulatorProcess &) = delete;
    SimulatorProcess &operator=(const SimulatorProcess &) = delete;

    const std::string &url() const { return url_; }                 // http://127.0.0.1:PORT
    const std::string &control_url() const { return control_url_; } // http://127.0.0.1:PORT
    const std::string &certificate() const { return certificate_; } // path of the PEM file, with --tls
    // With --speed: what to set ("NAME=value") for a child whose clock is to run with the simulator's.
    std::vector<std::string> clock_environment() const;
    int port() const;
    pid_t pid() const { return pid_; }

    // Queues faults, or applies them now: an object or an array as README.md says. Throws when it is refused.
    void fault(const Json &fault);
    void clear_faults();
    void close_all();
    Json state() { return state_when(""); }
    // Waits, by the time of the wall, until all conditions of the query hold, like
    // "min_connections=2&max_open=0&min_events=100". The "reached" of the answer says whether they did within
    // the time.
    Json state_when(std::string_view conditions, unsigned timeout_ms = 10'000);
    // Any other call of the control endpoint, as README.md says; `body` is sent with POST and PUT. Throws
    // when it is refused.
    Json control(const char *method, const std::string &path, const Json &body = {});
    // Ends it now and returns its exit status; -1 when it had to be forced.
    int stop();

private:
    std::string read_ready_line(int fd);
    Json ask(const char *method, const std::string &path, const std::string &body);

    pid_t pid_ = -1;
    int keep_open_ = -1; // its stdin: when this process dies, it ends too
    std::string url_, control_url_, certificate_, speed_, speed_since_;
};

// What `xtap-sim ARGUMENTS` prints: for --print.
std::string simulator_output(std::vector<std::string> arguments);

} // namespace xtap::sim
