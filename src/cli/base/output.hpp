// Writes bytes to stdout or a file, whole and at once, and says how that went. Knows nothing about events.
#pragma once

#include <atomic>
#include <string>
#include <string_view>
#include <utility>

namespace xtap::cli {

enum class Written {
    whole,
    reader_gone, // the other end of the pipe or socket was closed: it had enough
    abandoned,   // `abandon` was called while the reader made us wait
    failed,      // a full disk, a closed descriptor: `failure` says which
};

class Output {
public:
    // `place` names it in complaints.
    explicit Output(int fd, std::string place = "stdout") noexcept : fd_(fd), place_(std::move(place)) {}

    Written write(std::string_view bytes) noexcept;
    // A write in progress gives up at its next interruption, and every later one at once. Any thread.
    void abandon() noexcept { abandoned_.store(true); }
    bool is_abandoned() const noexcept { return abandoned_.load(); }
    // What was written outlasts a crash of the machine from here on, where it went to a file; what is in a
    // pipe is its reader's business. False when the disk says no.
    bool settle() noexcept;
    // Where a process that was killed left a line without its end in the file: ends it.
    Written end_torn_line() noexcept;
    // The sentence for Written::failed.
    std::string failure() const;

    int fd() const noexcept { return fd_; }
    bool is_terminal() const noexcept;
    bool is_pipe_or_socket() const noexcept;
    // A pipe that holds a whole batch spares most of the switches between writer and reader. Asks, never
    // insists.
    void widen_pipe() noexcept;

private:
    bool is_file() const noexcept;
    bool wait_until_writable() noexcept;

    int fd_;
    std::string place_;
    int error_ = 0;
    std::atomic<bool> abandoned_ = false;
};

// Writes the answer of a command that prints once. Throws a Complaint when it failed, not when nobody reads.
void print_once(Output &output, std::string_view text);

// A descriptor 0, 1 or 2 that is closed at the start would be given to the first socket, and events would be
// written into it. Takes the places so that writing to a closed stdout fails as it should.
void occupy_standard_descriptors() noexcept;

} // namespace xtap::cli
