// A stream as tests hold one: client, request and stream made from the public header alone, ended with the
// test, and cancelled when the test hangs. Knows nothing of the simulator.
#pragma once

#include "xtap/xtap.h"
#include "json/value.hpp"

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace xtap::test {

using Settings = std::vector<std::pair<std::string, std::string>>;

struct Selected {
    std::uint32_t kind = XTAP_COLUMN_ABSENT;
    std::string text;
    bool operator==(const Selected &) const = default;
};

// One record, copied out of whatever delivered it.
struct Seen {
    std::uint64_t position = 0, id = 0, key[2] = {0, 0};
    std::int64_t time_ms = 0;
    std::uint32_t kind = 0, flags = 0, partition = 0;
    std::string json;
    std::vector<Selected> selected;

    bool is_notice() const { return kind >= 0x8000; }
    Json facts() const { return Json::parse(json); }
};

Seen seen_of(const xtap_event *event, std::size_t columns);
Seen seen_of(const xtap_notice *notice);
Seen seen_of(const xtap_batch &batch, const xtap_record &record, std::size_t columns);

// Memory for read.
class Batch {
public:
    explicit Batch(std::size_t data = 256 * 1024, std::size_t records = 256, std::size_t columns = 1024);
    xtap_batch *get() { return &batch_; }
    const xtap_batch *operator->() const { return &batch_; }
    const xtap_batch &operator*() const { return batch_; }
    void resize(std::size_t data, std::size_t records, std::size_t columns);
    // As much as the last read said that it needs.
    void grow();

private:
    std::vector<char> data_;
    std::vector<xtap_record> records_;
    std::vector<xtap_column> columns_;
    xtap_batch batch_ = XTAP_BATCH_INIT;
};

// The ways to consume a stream: run or read, with a thread that reads ahead or without.
struct Mode {
    bool run = true, ahead = true;
    std::string name() const { return std::string(run ? "run" : "read") + (ahead ? "_ahead" : "_direct"); }
};
inline constexpr Mode kEveryMode[] = {{true, true}, {true, false}, {false, true}, {false, false}};
inline void PrintTo(const Mode &mode, std::ostream *out) { *out << mode.name(); }

struct Error : xtap_error {
    Error() : xtap_error(XTAP_ERROR_INIT) {}
    std::string text() const { return std::string(xtap_status_name(status)) + ": " + message; }
};

// Throws std::runtime_error that says what was refused, and why.
void throw_unless_ok(xtap_status status, const Error &error, const std::string &what);

// Options with which trouble costs a test milliseconds.
Settings quick();

class Tap {
public:
    static constexpr const char *kOperation = "streamPostsFirehoseJa";

    // Throws std::runtime_error when something is refused. quick() comes before `options`.
    explicit Tap(const std::string &base_url, Mode mode = {}, const Settings &options = {},
                 const std::string &operation = kOperation,
                 const Settings &parameters = {{"partition", "1"}});
    ~Tap();
    Tap(const Tap &) = delete;
    Tap &operator=(const Tap &) = delete;

    void select(const std::vector<std::string> &pointers);
    // Hands records to `see` until it answers other than CONTINUE or the stream is over or interrupted; the
    // status of the run or read that said so. With read, what `see` did not want stays for the next call.
    using See = std::function<xtap_flow(const Seen &)>;
    xtap_status consume(const See &see);
    xtap_status run(const See &see);
    xtap_status read(Batch &batch, std::uint32_t timeout_ms = XTAP_FOREVER);

    Json stats() const;
    Json client_stats() const;
    int fd() const; // throws when refused

    void close();        // the stream, now
    void close_client(); // the client, now
    xtap_stream *stream() const { return stream_; }
    xtap_client *client() const { return client_; }
    xtap_request *request() const { return request_; }
    std::size_t columns() const { return columns_; }
    Mode mode() const { return mode_; }
    Error error;

private:
    xtap_status read_all(const See &see);
    void watch();

    Mode mode_;
    xtap_client *client_ = nullptr;
    xtap_request *request_ = nullptr;
    xtap_stream *stream_ = nullptr;
    std::size_t columns_ = 0;
    std::deque<Seen> unseen_;
    std::mutex mutex_; // done_ and the life of stream_
    std::condition_variable ended_;
    bool done_ = false;
    std::thread watchdog_;
};

// What a stream told, from its beginning or from the last time it was listened to.
struct Told {
    std::vector<Seen> all;
    xtap_status status = XTAP_OK;
    Error error;

    std::vector<Seen> events() const;
    std::vector<Seen> notices(std::uint32_t kind) const;
    std::vector<std::string> lines() const; // the JSON of its events
    // The course of things in one line, for people and for comparing: "connecting, connected, 3 events,
    // disconnected clean_close XTAP_OK, backing_off network". Without lagging: whether the consumer does
    // depends on the machine.
    std::string course() const;
    std::size_t event_count() const;
};
// Asked once about each record, when it is the last of `all`. It counts as it goes: a stream may bring a
// hundred thousand records before the one that is waited for.
using Enough = std::function<bool(const Told &)>;

// Consumes until it is enough, or the stream is over.
Told listen(Tap &tap, const Enough &enough);
Enough events(std::size_t count);
Enough notices(std::uint32_t kind, std::size_t count = 1);
Enough events_of_each(const std::vector<std::uint32_t> &partitions, std::size_t count);
// Both have held, in whatever order.
Enough in_any_order(Enough one, Enough other);
inline Enough until_over() {
    return [](const Told &) { return false; };
}

} // namespace xtap::test
