// Log lines on their way to the user's callback: written by any thread, told only on threads that are inside
// an xtap call. Bounded; what is dropped is counted.
#pragma once

#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>

namespace xtap::client {

enum class LogLevel : std::int32_t { off = 0, error = 1, warn = 2, info = 3, debug = 4 };
LogLevel log_level(std::string_view name) noexcept;

// The user's function and its data, passed on untouched.
struct LogTarget {
    void (*function)() = nullptr;
    void *data = nullptr;
};
using LogCallback = void (*)(std::int32_t level, std::string_view line, LogTarget target);

class LogQueue {
public:
    static constexpr std::size_t kMostLines = 1000;

    explicit LogQueue(LogLevel level) : level_(level) {}

    // Set and told under one lock: after it returns, the callback before is not running and never will again.
    void on_line(LogCallback callback, LogTarget target);
    void put(LogLevel level, std::string line) noexcept;
    void tell() noexcept;
    std::uint64_t dropped() const;

private:
    struct Line {
        LogLevel level;
        std::string text;
    };

    const LogLevel level_;
    mutable std::mutex lines_mutex_; // lines_, dropped_, listening_
    std::deque<Line> lines_;
    std::uint64_t dropped_ = 0;
    bool listening_ = false;
    std::recursive_mutex callback_mutex_; // callback_, target_; a callback may call xtap, which tells again
    bool telling_ = false;
    LogCallback callback_ = nullptr;
    LogTarget target_;
};

} // namespace xtap::client
