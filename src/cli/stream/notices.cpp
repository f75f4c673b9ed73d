// One function per kind of notice, by the keys that docs/CONFIGURATION.md lists. Knows nothing of streams.
#include "cli/stream/notices.hpp"

#include "cli/base/json_facts.hpp"
#include "cli/base/plain_text.hpp"
#include "cli/base/readable.hpp"

#include <xtap/xtap.h>

#include <algorithm>
#include <chrono>

namespace xtap::cli {
namespace {

std::int64_t number_of(const Json &facts, const char *key) { return number_fact(facts, key).value_or(0); }

std::uint64_t count_of(const Json &facts, const char *key) {
    const std::int64_t number = number_of(facts, key);
    return number > 0 ? static_cast<std::uint64_t>(number) : 0;
}

std::string attempt(const Json &facts) {
    const std::int64_t number = number_of(facts, "attempt");
    return number > 1 ? ", attempt " + std::to_string(number) : "";
}

ReadableNotice connecting(const Json &facts) {
    return {"connecting to " + text_fact(facts, "url") + attempt(facts), "connecting", {}};
}

ReadableNotice connected(const Json &facts) {
    std::string line = "connected in " + readable_ms(number_of(facts, "connect_ms"));
    if (const std::string encoding = text_fact(facts, "content_encoding"); !encoding.empty())
        line += ", " + encoding;
    return {line, "streaming", {}};
}

ReadableNotice disconnected(const Json &facts) {
    const std::string message = text_fact(facts, "message");
    if (text_fact(facts, "cause") == "finished") return {"disconnected: " + message, "ending", {}};
    // Also an attempt that failed: whether the server had answered, open_ms does not say within a
    // millisecond.
    const bool brought_nothing = number_of(facts, "open_ms") == 0 && count_of(facts, "events") == 0;
    if (brought_nothing) return {"disconnected: " + message, "disconnected", message};
    std::string line = "disconnected after " + readable_ms(number_of(facts, "open_ms")) + " and " +
                       grouped(count_of(facts, "events")) + " events: " + message;
    if (const std::uint64_t dropped = count_of(facts, "dropped_tail_bytes"); dropped != 0) {
        line += "; " + grouped(dropped) + " bytes of an unfinished last event are lost";
    }
    return {line, "disconnected", message};
}

ReadableNotice backing_off(const Json &facts) {
    const std::string rule = text_fact(facts, "rule");
    const std::int64_t delay = number_of(facts, "delay_ms");
    if (delay == 0) return {"connecting again at once" + attempt(facts), "reconnecting", {}};
    const std::string line =
        "next connection in " + readable_ms(delay) + " (rule: " + rule + attempt(facts) + ")";
    const std::string state = "waiting until " + utc_time(number_of(facts, "until_ms")).substr(11, 8) + "Z";
    return {line, state, {}};
}

ReadableNotice system(const Json &facts) {
    std::string words;
    for (const char *key : {"title", "disconnect_type", "connection_issue", "detail"}) {
        const std::string part = text_fact(facts, key);
        if (part.empty() || words.find(part) != std::string::npos) continue;
        words += (words.empty() ? "" : ": ") + part;
    }
    if (words.empty()) words = text_fact(facts, "message");
    return {"the server says: " + words, {}, {}};
}

ReadableNotice lagging(const Json &facts) {
    return {"lagging: " + grouped(count_of(facts, "queue_records")) + " records (" +
                grouped(count_of(facts, "queue_bytes")) + " of " +
                grouped(count_of(facts, "queue_capacity")) + " bytes) wait, the oldest for " +
                readable_ms(number_of(facts, "lag_ms")) + "; reading pauses",
            {},
            {}};
}

ReadableNotice oversized(const Json &facts) {
    return {"dropped an event of " + grouped(count_of(facts, "size")) + " bytes: max_event_bytes is " +
                grouped(count_of(facts, "limit")),
            {},
            {}};
}

ReadableNotice rate_limited(const Json &facts) {
    std::string line = "rate limited: waiting at least " + readable_ms(number_of(facts, "retry_after_ms"));
    if (facts.contains("reset_ms")) line += ", the window ends at " + utc_time(number_of(facts, "reset_ms"));
    return {line, {}, {}};
}

// "2026-07-20T12:00:00.123Z to 2026-07-20T12:00:05.123Z (5.0 s)".
std::string stretch(const Json &facts) {
    const std::int64_t from = number_of(facts, "from_ms");
    const std::int64_t to = number_of(facts, "to_ms");
    return utc_time(from) + " to " + utc_time(to) + " (" + readable_ms(to - from) + ")";
}

ReadableNotice repairing(const Json &facts) {
    std::string line = "events may have been missed from " + stretch(facts) + ": asking for them by " +
                       text_fact(facts, "by");
    if (const std::uint64_t minutes = count_of(facts, "minutes"); minutes != 0)
        line += " of " + grouped(minutes) + (minutes == 1 ? " minute" : " minutes");
    return {line, {}, {}};
}

ReadableNotice repaired(const Json &facts) {
    if (text_fact(facts, "outcome") == "covered")
        return {"nothing was missed from " + stretch(facts) + ": another connection was open", {}, {}};
    return {"repaired by " + text_fact(facts, "by") + " from " + stretch(facts) + ": " +
                grouped(count_of(facts, "events")) + " missed events came, and " +
                grouped(count_of(facts, "repeated")) + " known ones again",
            {},
            {}};
}

std::string gap_reason(const std::string &reason) {
    if (reason == "backfill_only") return "backfill does not reach so far, and continuity=backfill";
    if (reason == "unsupported") return "this operation has no way to ask for them";
    if (reason == "refused") return "the server refuses to send them again";
    if (reason == "too_old") return "they are older than the server keeps";
    if (reason == "failed") return "asking for them failed";
    if (reason == "stopped") return "the stream ended first; a checkpoint still asks for them";
    return reason;
}

ReadableNotice gap(const Json &facts) {
    return {"GAP: events are or may be missing from " + stretch(facts) + ": " +
                gap_reason(text_fact(facts, "reason")),
            {},
            {}};
}

ReadableNotice by_kind(std::uint32_t kind, const Json &facts, std::string_view json) {
    switch (kind) {
    case XTAP_NOTICE_CONNECTING:
        return connecting(facts);
    case XTAP_NOTICE_CONNECTED:
        return connected(facts);
    case XTAP_NOTICE_DISCONNECTED:
        return disconnected(facts);
    case XTAP_NOTICE_BACKING_OFF:
        return backing_off(facts);
    case XTAP_NOTICE_SYSTEM:
        return system(facts);
    case XTAP_NOTICE_REPAIRING:
        return repairing(facts);
    case XTAP_NOTICE_REPAIRED:
        return repaired(facts);
    case XTAP_NOTICE_GAP:
        return gap(facts);
    case XTAP_NOTICE_LAGGING:
        return lagging(facts);
    case XTAP_NOTICE_OVERSIZED:
        return oversized(facts);
    case XTAP_NOTICE_RATE_LIMITED:
        return rate_limited(facts);
    default:
        return {std::string(json), {}, {}};
    }
}

} // namespace

ReadableNotice readable_notice(std::uint32_t kind, std::string_view json) {
    const Json facts = Json::parse_or_null(json);
    if (!facts.is_object()) return {plain_text(json), {}, {}};
    ReadableNotice notice = by_kind(kind, facts, json);
    std::string head = utc_time(number_of(facts, "at_ms")) + " " + text_fact(facts, "operation");
    if (const std::int64_t partition = number_of(facts, "partition"); partition != 0) {
        head += " partition " + std::to_string(partition);
    }
    notice.line = plain_text(head + ": " + notice.line);
    if (notice.state) notice.state = plain_text(*notice.state);
    return notice;
}

std::string beginning_line(const Beginning &beginning) {
    return plain_text(utc_time(beginning.at_ms) + " " + beginning.operation + ": " +
                      (beginning.resumed
                           ? "going on from the checkpoint in '" + beginning.checkpoint + "'"
                           : "no checkpoint in '" + beginning.checkpoint + "' yet: beginning from now"));
}

std::string beginning_json(const Beginning &beginning) {
    const Json facts = {{"notice", "beginning"},
                        {"at_ms", beginning.at_ms},
                        {"operation", beginning.operation},
                        {"checkpoint", beginning.checkpoint},
                        {"resumed", beginning.resumed}};
    return facts.dump({.replace_invalid = true});
}

} // namespace xtap::cli
