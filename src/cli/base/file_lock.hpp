// One process at a time for a file: a lock that ends with the process, however it ends. Knows nothing about
// what is in the file.
#pragma once

#include <string>

namespace xtap::cli {

class FileLock {
public:
    enum class Taken { wait, refuse }; // what to do when another process has it

    // Locks a file of its own beside `path`, which may be replaced, and a lock on it would be with it. Throws
    // a Complaint when it cannot, or when it is taken and that is refused.
    explicit FileLock(const std::string &path, Taken taken = Taken::wait);
    ~FileLock();
    FileLock(const FileLock &) = delete;
    FileLock &operator=(const FileLock &) = delete;

private:
    int fd_ = -1;
};

} // namespace xtap::cli
