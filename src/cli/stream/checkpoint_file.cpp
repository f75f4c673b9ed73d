// Lock, read, resume; and again and again: ask, compare, replace.
#include "cli/stream/checkpoint_file.hpp"

#include "cli/base/complaint.hpp"
#include "cli/base/file_replacement.hpp"
#include "cli/base/input.hpp"
#include "cli/base/text_answer.hpp"

#include <algorithm>
#include <cerrno>
#include <sys/stat.h>
#include <system_error>
#include <utility>

namespace xtap::cli {
namespace {

constexpr mode_t kMode = 0600; // it tells who streams what, and when

// Whether there is one. Anything but a file (a pipe, a folder) can be neither kept nor replaced.
bool is_there(const std::string &path) {
    struct stat facts = {};
    if (::stat(path.c_str(), &facts) != 0) {
        if (errno == ENOENT) return false;
        throw Complaint(ExitCode::usage,
                        "cannot read '" + path + "': " + std::generic_category().message(errno));
    }
    if (!S_ISREG(facts.st_mode)) throw Complaint(ExitCode::usage, "'" + path + "' is no ordinary file");
    return true;
}

// A link and the file it leads to are one checkpoint: they must have one lock.
std::string checked(const std::string &path) { return is_there(path) ? resolved_path(path) : path; }

} // namespace

void SavingPace::saved(TimePoint begun, TimePoint ended) noexcept {
    constexpr int kShare = 9; // parts of other work for each part of saving
    next_ = ended +
            std::max<TimePoint::duration>(CheckpointFile::kPause - (ended - begun), (ended - begun) * kShare);
}

CheckpointFile::CheckpointFile(const std::string &path)
    : path_(checked(path)), lock_(path_, FileLock::Taken::refuse) {}

bool CheckpointFile::begin(xtap_stream *stream) {
    stream_ = stream;
    const bool was_there = is_there(path_);
    if (was_there)
        resume(read_file(path_));
    else
        ask(0);                                                 // whether this stream has any
    const FileReplacement writable(path_, kMode, Writers::one); // or all that follows would be for nothing
    return was_there;
}

void CheckpointFile::resume(const std::string &text) const {
    LibraryError error;
    const xtap_status status = xtap_stream_resume(stream_, text.data(), text.size(), &error);
    if (status == XTAP_OK) return;
    std::string hint = "move it away to begin from now; what came since it was written is then not fetched";
    if (status == XTAP_E_UNSUPPORTED) hint.clear();
    Complaint complaint = complaint_of(status, error, hint);
    complaint.message = "cannot go on from '" + path_ + "': " + complaint.message;
    throw complaint;
}

void CheckpointFile::ask(std::uint64_t position) {
    ask_text(text_, [this, position](char *buffer, std::size_t room, std::size_t *size, xtap_error *error) {
        return xtap_stream_checkpoint(stream_, position, buffer, room, size, error);
    });
    text_ += '\n';
}

void CheckpointFile::save(std::uint64_t position, Output &output) {
    if (position == 0) return; // to the library that is "everything": what the file says still holds
    const auto begun = std::chrono::steady_clock::now();
    if (!output.settle()) throw Complaint(ExitCode::failure, output.failure());
    ask(position);
    if (text_ != saved_) {
        replace_file(path_, text_, kMode, Writers::one);
        std::swap(text_, saved_);
    }
    pace_.saved(begun, std::chrono::steady_clock::now());
}

void CheckpointFile::try_save(std::uint64_t position, Output &output) noexcept {
    try {
        save(position, output);
    } catch (...) {
    }
}

} // namespace xtap::cli
