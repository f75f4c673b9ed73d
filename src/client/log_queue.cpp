// See log_queue.hpp.
#include "client/log_queue.hpp"

#include <new>
#include <optional>
#include <utility>

namespace xtap::client {

LogLevel log_level(std::string_view name) noexcept {
    if (name == "off") return LogLevel::off;
    if (name == "error") return LogLevel::error;
    if (name == "info") return LogLevel::info;
    if (name == "debug") return LogLevel::debug;
    return LogLevel::warn;
}

void LogQueue::on_line(LogCallback callback, LogTarget target) {
    const std::lock_guard calling(callback_mutex_);
    callback_ = callback;
    target_ = target;
    const std::lock_guard lock(lines_mutex_);
    listening_ = callback != nullptr;
    if (!listening_) lines_.clear();
}

void LogQueue::put(LogLevel level, std::string line) noexcept {
    if (level > level_) return;
    const std::lock_guard lock(lines_mutex_);
    if (!listening_) return;
    try {
        if (lines_.size() < kMostLines) {
            lines_.push_back({level, std::move(line)});
            return;
        }
    } catch (const std::bad_alloc &) {
        // counted as dropped
    }
    ++dropped_;
}

void LogQueue::tell() noexcept {
    {
        const std::lock_guard lock(lines_mutex_);
        if (lines_.empty()) return;
    }
    const std::lock_guard calling(callback_mutex_);
    if (telling_) return; // the callback called xtap: its own loop below goes on with what came in
    telling_ = true;
    for (;;) {
        std::optional<Line> line;
        {
            const std::lock_guard lock(lines_mutex_);
            if (lines_.empty()) break;
            line = std::move(lines_.front());
            lines_.pop_front();
        }
        if (callback_ != nullptr) callback_(static_cast<std::int32_t>(line->level), line->text, target_);
    }
    telling_ = false;
}

std::uint64_t LogQueue::dropped() const {
    const std::lock_guard lock(lines_mutex_);
    return dropped_;
}

} // namespace xtap::client
