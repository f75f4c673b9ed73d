// Says what a line is: an event of which kind, when, with which identity, and where the selected values lie
// in it. No I/O, no clock; must not know streams, connections or batches.
#pragma once

#include "stream/event/event_time.hpp"
#include "stream/event/pointers.hpp"
#include "stream/event/scan.hpp"
#include "stream/event/span.hpp"
#include "stream/event/trie.hpp"
#include "stream/event/walk.hpp"

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace xtap::event {

// What a line is. Ids and numbers may come as text or as numbers, field names in both of X's dialects.
//
// kind
//   an object with `data` (not null)       the kind of the stream's operation, whatever stands beside it
//   `for_user_id`                          event_activity (the account-activity shape)
//   `id_str` or `id`, and `text`,          event_post (v1.1 and Powerstream)
//     `full_text` or `user`
//   `delete`, `withheld`, `user_delete`    the kind of the stream's operation on a compliance or label
//   stream,
//     ... at the top, or an `event_at`     event_other elsewhere
//   `errors`; `disconnect_type`;           notice_system: X speaks about the stream, and there is no event
//     `connection_issue`; `title` with
//     `type` or `detail`; `type` being
//     "connection_metadata"
//   any other object                       event_other
//   not UTF-8, a string or bracket left    event_malformed: every selected value is absent
//     open or not paired, more than 1024
//     deep, no object, bytes after it
// A line is not otherwise checked: bad numbers and missing commas pass as long as the brackets pair up.
// Of repeated keys the first counts.
//
// id       post: data.id, else id_str, else id. like: data.id when it is a number. post compliance and label:
//          the post concerned. like compliance: the post that was liked. user compliance: the user concerned.
//          activity: data.payload.id. 0 when there is none or it is no number of 64 bits.
// key      post: {id, 0}. like: the 128 bits of its 32 hexadecimal digits. activity: data.event_uuid: the 128
// bits
//          of a UUID. Numeric ids of likes and activities: {id, kind}. Other ids: a hash of the text.
//          Everything else, and what has no id: a hash of the line. notice_system: {0, 0}.
// time_ms  post: the id's snowflake, else data.created_at, else created_at.
//          like: data.timestamp_ms, data.created_at.
//          compliance and label: event_at of the item or of data, else timestamp_ms at the same places.
//          activity: data.timestamp_ms, data.created_at, data.event_at, the snowflake of a numeric
//          event_uuid, then timestamp_ms and created_at of data.payload; account-activity: created_at,
//          timestamp_ms. event_other: timestamp_ms, created_at, event_at at the top. Both of X's ways to
//          write a time are read; kTimeUnknown when there is none.
struct Facts {
    Kind kind;
    std::uint32_t flags; // flag_partial: a non-empty `errors` array stands beside `data`
    std::uint64_t id;
    std::array<std::uint64_t, 2> key;
    std::int64_t time_ms;
};

class Classifier {
public:
    // `expected` is the event kind of the stream's operation: what an object with `data` is.
    Classifier(Kind expected, const Pointers &pointers);
    // The same with a backend of one's own choice, for tests and measurements.
    Classifier(Kind expected, const Pointers &pointers, const Backend &backend);

    std::size_t count() const { return column_count_; }

    // `line` has no line end. Writes count() entries at `selected`, absent where nothing was found; they
    // point into `line`. Selected strings of a line that is not malformed are valid UTF-8. Reads nothing
    // outside `line`; allocates only when a line is longer than all before it.
    Facts classify(std::string_view line, Span *selected);

    // For index=off: does the line begin as an event does?
    static bool looks_like_event(std::string_view line) noexcept { return line.starts_with("{\"data\":"); }

private:
    bool scan(std::string_view line);
    bool read(std::string_view line, Span *selected);
    std::int64_t late_post_time(std::string_view line);

    Kind expected_;
    std::size_t column_count_;
    Trie trie_;
    Trie late_trie_; // what is looked for only when the first walk did not tell enough
    WalkMemory memory_;
    WalkMemory late_memory_;
    ScanFunction scan_;
    std::vector<BlockBits> blocks_;
    std::vector<char> brackets_;
    std::array<Span, kMaxFacts> facts_;
    std::array<char, 4096> plain_; // facts that were written with escapes
    Findings findings_{};
};

} // namespace xtap::event
