// Cuts a stream of bytes into lines, wherever its chunks happen to end. Knows nothing of JSON.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace xtap::event {

// A line ends in LF or CR LF. `data:` in front (server-sent events) is taken off and does not count for the
// limit; such a stream's other fields and comments are no events. An empty line is a keep-alive. A line over
// the limit is dropped, never kept.
class Framer {
public:
    enum class What : std::uint8_t {
        nothing,   // the input holds no further line end
        line,      // `text` is one whole line, without its end
        oversized, // a line of `size` bytes was dropped
        endless,   // a line has passed kEndlessFactor times the limit and has not ended: the connection is
                   // unusable
    };
    struct Item {
        What what = What::nothing;
        std::string_view text; // valid until the next call; points into `input` or into the framer
        std::size_t size = 0;
    };
    static constexpr std::size_t kEndlessFactor = 8;

    explicit Framer(std::size_t max_line_bytes) : limit_(max_line_bytes) {}

    // Takes from the front of `input` what belongs to the next item. Never leaves bytes before returning
    // nothing.
    Item next(std::string_view &input);

    // The line last returned comes again at the next call: its reader had no room for it.
    void put_back(std::string_view text);

    // The connection is over. What stood after the last line end, for the reader to judge; empty when there
    // is none.
    std::string_view tail();
    // After tail(): how much of a line over the limit was dropped that had no end.
    std::size_t lost() const noexcept {
        return skipping_ && skipped_ > field_name_ ? skipped_ - field_name_ : 0;
    }
    void reset();

    std::uint64_t keep_alives() const noexcept { return keep_alives_; }

private:
    Item finish_line(std::string_view line);
    void begin_skipping(std::string_view input);
    Item skip_oversized(std::string_view &input);
    bool strip_event_field(std::string_view &line);

    std::size_t limit_;
    std::string carry_;           // the beginning of a line whose end has not come yet, or a line put back
    bool carry_is_whole_ = false; // carry_ is a line put back
    bool clear_carry_ = false;    // carry_ was handed out: forget it at the next call
    bool skipping_ = false;       // inside an oversized line
    bool any_line_ = false;       // a line came that is no field or comment
    bool event_fields_ = false;   // server-sent events: `data:` was seen, or another field before any line
    std::size_t skipped_ = 0;     // bytes of the oversized line so far ...
    std::size_t field_name_ = 0;  // ... so many of them are `data:` ...
    bool skipped_return_ = false; // ... and the last one is a carriage return
    std::uint64_t keep_alives_ = 0;
};

} // namespace xtap::event
