// The facts of each kind of event: where they stand and what follows from them.
#include "stream/event/facts.hpp"

#include "stream/event/line_hash.hpp"
#include "stream/event/scalar.hpp"
#include "stream/event/unescape.hpp"

#include <bit>
#include <initializer_list>

namespace xtap::event {
namespace {

using Key = std::array<std::uint64_t, 2>;

bool is_compliance(Kind kind) {
    return kind == Kind::event_post_compliance || kind == Kind::event_user_compliance ||
           kind == Kind::event_like_compliance || kind == Kind::event_label;
}

// What is wanted of the one member that a compliance event consists of.
struct ItemFacts {
    Fact event_at, timestamp, post, user, like;
};
constexpr ItemFacts kDataItem = {fact_data_item_event_at, fact_data_item_timestamp, fact_data_item_post,
                                 fact_data_item_user, fact_data_item_like};
constexpr ItemFacts kTopItem = {fact_top_item_event_at, fact_top_item_timestamp, fact_top_item_post,
                                fact_top_item_user, fact_top_item_like};

// The member's name says what happened; names we have never heard of count as well.
void add_item(Trie &trie, const std::string &item, const ItemFacts &facts) {
    trie.add_fact(item + "/event_at", facts.event_at);
    trie.add_fact(item + "/timestamp_ms", facts.timestamp);
    for (const char *name : {"/tweet/id", "/post/id", "/status/id"})
        trie.add_fact(item + name, facts.post);
    trie.add_fact(item + "/user/id", facts.user);
    for (const char *name : {"/favorite/id", "/like/liked_tweet_id", "/like/liked_post_id"})
        trie.add_fact(item + name, facts.like);
}

void add_data_facts(Trie &trie, Kind expected) {
    if (expected == Kind::event_post) {
        trie.add_fact("/data/id", fact_data_id);
        return;
    }
    trie.add_fact("/data/timestamp_ms", fact_data_timestamp);
    trie.add_fact("/data/event_at", fact_data_event_at);
    if (is_compliance(expected)) return;
    trie.add_fact("/data/created_at", fact_data_created_at);
    if (expected != Kind::event_activity) {
        trie.add_fact("/data/id", fact_data_id);
        return;
    }
    trie.add_fact("/data/event_uuid", fact_event_uuid);
    trie.add_fact("/data/payload/id", fact_payload_id);
    trie.add_fact("/data/payload/timestamp_ms", fact_payload_timestamp);
    trie.add_fact("/data/payload/created_at", fact_payload_created_at);
}

// Shapes that have no `data`.
void add_top_facts(Trie &trie) {
    struct Named {
        const char *path;
        Fact fact;
    };
    for (const auto &[path, fact] : std::initializer_list<Named>{{"/id_str", fact_id_str},
                                                                 {"/id", fact_id},
                                                                 {"/text", fact_text},
                                                                 {"/full_text", fact_text},
                                                                 {"/user", fact_text},
                                                                 {"/for_user_id", fact_for_user},
                                                                 {"/timestamp_ms", fact_timestamp},
                                                                 {"/created_at", fact_created_at},
                                                                 {"/event_at", fact_event_at},
                                                                 {"/type", fact_type},
                                                                 {"/title", fact_title},
                                                                 {"/detail", fact_detail},
                                                                 {"/disconnect_type", fact_trouble},
                                                                 {"/connection_issue", fact_trouble}})
        trie.add_fact(path, fact);
}

void add_item_names(Trie &trie) {
    for (const char *path : {"/delete",
                             "/withheld",
                             "/drop",
                             "/undrop",
                             "/tweet_edit",
                             "/post_edit",
                             "/status_withheld",
                             "/scrub_geo",
                             "/user_protect",
                             "/user_unprotect",
                             "/user_delete",
                             "/user_undelete",
                             "/user_suspend",
                             "/user_unsuspend",
                             "/user_withheld",
                             "/user_profile_modification",
                             "/public_tweet_notice",
                             "/public_tweet_unviewable",
                             "/public_post_notice",
                             "/public_post_unviewable"})
        trie.add_fact(path, fact_item_name);
}

// The one place where found facts are read.
class Reader {
public:
    Reader(const Findings &findings, std::string_view line) : findings_(findings), line_(line) {}

