// From a connection's bytes to records in a batch: framer, classifier, columns. One per leg; no connection,
// no clock.
#pragma once

#include "stream/event/batch.hpp"
#include "stream/event/classifier.hpp"
#include "stream/event/framer.hpp"
#include "stream/event/pointers.hpp"

#include <atomic>
#include <cstdint>
#include <string_view>
#include <vector>

namespace xtap::event {

struct DecoderSettings {
    Kind expected = Kind::event_other; // what the stream's operation carries
    bool index = true;                 // false: events are not looked into (Kind::event_unread)
    bool deliver_json = true;          // false: columns only
    std::size_t max_event_bytes = 8u << 20;
    std::uint32_t partition = 0;
};

// Read by any thread while the leg runs. Events are those that were delivered; duplicates those that were
// not.
struct DecoderCounters {
    std::atomic<std::uint64_t> events{0}, bytes{0}, malformed{0}, oversized{0}, dropped_tails{0},
        duplicates{0};
    std::atomic<std::int64_t> last_event_ms{kNoTime};
};

// Decides which events are delivered. Asked once for each event, right before it would go into a batch that
// has room for it.
class EventFilter {
public:
    // False: drop it. May add flags.
    virtual bool admit(const Facts &facts, std::uint32_t &flags) = 0;

protected:
    ~EventFilter() = default;
};

class Decoder {
public:
    enum class Stop : std::uint8_t {
        input_done, // nothing is left of the input
        batch_full, // the next record does not fit; need() says what it takes
        system,     // a message of X's own about the stream: text()
        oversized,  // a line over the limit was dropped: size()
        endless,    // a line without end: the connection is to be given up, size() so far
    };

    // Without a filter every event is delivered.
    Decoder(const DecoderSettings &settings, const Pointers &pointers, EventFilter *filter = nullptr);

    // Decodes from the front of `input` into `batch` until one of the above. Call again to go on.
    Stop decode(std::string_view &input, BatchView &batch);
    // After the last byte: a whole event without a line end counts if the connection ended cleanly.
    // dropped_tail_bytes() says what was given up.
    Stop finish(bool clean, BatchView &batch);
    // A new connection begins: nothing of the last one is continued.
    void reset();

    Need need() const noexcept { return need_; }
    std::string_view text() const noexcept { return text_; } // valid until the next call
    std::size_t size() const noexcept { return size_; }
    std::uint64_t keep_alives() const noexcept { return framer_.keep_alives(); }
    std::size_t dropped_tail_bytes() const noexcept { return dropped_tail_bytes_; }
    const DecoderCounters &counters() const noexcept { return counters_; }

private:
    Facts look_at(std::string_view line);
    bool take_event(Facts facts, std::string_view line, BatchView &batch);
    void put_event(const Facts &facts, std::string_view line, BatchView &batch);
    Need need_for(std::string_view line) const;
    std::uint32_t put_columns(std::uint32_t json_offset, std::string_view line, BatchView &batch);
    void count(const Facts &facts, std::size_t bytes);
    void give_up_tail(std::size_t bytes);

    DecoderSettings settings_;
    Framer framer_;
    Classifier classifier_;
    EventFilter *filter_;
    std::vector<Span> selected_;
    Need need_;
    std::string_view text_;
    std::size_t size_ = 0;
    std::size_t dropped_tail_bytes_ = 0;
    DecoderCounters counters_;
};

} // namespace xtap::event
