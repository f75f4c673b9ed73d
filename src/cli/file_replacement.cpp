// mkostemp, fsync, rename.
#include "cli/file_replacement.hpp"

#include "cli/complaint.hpp"
#include "cli/output.hpp"

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

// A link is followed, so that the file it leads to is replaced and not the link.
std::string resolved(const std::string &path) {
    char *real = ::realpath(path.c_str(), nullptr);
    if (real == nullptr) return path;
    std::string result(real);
    std::free(real);
    return result;
}

} // namespace

FileReplacement::FileReplacement(std::string path, std::optional<mode_t> mode) : path_(std::move(path)) {
    if (!is_replaceable(path_)) {
        fd_ = ::open(path_.c_str(), O_WRONLY | O_CLOEXEC);
        if (fd_ < 0) fail("open");
        return;
    }
    path_ = resolved(path_);
    beside_ = path_ + ".XXXXXX";
    fd_ = ::mkostemp(beside_.data(), O_CLOEXEC);
    if (fd_ < 0) {
        beside_.clear();
        fail("write");
    }
    if (::fchmod(fd_, mode ? *mode : usual_mode(path_)) != 0) fail("write");
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

void replace_file(const std::string &path, std::string_view bytes, std::optional<mode_t> mode) {
    FileReplacement file(path, mode);
    Output output(file.fd(), "'" + path + "'");
    print_once(output, bytes);
    file.commit();
}

} // namespace xtap::cli