    bool has(Fact fact) const { return findings_.has(fact); }
    bool present(Fact fact) const { return has(fact) && span(fact).kind != ColumnKind::null; }
    std::string_view text(Fact fact) const { return has(fact) ? span(fact).text() : std::string_view{}; }
    const Span &span(Fact fact) const { return findings_.facts[fact]; }

    std::uint64_t number(Fact fact) const { return parse_digits(text(fact)).value_or(0); }
    std::uint64_t first_number(std::initializer_list<Fact> facts) const {
        for (const Fact fact : facts)
            if (const std::uint64_t value = number(fact); value != 0) return value;
        return 0;
    }
    std::int64_t date(Fact fact) const { return has(fact) ? time_of_date(span(fact)) : kTimeUnknown; }
    std::int64_t timestamp(Fact fact) const { return has(fact) ? time_of_number(span(fact)) : kTimeUnknown; }

    bool non_empty_array(Fact fact) const {
        if (!has(fact) || span(fact).kind != ColumnKind::json || *span(fact).data != '[') return false;
        const char *const end = line_.data() + line_.size();
        for (const char *at = span(fact).data + 1; at != end; ++at)
            if (*at != ' ' && *at != '\t' && *at != '\n' && *at != '\r') return *at != ']';
        return false;
    }
    Key line_key() const {
        const Wide hash = hash_line(line_);
        return {hash.high, hash.low};
    }
    // 128 bits as they are, numbers beside their kind, any other text by its hash.
    Key key_of(Fact fact, Kind kind) const {
        if (!has(fact) || text(fact).empty()) return line_key();
        if (const auto id = parse_digits(text(fact))) return {*id, static_cast<std::uint64_t>(kind)};
        if (const auto wide = parse_hex(text(fact))) return {wide->high, wide->low};
        const Wide hash = hash_line(text(fact), static_cast<std::uint64_t>(kind));
        return {hash.high, hash.low};
    }

private:
    const Findings &findings_;
    std::string_view line_;
};

std::int64_t first_known(std::initializer_list<std::int64_t> times) {
    for (const std::int64_t time : times)
        if (time != kTimeUnknown) return time;
    return kTimeUnknown;
}

Kind kind_without_data(Kind expected, const Reader &in) {
    if (in.present(fact_for_user)) return Kind::event_activity;
    if ((in.present(fact_id_str) || in.present(fact_id)) && in.present(fact_text)) return Kind::event_post;
    if (is_compliance(expected) &&
        (in.present(fact_item_name) || in.present(fact_top_item_event_at) || in.present(fact_event_at)))
        return expected;
    const bool problem = in.present(fact_title) && (in.present(fact_type) || in.present(fact_detail));
    if (in.present(fact_errors) || in.present(fact_trouble) || problem) return Kind::notice_system;
    return in.text(fact_type) == "connection_metadata" ? Kind::notice_system : Kind::event_other;
}

void derive_post(const Reader &in, bool inside_data, Facts &facts) {
    facts.id = inside_data ? in.number(fact_data_id) : in.first_number({fact_id_str, fact_id});
    facts.key = facts.id != 0 ? Key{facts.id, 0} : in.line_key();
    facts.time_ms = snowflake_ms(facts.id);
    if (facts.time_ms == kTimeUnknown && !inside_data) facts.time_ms = in.date(fact_created_at);
}

void derive_like(const Reader &in, Facts &facts) {
    facts.id = in.number(fact_data_id);
    facts.key = in.key_of(fact_data_id, Kind::event_like);
    facts.time_ms = first_known({in.timestamp(fact_data_timestamp), in.date(fact_data_created_at)});
}

void derive_activity(const Reader &in, bool inside_data, Facts &facts) {
    if (!inside_data) {
        facts.key = in.line_key();
        facts.time_ms = first_known({in.date(fact_created_at), in.timestamp(fact_timestamp)});
        return;
    }
    facts.id = in.number(fact_payload_id);
    facts.key = in.key_of(fact_event_uuid, Kind::event_activity);
    facts.time_ms = first_known({in.timestamp(fact_data_timestamp), in.date(fact_data_created_at),
                                 in.date(fact_data_event_at), snowflake_ms(in.number(fact_event_uuid)),
                                 in.timestamp(fact_payload_timestamp), in.date(fact_payload_created_at)});
}

void derive_compliance(const Reader &in, bool inside_data, Facts &facts) {
    const ItemFacts &item = inside_data ? kDataItem : kTopItem;
    const Fact event_at = inside_data ? fact_data_event_at : fact_event_at;
    const Fact timestamp = inside_data ? fact_data_timestamp : fact_timestamp;
    switch (facts.kind) {
    case Kind::event_user_compliance:
        facts.id = in.number(item.user);
        break;
    case Kind::event_like_compliance:
        facts.id = in.first_number({item.like, item.post});
        break;
    default:
        facts.id = in.number(item.post);
        break;
    }
    facts.key = in.line_key();
    facts.time_ms = first_known(
        {in.date(item.event_at), in.date(event_at), in.timestamp(item.timestamp), in.timestamp(timestamp)});
}

} // namespace

std::int64_t time_of_number(const Span &span) {
    const auto value = parse_digits(span.text());
    constexpr auto greatest = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    return value && *value <= greatest ? static_cast<std::int64_t>(*value) : kTimeUnknown;
}

std::int64_t time_of_date(const Span &span) {
    return span.kind == ColumnKind::string ? parse_time(span.text()) : kTimeUnknown;
}

Trie facts_of(Kind expected) {
    Trie trie(fact_count);
    if (is_compliance(expected)) {
        add_item(trie, "/*", kTopItem);
        add_item(trie, "/data/*", kDataItem);
        add_item_names(trie);
    }
    trie.add_fact("/data", fact_data);
    trie.add_fact("/errors", fact_errors);
    add_data_facts(trie, expected);
    add_top_facts(trie);
    return trie;
}

Trie late_facts_of_post() {
    Trie trie(fact_count);
    trie.add_fact("/data/created_at", fact_data_created_at);
    trie.add_fact("/created_at", fact_created_at);
    return trie;
}

void resolve_escapes(Findings &findings, std::span<char> room) {
    constexpr std::uint32_t longest = 512; // ids and times are short even when all of it is written as \uXXXX
    for (std::uint64_t bits = findings.found; bits != 0; bits &= bits - 1) {
        const auto fact = static_cast<unsigned>(std::countr_zero(bits));
        Span &span = findings.facts[fact];
        if (!span.escaped || fact == fact_text || span.size > longest || span.size > room.size()) continue;
        const std::uint32_t size = unescape(span.text(), room.data(), true).size;
        span = {room.data(), size, ColumnKind::string, false};
        room = room.subspan(size);
    }
}

Facts derive(Kind expected, const Findings &findings, std::string_view line) {
    const Reader in(findings, line);
    const bool inside_data = in.present(fact_data);
    Facts facts{inside_data ? expected : kind_without_data(expected, in), 0, 0, {0, 0}, kTimeUnknown};
    if (inside_data && in.non_empty_array(fact_errors)) facts.flags |= flag_partial;
    switch (facts.kind) {
    case Kind::event_post:
        derive_post(in, inside_data, facts);
        break;
    case Kind::event_like:
        derive_like(in, facts);
        break;
    case Kind::event_activity:
        derive_activity(in, inside_data, facts);
        break;
    case Kind::event_post_compliance:
    case Kind::event_user_compliance:
    case Kind::event_like_compliance:
    case Kind::event_label:
        derive_compliance(in, inside_data, facts);
        break;
    case Kind::notice_system:
        break;
    default:
        facts.key = in.line_key();
        facts.time_ms =
            first_known({in.timestamp(fact_timestamp), in.date(fact_created_at), in.date(fact_event_at)});
        break;
    }
    return facts;
}

} // namespace xtap::event
