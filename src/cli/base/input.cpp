// open, read, close.
#include "cli/base/input.hpp"

#include "cli/base/complaint.hpp"

#include <cerrno>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>

namespace xtap::cli {
namespace {

constexpr std::size_t kMost = std::size_t{1} << 30; // nothing that X takes in one request is near it
constexpr std::size_t kAtOnce = std::size_t{1} << 16;

[[noreturn]] void fail_to_read(const std::string &place) {
    throw Complaint(ExitCode::usage, "cannot read " + place + ": " + std::generic_category().message(errno));
}

std::string read_all(int fd, const std::string &place) {
    std::string bytes;
    while (true) {
        const std::size_t before = bytes.size();
        bytes.resize(before + kAtOnce);
        const ssize_t count = ::read(fd, bytes.data() + before, kAtOnce);
        const int problem = errno;
        bytes.resize(before + (count > 0 ? static_cast<std::size_t>(count) : 0));
        if (count == 0) return bytes;
        errno = problem;
        if (count < 0 && errno != EINTR) fail_to_read(place);
        if (bytes.size() > kMost) throw Complaint(ExitCode::usage, place + " is larger than 1 GiB");
    }
}

struct Descriptor {
    int fd;
    ~Descriptor() {
        if (fd >= 0) ::close(fd);
    }
};

} // namespace

std::string read_file(const std::string &path) {
    const std::string place = "'" + path + "'";
    const Descriptor file = {::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
    if (file.fd < 0) fail_to_read(place);
    return read_all(file.fd, place);
}

std::string read_stdin() { return read_all(STDIN_FILENO, "stdin"); }

} // namespace xtap::cli
