// xtap_stream: opening, consuming, ending.
#include "abi/arguments.hpp"
#include "abi/barrier.hpp"
#include "abi/handle.hpp"

#include <cstddef>
#include <cstring>
#include <vector>

using namespace xtap;
using namespace xtap::abi;

// The core writes straight into the caller's arrays: the two layouts are one.
static_assert(sizeof(xtap_record) == sizeof(event::Record) && sizeof(xtap_column) == sizeof(event::Column));
#define XTAP_SAME(field) static_assert(offsetof(xtap_record, field) == offsetof(event::Record, field))
XTAP_SAME(position);
XTAP_SAME(key);
XTAP_SAME(id);
XTAP_SAME(time_ms);
XTAP_SAME(json_offset);
XTAP_SAME(json_size);
XTAP_SAME(first_column);
XTAP_SAME(kind);
XTAP_SAME(flags);
XTAP_SAME(partition);
#undef XTAP_SAME
static_assert(offsetof(xtap_column, offset) == offsetof(event::Column, offset) &&
              offsetof(xtap_column, size) == offsetof(event::Column, size) &&
              offsetof(xtap_column, kind) == offsetof(event::Column, kind));

namespace {

// Version 1's sizes.
constexpr std::size_t kBatchSize1 = sizeof(xtap_batch);
constexpr std::size_t kRecordSize1 = sizeof(xtap_record);

// The streams that the calling thread is inside of, innermost first. close looks here: a stream that is
// closed in its own callback is freed by the frame that runs it, which afterwards touches nothing but itself.
struct Frame {
    xtap_stream *stream;
    Frame *outer;
    bool close = false;
};
thread_local Frame *innermost = nullptr;

class Inside {
public:
    explicit Inside(xtap_stream *stream) : frame_{stream, innermost} { innermost = &frame_; }
    ~Inside() {
        innermost = frame_.outer;
        if (frame_.close) destroy(frame_.stream);
    }
    Inside(const Inside &) = delete;
    Inside &operator=(const Inside &) = delete;

private:
    Frame frame_;
};

Frame *frame_of(const xtap_stream *stream) noexcept {
    for (Frame *frame = innermost; frame != nullptr; frame = frame->outer)
        if (frame->stream == stream) return frame;
    return nullptr;
}

class Callbacks final : public tap::RecordReceiver {
public:
    explicit Callbacks(const xtap_stream &stream) : stream_(stream) {}

    // Looked up at every record: a callback may replace itself.
    Flow receive(const tap::Delivered &delivered) override {
        if (event::is_notice(delivered.record->kind)) {
            const xtap_notice notice{&delivered};
            return stream_.on_notice ? static_cast<Flow>(stream_.on_notice(&notice, stream_.notice_data))
                                     : Flow::proceed;
        }
        const xtap_event event{&delivered};
        return stream_.on_event ? static_cast<Flow>(stream_.on_event(&event, stream_.event_data))
                                : Flow::proceed;
    }

private:
    const xtap_stream &stream_;
};

tap::Stream &core_of(xtap_stream *stream) { return *handle_of(stream).core; }

void check_idle(const tap::Stream &core) {
    core.check_process();
    if (core.busy() && !core.inside())
        throw Failure(Status::busy, "another thread is inside run or read of this stream");
}

template <class Array> std::span<Array> array_of(Array *first, std::size_t capacity, const char *name) {
    if (first == nullptr && capacity > 0)
        throw Failure(Status::argument, std::string("batch.") + name + " is NULL but its capacity is not 0");
    return {first, capacity};
}

xtap_batch &checked(xtap_batch *batch) {
    if (batch == nullptr) throw Failure(Status::argument, "batch is NULL");
    if (batch->struct_size < kBatchSize1 || batch->record_size < kRecordSize1)
        throw Failure(Status::argument, "batch.struct_size and record_size are to be set by XTAP_BATCH_INIT");
    return *batch;
}

// A caller built against a later header has larger records: they are spread to its stride, the rest of each
// zero.
void spread(xtap_record *records, std::size_t count, std::size_t stride) {
    if (stride == kRecordSize1) return;
    char *base = reinterpret_cast<char *>(records);
    for (std::size_t index = count; index-- > 0;) {
        std::memmove(base + index * stride, base + index * kRecordSize1, kRecordSize1);
        std::memset(base + index * stride + kRecordSize1, 0, stride - kRecordSize1);
    }
}

Status read(tap::Stream &core, xtap_batch &batch, std::uint32_t timeout_ms) {
    batch.data_size = batch.record_count = batch.column_count = 0;
    batch.data_needed = batch.records_needed = batch.columns_needed = 0;
    auto *records = reinterpret_cast<event::Record *>(batch.records);
    auto *columns = reinterpret_cast<event::Column *>(batch.columns);
    event::BatchView view(array_of(batch.data, batch.data_capacity, "data"),
                          array_of(records, batch.record_capacity, "records"),
                          array_of(columns, batch.column_capacity, "columns"));
    event::Need need; // kept here: when read has left, another thread may close the stream
    try {
        const Status status = core.read(view, timeout_ms, need);
        batch.data_size = view.data_size();
        batch.record_count = view.record_count();
        batch.column_count = view.column_count();
        spread(batch.records, batch.record_count, batch.record_size);
        return status;
    } catch (Failure &failure) {
        if (failure.status == Status::buffer_small) {
            batch.data_needed = need.data;
            batch.records_needed = need.records;
            batch.columns_needed = need.columns;
            failure.needed = need.data;
        }
        throw;
    }
}

} // namespace

