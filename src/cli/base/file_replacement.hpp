// A file that is written whole or not at all: beside the old one first, then in its place. Knows nothing
// about what is in it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>

namespace xtap::cli {

// Who may write the same file at the same time. A process that is killed leaves what it had begun: a sole
// writer, who holds a lock, always takes the same name for it, so that nothing piles up.
enum class Writers { several, one };

// A place that is no ordinary file (a pipe, /dev/stdout) is written directly.
class FileReplacement {
public:
    // Opens it, so that a place that cannot be written is known before anything is sent. Throws a Complaint.
    // Without a mode: that of the old file, or what a new file gets.
    explicit FileReplacement(std::string path, std::optional<mode_t> mode = std::nullopt,
                             Writers writers = Writers::several);
    ~FileReplacement(); // without commit: as if nothing had been
    FileReplacement(const FileReplacement &) = delete;
    FileReplacement &operator=(const FileReplacement &) = delete;

    int fd() const noexcept { return fd_; }
    // Puts it in place, on the disk, so that a crash leaves the old or the new one. Throws a Complaint.
    void commit();

private:
    void open_beside(Writers writers);
    [[noreturn]] void fail(const char *doing) const;

    std::string path_;
    std::string beside_; // empty when written directly
    int fd_ = -1;
};

// The file that a link leads to; the path itself when there is nothing yet.
std::string resolved_path(const std::string &path);

// The whole of it at once.
void replace_file(const std::string &path, std::string_view bytes, std::optional<mode_t> mode = std::nullopt,
                  Writers writers = Writers::several);

} // namespace xtap::cli
