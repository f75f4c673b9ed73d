// Child processes for end-to-end tests: started with pipes, fed with signals, waited for without sleeping.
// Knows nothing about xtap.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace xtap::e2e {

struct Ended {
    int exit_status = -1; // -1 when a signal ended it
    int signal = 0;
    std::string out;
    std::string err;
};

struct Call {
    std::vector<std::string> words; // the program's path first
    // On top of this process' environment without any XTAP_... and proxy variables, and without the folders
    // where a user keeps credentials.
    std::map<std::string, std::string> environment = {};
    int out_fd = -1;        // where stdout goes; -1: a pipe
    int err_fd = -1;        // where stderr goes; -1: a pipe
    bool close_out = false; // start without a stdout
    std::string in = {};    // what stdin holds; a few kilobytes at most
};

// Every wait throws std::runtime_error after two minutes: a guard against a hang, not a measure.
class Process {
public:
    explicit Process(const Call &call);
    ~Process(); // kills what still runs
    Process(const Process &) = delete;
    Process &operator=(const Process &) = delete;

    pid_t id() const noexcept { return id_; }
    void send(int signal) const;
    // Stdout as a descriptor, for reading it elsewhere; what is read there is missing from `Ended::out`.
    int out_fd() const noexcept { return out_; }
    void close_out() noexcept;

    // Reads until the text so far fulfils the condition, and gives that text; throws when the end comes
    // first.
    const std::string &read_out_until(const std::function<bool(std::string_view)> &enough);
    const std::string &read_err_until(const std::function<bool(std::string_view)> &enough);
    // Reads both to their ends and reaps the process.
    Ended wait();

private:
    bool read_some(int &fd, std::string &into);
    const std::string &read_until(int &fd, std::string &text,
                                  const std::function<bool(std::string_view)> &enough);

    pid_t id_ = -1;
    int exit_fd_ = -1; // a pidfd: readable when the process has ended
    int out_ = -1;
    int err_ = -1;
    std::string out_text_;
    std::string err_text_;
};

Ended run(const Call &call);

// Reads both to their ends and compares them byte by byte: empty when equal, else where and how they differ.
std::string first_difference(int left, int right);

} // namespace xtap::e2e
