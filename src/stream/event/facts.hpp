// Which members of an event the library itself wants, and what they say: kind, identity and time.
// Must not know how they are found.
#pragma once

#include "stream/event/classifier.hpp"

namespace xtap::event {

// The members looked for; several paths may lead to one. Their order is their bit in Findings::found.
enum Fact : std::uint16_t {
    fact_data,
    fact_errors,
    fact_data_id,
    fact_data_timestamp,
    fact_data_created_at,
    fact_data_event_at,
    fact_event_uuid,
    fact_payload_id,
    fact_payload_timestamp,
    fact_payload_created_at,
    fact_data_item_event_at, // of the one member that the `data` of a compliance event consists of
    fact_data_item_timestamp,
    fact_data_item_post,
    fact_data_item_user,
    fact_data_item_like,
    fact_top_item_event_at, // the same five where there is no `data`
    fact_top_item_timestamp,
    fact_top_item_post,
    fact_top_item_user,
    fact_top_item_like,
    fact_item_name, // a member that is named as compliance events are
    fact_id_str,
    fact_id,
    fact_text,
    fact_for_user,
    fact_timestamp,
    fact_created_at,
    fact_event_at,
    fact_type,
    fact_title,
    fact_detail,
    fact_trouble,
    fact_count
};
static_assert(fact_count <= kMaxFacts);

Trie facts_of(Kind expected);
// Facts that a post needs only when its id does not tell its time.
Trie late_facts_of_post();

// Ids and times that are written with escapes are put into `room` in plain form, as far as it reaches.
void resolve_escapes(Findings &findings, std::span<char> room);

// `line` is the whole line. For a post whose id does not tell its time, time_ms may still be unknown.
Facts derive(Kind expected, const Findings &findings, std::string_view line);

// A time_ms out of a found timestamp_ms (number or text) or date; kTimeUnknown when it is neither.
std::int64_t time_of_number(const Span &span);
std::int64_t time_of_date(const Span &span);

} // namespace xtap::event
