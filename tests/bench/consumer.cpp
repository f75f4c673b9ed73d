// Reads and runs streams.
#include "consumer.hpp"

#include "load.hpp"
#include "meter.hpp"

#include <array>
#include <cstring>
#include <limits>
#include <malloc.h>
#include <stdexcept>
#include <string_view>
#include <xtap/xtap.h>

namespace xtap::bench {
namespace {

constexpr std::size_t kBytesPerRecord = 128; // of a batch; events are larger
constexpr std::size_t kLineEnd = 2;

void check(xtap_status status, const xtap_error &error, const char *what) {
    if (status >= 100)
        throw std::runtime_error(std::string(what) + ": " + xtap_status_name(status) + ": " + error.message);
}

// The handles, closed in order.
class Stream {
public:
    explicit Stream(const Consumer &wanted) {
        xtap_error error = XTAP_ERROR_INIT;
        xtap_config *config = nullptr;
        check(xtap_config_create(&config, &error), error, "config");
        const auto set = [&](const char *name, const char *value) {
            check(xtap_config_set(config, name, value, &error), error, name);
        };
        set("base_url", wanted.base_url.c_str());
        set("bearer_token", "bench");
        set("max_reconnects", "0");
        for (const auto &[name, value] : wanted.options)
            set(name.c_str(), value.c_str());
        check(xtap_client_open(config, &client_, &error), error, "client");
        xtap_config_destroy(config);
        xtap_request *request = nullptr;
        check(xtap_request_create(client_, wanted.operation.c_str(), &request, &error), error, "request");
        check(xtap_request_set(request, "partition", wanted.partitions.c_str(), &error), error, "partition");
        check(xtap_stream_open(request, &stream_, &error), error, "open");
        xtap_request_destroy(request);
        std::vector<const char *> pointers;
        for (const std::string &pointer : wanted.pointers)
            pointers.push_back(pointer.c_str());
        if (!pointers.empty())
            check(xtap_stream_select(stream_, pointers.data(), pointers.size(), &error), error, "select");
    }
    ~Stream() {
        xtap_stream_close(stream_);
        xtap_client_close(client_);
    }
    Stream(const Stream &) = delete;
    Stream &operator=(const Stream &) = delete;
    xtap_stream *handle() const { return stream_; }

private:
    xtap_client *client_ = nullptr;
    xtap_stream *stream_ = nullptr;
};

// What a consumer keeps of what it saw: enough that nothing can be left out unnoticed.
struct Seen {
    const Consumer &wanted;
    Meter meter;
    Latencies latencies;
    std::uint64_t events = 0, bytes = 0, selected = 0, disorder = 0;
    std::array<std::uint64_t, 32> last_ids{}; // by partition
    std::uint64_t mark = wanted.warm_events;  // the next number of events at which something is due

    explicit Seen(const Consumer &consumer)
        : wanted(consumer), latencies(consumer.stamped ? consumer.expected_events : 0) {}

