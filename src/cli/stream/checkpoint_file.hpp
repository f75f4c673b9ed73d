// Keeps a stream's checkpoint in a file, as far as its output was written, and lets the next run go on from
// it. Knows nothing about what a checkpoint says.
#pragma once

#include "cli/base/file_lock.hpp"
#include "cli/base/output.hpp"

#include <xtap/xtap.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace xtap::cli {

// When the next one is due: at most once a second, and so that saving takes a tenth of the time at most,
// since a checkpoint of a full firehose is megabytes.
class SavingPace {
public:
    using TimePoint = std::chrono::steady_clock::time_point;

    bool is_due(TimePoint now) const noexcept { return now >= next_; }
    void saved(TimePoint begun, TimePoint ended) noexcept;

private:
    TimePoint next_ = TimePoint::min();
};

class CheckpointFile {
public:
    // Nobody else's from here on. Throws a Complaint when another process has it, or when it is no file that
    // can be read and replaced.
    explicit CheckpointFile(const std::string &path);

    // Before the stream's first read. Makes it go on from the file; where there is none it begins from now.
    // True when there was one. Throws a Complaint that leaves the file as it is.
    bool begin(xtap_stream *stream);

    static constexpr std::chrono::milliseconds kPause{1000};
    bool is_due() const noexcept { return pace_.is_due(std::chrono::steady_clock::now()); }
    // Everything up to this position was written to `output`; 0: nothing was. Throws a Complaint.
    void save(std::uint64_t position, Output &output);
    // The same on the way out of a failure, which stays the one thing to tell.
    void try_save(std::uint64_t position, Output &output) noexcept;

    const std::string &path() const noexcept { return path_; }

private:
    void resume(const std::string &text) const;
    void ask(std::uint64_t position); // for text_

    std::string path_;
    FileLock lock_;
    xtap_stream *stream_ = nullptr;
    SavingPace pace_;
    std::string text_, saved_; // the room of one is used for the other
};

} // namespace xtap::cli
