// Writing to a file descriptor, with every way it can end. Knows nothing about what is written.
#include "cli/base/output.hpp"

#include "cli/base/complaint.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace xtap::cli {

Written Output::write(std::string_view bytes) noexcept {
    while (!bytes.empty()) {
        if (abandoned_.load()) return Written::abandoned;
        const ssize_t count = ::write(fd_, bytes.data(), bytes.size());
        if (count > 0) {
            bytes.remove_prefix(static_cast<std::size_t>(count));
            continue;
        }
        if (count < 0 && errno == EINTR) continue;
        // Whoever started us may have made the shared end non-blocking; waiting is still our business.
        if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK) && wait_until_writable()) continue;
        if (count < 0 && (errno == EPIPE || errno == ECONNRESET)) return Written::reader_gone;
        error_ = count < 0 ? errno : EIO;
        return Written::failed;
    }
    return Written::whole;
}

bool Output::wait_until_writable() noexcept {
    pollfd waiting = {fd_, POLLOUT, 0};
    return ::poll(&waiting, 1, -1) >= 0 || errno == EINTR;
}

bool Output::is_file() const noexcept {
    struct stat facts = {};
    return ::fstat(fd_, &facts) == 0 && S_ISREG(facts.st_mode);
}

bool Output::settle() noexcept {
    if (!is_file()) return true;
    int result = 0;
    do
        result = ::fdatasync(fd_);
    while (result != 0 && errno == EINTR);
    if (result != 0) error_ = errno;
    return result == 0;
}

Written Output::end_torn_line() noexcept {
    if (!is_file()) return Written::whole;
    const bool appends = (::fcntl(fd_, F_GETFL) & O_APPEND) != 0;
    const off_t end = ::lseek(fd_, 0, appends ? SEEK_END : SEEK_CUR);
    if (end <= 0) return Written::whole;
    // The descriptor itself is most likely open for writing only.
    const int readable = ::open(("/proc/self/fd/" + std::to_string(fd_)).c_str(), O_RDONLY | O_CLOEXEC);
    if (readable < 0) return Written::whole; // not ours to read: nothing can be known
    char last = '\n';
    const ssize_t count = ::pread(readable, &last, 1, end - 1);
    ::close(readable);
    return count != 1 || last == '\n' ? Written::whole : write("\n");
}

std::string Output::failure() const {
    // strerror follows the locale, which this command never sets: the words are the C locale's.
    return "cannot write to " + place_ + ": " + std::generic_category().message(error_);
}

bool Output::is_terminal() const noexcept { return ::isatty(fd_) == 1; }

bool Output::is_pipe_or_socket() const noexcept {
    struct stat facts = {};
    return ::fstat(fd_, &facts) == 0 && (S_ISFIFO(facts.st_mode) || S_ISSOCK(facts.st_mode));
}

void Output::widen_pipe() noexcept {
    constexpr int kOneBatch = 1 << 20;
    const int now = ::fcntl(fd_, F_GETPIPE_SZ);
    if (now > 0 && now < kOneBatch) static_cast<void>(::fcntl(fd_, F_SETPIPE_SZ, kOneBatch));
}

void print_once(Output &output, std::string_view text) {
    if (output.write(text) == Written::failed) throw Complaint(ExitCode::failure, output.failure());
}

void occupy_standard_descriptors() noexcept {
    for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        if (::fcntl(fd, F_GETFD) >= 0 || errno != EBADF) continue;
        // The lowest free number is `fd`. Read-only, so that stdout reports a bad descriptor and loses
        // nothing silently.
        const int placed = ::open("/dev/null", fd == STDERR_FILENO ? O_WRONLY : O_RDONLY);
        if (placed > fd) ::close(placed);
    }
}

} // namespace xtap::cli