    void take(std::size_t size, std::uint64_t id, std::uint32_t partition) {
        ++events;
        bytes += size + kLineEnd;
        std::uint64_t &last_id = last_ids[partition % last_ids.size()];
        disorder += static_cast<std::uint64_t>(id <= last_id);
        last_id = id;
    }
    // True when everything has come.
    bool at_mark() {
        if (!meter.warm()) {
            meter.warmed_up(events, bytes);
            mark = wanted.expected_events;
            return events >= mark;
        }
        meter.done(events, bytes);
        return true;
    }
    void stamp_in(std::string_view json) {
        const std::size_t at = json.find(kStampMark);
        if (at != json.npos) latencies.add(read_stamp(json.data() + at + sizeof(kStampMark) - 1));
    }
    Outcome outcome() {
        if (events != wanted.expected_events || bytes != wanted.expected_bytes)
            throw std::runtime_error("got " + std::to_string(events) + " events of " +
                                     std::to_string(wanted.expected_events) + ", " + std::to_string(bytes) +
                                     " bytes of " + std::to_string(wanted.expected_bytes));
        if (wanted.indexed && wanted.growing_ids && disorder != 0)
            throw std::runtime_error(std::to_string(disorder) + " events without a growing id");
        if (!wanted.pointers.empty() && selected == 0) throw std::runtime_error("nothing was selected");
        Outcome outcome = meter.outcome();
        latencies.into(outcome);
        return outcome;
    }
};

xtap_flow on_event(const xtap_event *event, void *user_data) {
    Seen &seen = *static_cast<Seen *>(user_data);
    const xtap_text json = xtap_event_json(event);
    seen.take(json.size, xtap_event_id(event), xtap_event_partition(event));
    for (std::size_t i = 0; i < seen.wanted.pointers.size(); ++i)
        seen.selected += xtap_event_selected(event, i).size;
    if (seen.wanted.stamped) seen.stamp_in({json.data, json.size});
    if (seen.events < seen.mark) return XTAP_CONTINUE;
    return seen.at_mark() ? XTAP_STOP : XTAP_CONTINUE;
}

Outcome consume_run(const Consumer &wanted) {
    const Stream stream(wanted);
    Seen seen(wanted);
    xtap_error error = XTAP_ERROR_INIT;
    xtap_stream_on_event(stream.handle(), &on_event, &seen);
    check(xtap_stream_run(stream.handle(), &error), error, "run");
    return seen.outcome();
}

// What a stream remembers fills memory for its first minutes and reuses it from then on. A second is too
// short for that, so the pages are there from the beginning, as later.
void age_memory(std::size_t bytes) {
    if (bytes == 0) return;
    mallopt(M_ARENA_MAX, 1);
    mallopt(M_TRIM_THRESHOLD, std::numeric_limits<int>::max());
    constexpr std::size_t kPiece =
        16 * 1024; // below what malloc takes from the system and gives back at once
    std::vector<std::vector<char>> pieces;
    for (std::size_t had = 0; had < bytes; had += kPiece)
        pieces.emplace_back(kPiece);
}

// Takes the records of a batch; true when everything has come.
bool take_batch(Seen &seen, const xtap_batch &batch) {
    const std::size_t columns = seen.wanted.pointers.size();
    for (std::size_t i = 0; i < batch.record_count; ++i) {
        const xtap_record &record = batch.records[i];
        if (record.kind >= 0x8000) continue;
        seen.take(record.json_size, record.id, record.partition);
        for (std::size_t c = 0; c < columns; ++c)
            seen.selected += batch.columns[record.first_column + c].size;
        if (seen.wanted.stamped) seen.stamp_in({batch.data + record.json_offset, record.json_size});
        if (seen.events >= seen.mark && seen.at_mark()) return true;
    }
    return false;
}

Outcome consume_read(const Consumer &wanted) {
    const Stream stream(wanted);
    Seen seen(wanted);
    std::vector<char> data(wanted.batch_bytes);
    std::vector<xtap_record> records(wanted.batch_bytes / kBytesPerRecord);
    std::vector<xtap_column> columns(records.size() * wanted.pointers.size());
    xtap_batch batch = XTAP_BATCH_INIT;
    batch.data = data.data();
    batch.data_capacity = data.size();
    batch.records = records.data();
    batch.record_capacity = records.size();
    batch.columns = columns.data();
    batch.column_capacity = columns.size();
    xtap_error error = XTAP_ERROR_INIT;
    for (;;) {
        const xtap_status status = xtap_stream_read(stream.handle(), &batch, XTAP_FOREVER, &error);
        check(status, error, "read");
        if (status == XTAP_END || take_batch(seen, batch)) break;
    }
    return seen.outcome();
}

} // namespace

Outcome run_consumer(const Consumer &consumer) {
    age_memory(consumer.aged_bytes);
    return consumer.way == Way::run ? consume_run(consumer) : consume_read(consumer);
}

} // namespace xtap::bench
