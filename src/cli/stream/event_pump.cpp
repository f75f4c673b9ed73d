// The read loop. One write for all events of a batch; no allocation for an event once the buffers have grown.
#include "cli/stream/event_pump.hpp"

#include "cli/base/plain_text.hpp"
#include "cli/base/readable.hpp"
#include "cli/stream/notices.hpp"
#include "cli/stream/selected.hpp"

#include <algorithm>
#include <cstring>

namespace xtap::cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using std::chrono::system_clock;

constexpr std::size_t kDataBytes = 1 << 20;
constexpr std::size_t kRecords = 4096;   // 256 KiB: enough for a data area of events of 256 bytes
constexpr milliseconds kRefresh(200);    // five times a second: more cannot be read
constexpr milliseconds kMetrics(10'000); // as often as a busy Prometheus looks
constexpr std::uint32_t kFirstNotice = 0x8000;

} // namespace

BatchMemory::BatchMemory(std::size_t columns_per_event) : batch_(XTAP_BATCH_INIT) {
    make_room(kDataBytes, kRecords, kRecords * columns_per_event);
}

void BatchMemory::grow_to_need() {
    make_room(std::max(batch_.data_needed, batch_.data_capacity),
              std::max(batch_.records_needed, batch_.record_capacity),
              std::max(batch_.columns_needed, batch_.column_capacity));
}

void BatchMemory::make_room(std::size_t data, std::size_t records, std::size_t columns) {
    if (data > batch_.data_capacity) {
        data_ = std::make_unique_for_overwrite<char[]>(data);
        batch_.data = data_.get();
        batch_.data_capacity = data;
    }
    if (records > batch_.record_capacity) {
        records_ = std::make_unique_for_overwrite<xtap_record[]>(records);
        batch_.records = records_.get();
        batch_.record_capacity = records;
    }
    if (columns > batch_.column_capacity) {
        columns_ = std::make_unique_for_overwrite<xtap_column[]>(columns);
        batch_.columns = columns_.get();
        batch_.column_capacity = columns;
    }
}

EventPump::EventPump(xtap_stream *stream, const StreamArguments &arguments, Output &output, Console &console,
                     const EndingWatch &watch, const MetricsFile &metrics, CheckpointFile *checkpoint)
    : stream_(stream), arguments_(arguments), output_(output), console_(console), watch_(watch),
      metrics_(metrics), checkpoint_(checkpoint), memory_(arguments.select.size()),
      started_(steady_clock::now()), next_refresh_(started_), next_metrics_(started_), meter_(started_),
      shares_terminal_(console.is_terminal() && output.is_terminal()) {
    output_.widen_pipe();
}

void EventPump::run() {
    // Before the first connection a checkpoint would say nothing that the file does not, or begin one for a
    // stream that never was allowed.
    const auto is_kept = [this] { return checkpoint_ != nullptr && ever_connected_; };
    try {
        move_records();
    } catch (...) {
        if (is_kept()) checkpoint_->try_save(done_position_, output_);
        throw;
    }
    if (is_kept()) checkpoint_->save(done_position_, output_);
    finish_without_complaint();
}

void EventPump::move_records() {
    const std::uint32_t timeout = patience_ms();
    LibraryError error;
    Progress progress = Progress::go_on;
    while (progress == Progress::go_on) {
        const xtap_status status = xtap_stream_read(stream_, memory_.batch(), timeout, &error);
        if (status == XTAP_OK) {
            progress = deliver();
        } else if (status == XTAP_E_BUFFER_SMALL) {
            memory_.grow_to_need();
        } else if (status == XTAP_END) {
            complain_if_never_connected();
            progress = Progress::ended;
        } else if (status == XTAP_E_CANCELLED && watch_.ending() != Ending::none) {
            progress = Progress::ended; // by the watch: a second signal, or a reader that left
        } else {
            check(status, error); // a timeout or an interruption is none: it lets the status line move
        }
        if (console_.is_terminal()) refresh_status();
        if (metrics_.is_wanted()) refresh_metrics();
        refresh_checkpoint();
    }
}

// How long a read may wait before something else is due.
std::uint32_t EventPump::patience_ms() const noexcept {
    if (console_.is_terminal()) return static_cast<std::uint32_t>(kRefresh.count());
    if (checkpoint_ != nullptr) return static_cast<std::uint32_t>(CheckpointFile::kPause.count());
    return metrics_.is_wanted() ? static_cast<std::uint32_t>(kMetrics.count()) : XTAP_FOREVER;
}

