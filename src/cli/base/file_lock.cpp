// open, flock. The lock's file stays: whoever removed it could lock another one than the next process.
#include "cli/base/file_lock.hpp"

#include "cli/base/complaint.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>
#include <system_error>
#include <unistd.h>

namespace xtap::cli {
namespace {

[[noreturn]] void fail(const std::string &sentence, int problem) {
    throw Complaint(ExitCode::failure, sentence + ": " + std::generic_category().message(problem));
}

} // namespace

FileLock::FileLock(const std::string &path, Taken taken) {
    const std::string beside = path + ".lock";
    fd_ = ::open(beside.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd_ < 0) fail("cannot write '" + beside + "'", errno);
    while (::flock(fd_, LOCK_EX | (taken == Taken::refuse ? LOCK_NB : 0)) != 0) {
        const int problem = errno;
        if (problem == EINTR) continue;
        ::close(fd_);
        if (problem != EWOULDBLOCK) fail("cannot lock '" + beside + "'", problem);
        throw Complaint(ExitCode::failure, "another process uses '" + path + "'",
                        "it holds a lock on '" + beside + "' until it ends");
    }
}

FileLock::~FileLock() { ::close(fd_); }

} // namespace xtap::cli