xtap_status xtap_stream_open(const xtap_request *request, xtap_stream **stream_out, xtap_error *error) {
    clear_out(stream_out);
    return guarded(error, [&] {
        out_of(stream_out, "stream_out");
        const xtap_request &from = handle_of(request);
        from.client->check_process();
        from.client->tell_log();
        if (!from.core.operation().streaming)
            throw Failure(Status::argument, std::string(from.core.operation().id) + " does not stream");
        from.core.check();
        from.options.check();
        static_cast<void>(from.client->credentials().authorize_stream(from.core.operation())); // or throws
        tap::StreamSettings settings = tap::stream_settings(from.options);
        settings.session.user_end_time = from.core.get("end_time").has_value();
        auto stream = std::make_unique<xtap_stream>();
        stream->core = std::make_unique<tap::Stream>(from.client, from.core, settings);
        *stream_out = stream.release();
        return Status::ok;
    });
}

xtap_status xtap_stream_select(xtap_stream *stream, const char *const *pointers, size_t count,
                               xtap_error *error) {
    return guarded(error, [&] {
        tap::Stream &core = core_of(stream);
        if (pointers == nullptr && count > 0) throw Failure(Status::argument, "pointers is NULL");
        std::vector<std::string> texts;
        for (std::size_t index = 0; index < count; ++index)
            texts.emplace_back(text_of(pointers[index], ("pointers[" + std::to_string(index) + "]").c_str()));
        core.select(texts);
        return Status::ok;
    });
}

xtap_status xtap_stream_on_event(xtap_stream *stream, xtap_event_cb callback, void *user_data) {
    return guarded(nullptr, [&] {
        check_idle(core_of(stream));
        stream->on_event = callback;
        stream->event_data = user_data;
        return Status::ok;
    });
}

xtap_status xtap_stream_on_notice(xtap_stream *stream, xtap_notice_cb callback, void *user_data) {
    return guarded(nullptr, [&] {
        check_idle(core_of(stream));
        stream->on_notice = callback;
        stream->notice_data = user_data;
        return Status::ok;
    });
}

xtap_status xtap_stream_run(xtap_stream *stream, xtap_error *error) {
    return guarded(error, [&] {
        tap::Stream &core = core_of(stream);
        Callbacks callbacks(*stream);
        const Inside inside(stream);
        return core.run(callbacks);
    });
}

xtap_status xtap_stream_read(xtap_stream *stream, xtap_batch *batch, uint32_t timeout_ms, xtap_error *error) {
    return guarded(error, [&] {
        tap::Stream &core = core_of(stream);
        xtap_batch &target = checked(batch);
        const Inside inside(stream);
        return read(core, target, timeout_ms);
    });
}

xtap_status xtap_stream_wake(xtap_stream *stream) {
    return guarded(nullptr, [&] {
        core_of(stream).check_process();
        stream->core->wake();
        return Status::ok;
    });
}

xtap_status xtap_stream_finish(xtap_stream *stream) {
    return guarded(nullptr, [&] {
        core_of(stream).check_process();
        stream->core->finish();
        return Status::ok;
    });
}

// Async-signal-safe: no allocation and no lock on the way, which an exception would bring along.
xtap_status xtap_stream_cancel(xtap_stream *stream) {
    if (!is_live(stream)) return XTAP_E_ARGUMENT;
    if (stream->core->forked()) return XTAP_E_FORKED;
    stream->core->cancel();
    return XTAP_OK;
}

xtap_status xtap_stream_checkpoint(xtap_stream *stream, uint64_t upto, char *buffer, size_t capacity,
                                   size_t *size_out, xtap_error *error) {
    return guarded(error, [&] {
        tap::Stream &core = core_of(stream);
        core.check_process();
        return copy_out(core.checkpoint(upto), buffer, capacity, size_out);
    });
}

xtap_status xtap_stream_resume(xtap_stream *stream, const char *checkpoint, size_t size, xtap_error *error) {
    return guarded(error, [&] {
        tap::Stream &core = core_of(stream);
        if (checkpoint == nullptr) throw Failure(Status::argument, "checkpoint is NULL");
        core.resume({checkpoint, size});
        return Status::ok;
    });
}

xtap_status xtap_stream_stats(xtap_stream *stream, char *buffer, size_t capacity, size_t *size_out,
                              xtap_error *error) {
    return guarded(error, [&] {
        tap::Stream &core = core_of(stream);
        core.check_process();
        return copy_out(core.stats(), buffer, capacity, size_out);
    });
}

xtap_status xtap_stream_fd(xtap_stream *stream, int *fd_out, xtap_error *error) {
    return guarded(error, [&] {
        out_of(fd_out, "fd_out") = -1;
        tap::Stream &core = core_of(stream);
        core.check_process();
        *fd_out = core.fd();
        return Status::ok;
    });
}

void xtap_stream_close(xtap_stream *stream) {
    if (!is_live(stream)) return;
    if (!stream->core->forked()) {
        if (Frame *frame = frame_of(stream)) {
            stream->core->cancel();
            frame->close = true;
            return;
        }
        stream->core->cancel_and_wait(-1);
    }
    destroy(stream);
}
