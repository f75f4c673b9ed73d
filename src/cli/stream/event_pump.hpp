// Moves a stream's records to their places: events to stdout, notices to stderr, until an end was reached.
// Knows nothing about command lines, credentials or how the stream came to be.
#pragma once

#include "cli/base/complaint.hpp"
#include "cli/base/console.hpp"
#include "cli/base/ending.hpp"
#include "cli/base/metrics_file.hpp"
#include "cli/base/output.hpp"
#include "cli/stream/byte_buffer.hpp"
#include "cli/stream/checkpoint_file.hpp"
#include "cli/stream/status_line.hpp"
#include "cli/stream/stream_arguments.hpp"

#include <xtap/xtap.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace xtap::cli {

// The three arrays of a batch, owned. Large enough that a call brings hundreds of events, small enough to
// stay in the processor's second-level cache together with the output made of them.
class BatchMemory {
public:
    explicit BatchMemory(std::size_t columns_per_event);
    xtap_batch *batch() noexcept { return &batch_; }
    // Makes room for the record that the last read reported as too large.
    void grow_to_need();

private:
    void make_room(std::size_t data, std::size_t records, std::size_t columns);

    std::unique_ptr<char[]> data_;
    std::unique_ptr<xtap_record[]> records_;
    std::unique_ptr<xtap_column[]> columns_;
    xtap_batch batch_;
};

class EventPump {
public:
    EventPump(xtap_stream *stream, const StreamArguments &arguments, Output &output, Console &console,
              const EndingWatch &watch, const MetricsFile &metrics, CheckpointFile *checkpoint = nullptr);

    // Returns at an end that was asked for; throws a Complaint at any other. The last checkpoint is kept in
    // either case.
    void run();

private:
    enum class Progress { go_on, ended };

    void move_records();
    Progress deliver();
    void append_event(const xtap_record &record);
    Progress flush_events();
    void show_notice(const xtap_record &record);
    void refresh_status();
    void refresh_metrics();
    void refresh_checkpoint();
    std::uint32_t patience_ms() const noexcept;
    void finish_without_complaint();
    void complain_if_never_connected() const;

    xtap_stream *stream_;
    const StreamArguments &arguments_;
    Output &output_;
    Console &console_;
    const EndingWatch &watch_;
    const MetricsFile &metrics_;
    CheckpointFile *checkpoint_; // or none
    BatchMemory memory_;
    ByteBuffer lines_;

    std::chrono::steady_clock::time_point started_;
    std::chrono::steady_clock::time_point next_refresh_;
    std::chrono::steady_clock::time_point next_metrics_;
    Meter meter_;
    std::uint64_t pending_events_ = 0;   // in lines_, not written yet
    std::uint64_t pending_position_ = 0; // of the last of them
    std::uint64_t done_position_ = 0;    // everything up to it is written: what a checkpoint may say
    std::int64_t last_event_ms_ = XTAP_TIME_UNKNOWN;
    std::string state_ = "starting";
    std::string reason_;
    bool ever_connected_ = false;
    bool shares_terminal_; // stdout is a terminal, too: events and status line would mix
};

} // namespace xtap::cli
