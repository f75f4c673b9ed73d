// A file that is written whole or not at all: beside the old one first, then in its place. Knows nothing
// about what is in it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>

namespace xtap::cli {

// A place that is no ordinary file (a pipe, /dev/stdout) is written directly.
class FileReplacement {
public:
    // Opens it, so that a place that cannot be written is known before anything is sent. Throws a Complaint.
    // Without a mode: that of the old file, or what a new file gets.
    explicit FileReplacement(std::string path, std::optional<mode_t> mode = std::nullopt);
    ~FileReplacement(); // without commit: as if nothing had been
    FileReplacement(const FileReplacement &) = delete;
    FileReplacement &operator=(const FileReplacement &) = delete;

    int fd() const noexcept { return fd_; }
    // Puts it in place, on the disk, so that a crash leaves the old or the new one. Throws a Complaint.
    void commit();

private:
    [[noreturn]] void fail(const char *doing) const;

    std::string path_;
    std::string beside_; // empty when written directly
    int fd_ = -1;
};

// The whole of it at once.
void replace_file(const std::string &path, std::string_view bytes, std::optional<mode_t> mode = std::nullopt);

} // namespace xtap::cli
