// Watches for what ends a stream from outside: a signal, the --duration, a reader that left. Ends the stream
// from a thread of its own, because the main thread may be waiting for the network or for a slow reader.
#pragma once

#include "cli/output.hpp"
#include "cli/signals.hpp"

#include <xtap/xtap.h>

#include <atomic>
#include <chrono>
#include <optional>
#include <pthread.h>
#include <thread>

namespace xtap::cli {

enum class Ending {
    none,
    signal,        // finish: what is buffered is still delivered
    second_signal, // cancel: at once
    duration,      // finish
    reader_left,   // cancel: nobody is there to take it
};

class EndingWatch {
public:
    using Clock = std::chrono::steady_clock;

    // Must be made on the thread that writes to `output`; that thread is interrupted by a second signal.
    EndingWatch(xtap_stream *stream, const EndSignals &signals, Output &output,
                std::optional<std::chrono::milliseconds> duration);
    ~EndingWatch();
    EndingWatch(const EndingWatch &) = delete;
    EndingWatch &operator=(const EndingWatch &) = delete;

    Ending ending() const noexcept { return ending_.load(); }

private:
    void watch() noexcept;
    int wait_ms() const noexcept;
    void on_signal() noexcept;

    xtap_stream *stream_;
    const EndSignals &signals_;
    Output &output_;
    std::optional<Clock::time_point> deadline_;
    pthread_t writer_;
    int stop_fd_;
    std::atomic<Ending> ending_ = Ending::none;
    std::thread thread_;
};

} // namespace xtap::cli