EventPump::Progress EventPump::deliver() {
    const xtap_batch &batch = *memory_.batch();
    for (std::size_t index = 0; index < batch.record_count; ++index) {
        const xtap_record &record = batch.records[index];
        if (record.kind >= kFirstNotice) {
            // Notices keep their place among the events where both end on one screen or in one log.
            if (flush_events() == Progress::ended) return Progress::ended;
            show_notice(record);
            done_position_ = record.position;
            // Nothing is printed before there is a checkpoint: a process killed now is followed by one that
            // begins here, and not whenever it starts.
            if (record.kind == XTAP_NOTICE_CONNECTED) refresh_checkpoint();
            continue;
        }
        append_event(record);
        ++pending_events_;
        pending_position_ = record.position;
        if (arguments_.max_events && meter_.events() + pending_events_ == *arguments_.max_events) {
            static_cast<void>(flush_events());
            return Progress::ended;
        }
    }
    return flush_events();
}

void EventPump::append_event(const xtap_record &record) {
    const xtap_batch &batch = *memory_.batch();
    if (arguments_.select.empty()) {
        char *line = lines_.room_for(std::size_t{record.json_size} + 1);
        std::memcpy(line, batch.data + record.json_offset, record.json_size);
        line[record.json_size] = '\n';
        lines_.advance(std::size_t{record.json_size} + 1);
    } else {
        append_selected(lines_, batch.data, batch.columns + record.first_column, arguments_.select.size());
        lines_.append('\n');
    }
    if (record.time_ms != XTAP_TIME_UNKNOWN) last_event_ms_ = record.time_ms;
}

EventPump::Progress EventPump::flush_events() {
    if (pending_events_ == 0) return Progress::go_on;
    if (shares_terminal_) console_.clear_status();
    const Written written = output_.write(lines_.view());
    if (written == Written::failed) throw Complaint(ExitCode::failure, output_.failure());
    if (written == Written::whole) {
        meter_.count(pending_events_, lines_.view().size());
        done_position_ = pending_position_;
    }
    lines_.clear();
    pending_events_ = 0;
    return written == Written::whole ? Progress::go_on : Progress::ended;
}

void EventPump::show_notice(const xtap_record &record) {
    const std::string_view json(memory_.batch()->data + record.json_offset, record.json_size);
    const ReadableNotice notice = readable_notice(record.kind, json);
    if (record.kind == XTAP_NOTICE_CONNECTED) ever_connected_ = true;
    if (record.kind == XTAP_NOTICE_GAP) meter_.count_gap();
    if (notice.state) state_ = *notice.state;
    if (notice.reason) reason_ = *notice.reason;
    if (arguments_.notices == NoticeStyle::text) console_.line(notice.line);
    if (arguments_.notices == NoticeStyle::json) console_.line(json);
}

void EventPump::refresh_status() {
    const auto now = steady_clock::now();
    if (now < next_refresh_) return;
    next_refresh_ = now + kRefresh;
    meter_.sample(now);
    std::optional<std::int64_t> lag;
    if (last_event_ms_ != XTAP_TIME_UNKNOWN) {
        const auto wall =
            std::chrono::duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
        lag = std::max<std::int64_t>(wall - last_event_ms_, 0);
    }
    console_.show_status(status_line(state_, meter_, lag, console_.columns()));
}

void EventPump::refresh_metrics() {
    const auto now = steady_clock::now();
    if (now < next_metrics_) return;
    next_metrics_ = now + kMetrics;
    metrics_.write();
}

void EventPump::refresh_checkpoint() {
    if (checkpoint_ != nullptr && ever_connected_ && checkpoint_->is_due())
        checkpoint_->save(done_position_, output_);
}

void EventPump::finish_without_complaint() {
    console_.clear_status();
    if (output_.is_abandoned()) {
        console_.line("xtap: cancelled by a second signal; events that were waiting are dropped");
    }
    if (!console_.is_terminal()) return;
    const auto elapsed = std::chrono::duration_cast<milliseconds>(steady_clock::now() - started_);
    console_.line("xtap: " + summary(meter_, elapsed));
}

void EventPump::complain_if_never_connected() const {
    if (ever_connected_ || watch_.ending() != Ending::duration) return;
    const std::string seconds = readable_ms(arguments_.duration.value_or(milliseconds(0)).count());
    throw Complaint(ExitCode::failure, "no connection was made within " + seconds +
                                           (reason_.empty() ? "" : "; the last attempt: " + reason_));
}

} // namespace xtap::cli
