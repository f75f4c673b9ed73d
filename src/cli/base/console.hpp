// Stderr: lines of text, and on a terminal a status line below them that never mixes with them.
// Knows nothing about what the lines say.
#pragma once

#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>

namespace xtap::cli {

class Console {
public:
    explicit Console(int fd) noexcept;
    ~Console();
    Console(const Console &) = delete;
    Console &operator=(const Console &) = delete;

    bool is_terminal() const noexcept { return is_terminal_; }
    // Characters a status line may have without wrapping.
    std::size_t columns() const noexcept;

    // Any thread. One write for a whole line, so that lines of several threads or processes do not mix.
    void line(std::string_view text);
    // Draws the status line over the former one; nothing when stderr is no terminal.
    void show_status(std::string_view text);
    // Takes the status line off the screen, before somebody else writes to the same terminal.
    void clear_status();

private:
    void write(std::string_view text) noexcept;

    std::mutex mutex_;
    std::string scratch_;
    int fd_;
    bool is_terminal_;
    bool status_is_shown_ = false;
};

} // namespace xtap::cli
