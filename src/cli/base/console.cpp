// Writing to stderr. A stderr that cannot be written is not worth ending a stream for: failures are ignored.
#include "cli/base/console.hpp"

#include <cerrno>
#include <sys/ioctl.h>
#include <unistd.h>

namespace xtap::cli {
namespace {

constexpr std::string_view kClearLine = "\r\x1b[K";

} // namespace

Console::Console(int fd) noexcept : fd_(fd), is_terminal_(::isatty(fd) == 1) {}

Console::~Console() { clear_status(); }

std::size_t Console::columns() const noexcept {
    winsize size = {};
    if (::ioctl(fd_, TIOCGWINSZ, &size) != 0 || size.ws_col < 2) return 79;
    return size.ws_col - 1u; // a character in the last column makes some terminals wrap
}

void Console::line(std::string_view text) {
    const std::lock_guard lock(mutex_);
    scratch_.clear();
    if (status_is_shown_) scratch_ += kClearLine;
    scratch_ += text;
    if (scratch_.empty() || scratch_.back() != '\n') scratch_ += '\n';
    status_is_shown_ = false;
    write(scratch_);
}

void Console::show_status(std::string_view text) {
    if (!is_terminal_) return;
    const std::lock_guard lock(mutex_);
    scratch_ = kClearLine;
    scratch_ += text;
    status_is_shown_ = true;
    write(scratch_);
}

void Console::clear_status() {
    const std::lock_guard lock(mutex_);
    if (!status_is_shown_) return;
    status_is_shown_ = false;
    write(kClearLine);
}

void Console::write(std::string_view text) noexcept {
    while (!text.empty()) {
        const ssize_t count = ::write(fd_, text.data(), text.size());
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return;
        text.remove_prefix(static_cast<std::size_t>(count));
    }
}

} // namespace xtap::cli
