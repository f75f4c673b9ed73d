// A new file, fsync, rename.
#include "cli/base/file_replacement.hpp"

#include "cli/base/complaint.hpp"
#include "cli/base/output.hpp"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace xtap::cli {
namespace {

// What stands at a path: an ordinary file or nothing can be replaced, anything else is written to.
bool is_replaceable(const std::string &path) {
    struct stat facts = {};
    return ::stat(path.c_str(), &facts) != 0 || S_ISREG(facts.st_mode);
}

mode_t usual_mode(const std::string &path) {
    struct stat facts = {};
    if (::stat(path.c_str(), &facts) == 0) return facts.st_mode & 0777;
    const mode_t mask = ::umask(0); // there is no way to ask without setting it
    ::umask(mask);
    return 0666 & ~mask;
}

} // namespace

std::string resolved_path(const std::string &path) {
    char *real = ::realpath(path.c_str(), nullptr);
    if (real == nullptr) return path;
    std::string result(real);
    std::free(real);
    return result;
}

FileReplacement::FileReplacement(std::string path, std::optional<mode_t> mode, Writers writers)
    : path_(std::move(path)) {
    if (!is_replaceable(path_)) {
        fd_ = ::open(path_.c_str(), O_WRONLY | O_CLOEXEC);
        if (fd_ < 0) fail("open");
        return;
    }
    path_ = resolved_path(path_); // or the link would be replaced, not the file
    open_beside(writers);
    if (::fchmod(fd_, mode ? *mode : usual_mode(path_)) != 0) fail("write");
}

void FileReplacement::open_beside(Writers writers) {
    beside_ = path_ + (writers == Writers::one ? ".new" : ".XXXXXX");
    if (writers == Writers::one) {
        // Removed and made, never written through: in a folder of many users it could be a link of another's.
        ::unlink(beside_.c_str());
        fd_ = ::open(beside_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    } else {
        fd_ = ::mkostemp(beside_.data(), O_CLOEXEC);
    }
    if (fd_ >= 0) return;
    beside_.clear();
    fail("write");
}

FileReplacement::~FileReplacement() {
    if (fd_ >= 0) ::close(fd_);
    if (!beside_.empty()) ::unlink(beside_.c_str());
}

void FileReplacement::fail(const char *doing) const {
    const std::string why = std::generic_category().message(errno);
    if (!beside_.empty() && fd_ >= 0) ::unlink(beside_.c_str());
    throw Complaint(ExitCode::failure, std::string("cannot ") + doing + " '" + path_ + "': " + why);
}

void FileReplacement::commit() {
    if (beside_.empty()) return;
    if (::fsync(fd_) != 0 || ::rename(beside_.c_str(), path_.c_str()) != 0) fail("write");
    beside_.clear();
    // The new name is on the disk only when its folder is.
    const std::size_t slash = path_.rfind('/');
    const std::string folder = slash == std::string::npos ? "." : path_.substr(0, slash + 1);
    const int directory = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0) return;
    static_cast<void>(::fsync(directory));
    ::close(directory);
}

void replace_file(const std::string &path, std::string_view bytes, std::optional<mode_t> mode,
                  Writers writers) {
    FileReplacement file(path, mode, writers);
    Output output(file.fd(), "'" + path + "'");
    print_once(output, bytes);
    file.commit();
}

} // namespace xtap::cli
