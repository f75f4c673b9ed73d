// The faults of the body, each as it looks on the wire. See pump.hpp.
#include "pump.hpp"

#include "problems.hpp"

#include <algorithm>

namespace xtap::sim {
namespace {

// Where in a text nobody should cut: inside characters and \u escapes. Returns the offsets to cut at, rising.
std::vector<std::size_t> cruel_cuts(std::string_view text) {
    std::vector<std::size_t> cuts;
    std::size_t turn = 0; // so that every position inside a character has its turn
    for (std::size_t i = 0; i < text.size();) {
        const auto c = static_cast<unsigned char>(text[i]);
        std::size_t length = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : c >= 0xc0 ? 2 : 1;
        if (c == '\\' && i + 1 < text.size()) length = text[i + 1] == 'u' ? 6 : 2;
        if (length > 1 && i + length <= text.size()) cuts.push_back(i + 1 + turn++ % (length - 1));
        i += length;
    }
    return cuts;
}

std::string garbage(const Fault &fault) {
    if (!fault.line.empty()) return fault.line;
    if (fault.text == "unclosed_string") return "{\"data\":{\"id\":\"1\",\"text\":\"this string never ends}}";
    if (fault.text == "unclosed_object") return "{\"data\":{\"id\":\"1\",\"text\":\"this object never ends\"";
    if (fault.text == "invalid_utf8")
        return "{\"data\":{\"id\":\"1\",\"text\":\"bad bytes \xff\xfe \xc3( \xed\xa0\x80 here\"}}";
    if (fault.text == "text") return "upstream connect error or disconnect before headers";
    std::string binary;
    for (int i = 0; i < 256; ++i)
        if (i != '\r' && i != '\n') binary.push_back(static_cast<char>(i));
    return binary;
}

bool cuts_exactly(FaultKind kind) {
    return kind == FaultKind::eof || kind == FaultKind::reset || kind == FaultKind::stall ||
           kind == FaultKind::tls_cut || kind == FaultKind::slow_drip;
}

} // namespace

void Pump::add_fault(const Fault &fault) {
    // Counts of a fault that arrives later are counted from its arrival; at the start both are 0.
    Pending pending{fault, bytes_ + fault.after_bytes.value_or(0), events_ + fault.after_events.value_or(0),
                    false};
    if (!fault.after_bytes) pending.bytes_at = 0;
    if (!fault.after_events) pending.events_at = 0;
    // There is no event to repeat before the first.
    if (fault.kind == FaultKind::duplicate_event)
        pending.events_at = std::max<std::uint64_t>(pending.events_at, 1);
    pending.exact = fault.after_bytes.has_value() && cuts_exactly(fault.kind);
    pending_.push_back(std::move(pending));
}

void Pump::look_at_wishes(bool between_batches) {
    if (between_batches && close_wish_) finish("closed on request");
    if (!parts_.connection.attention()) return;
    const FaultPlan injected = parts_.connection.take_injected();
    for (const Fault &fault : injected) {
        // Sent to a stream that may be blocked: what cuts, cuts here and now.
        const bool at_once = !fault.after_bytes && !fault.after_events;
        if (at_once && cuts_exactly(fault.kind))
            fire(fault);
        else
            add_fault(fault);
    }
    if (!parts_.connection.close_asked()) return;
    close_wish_ = true;
    if (between_batches) finish("closed on request");
}

void Pump::fire_due() {
    for (;;) {
        const auto due = std::ranges::find_if(
            pending_, [&](const Pending &p) { return p.bytes_at <= bytes_ && p.events_at <= events_; });
        if (due == pending_.end()) return;
        const Fault fault = due->fault;
        pending_.erase(due);
        fire(fault);
    }
}

void Pump::fire(const Fault &fault) {
    const std::string how = "fault: " + fault.name;
    parts_.connection.played(fault);
    tell_progress();
    switch (fault.kind) {
    case FaultKind::close:
        finish(how);
    case FaultKind::eof:
        throw Ended{how};
    case FaultKind::reset:
        parts_.link.drain();
        throw Ended{how, Goodbye::reset};
    case FaultKind::tls_cut:
        throw Ended{how, Goodbye::cut};
    case FaultKind::stall:
        hold(fault.for_ms);
        break;
    case FaultKind::half_chunk:
        half_chunk();
    case FaultKind::bad_chunk:
        bad_chunk();
    case FaultKind::split_characters:
        split_until_ = fault.for_ms > 0
                           ? std::chrono::steady_clock::now() + std::chrono::milliseconds(fault.for_ms)
                           : SteadyTime::max();
        break;
    case FaultKind::garbage_line:
        garbage_line(fault);
        break;
    case FaultKind::oversized_line:
        oversized_line(fault.size);
        break;
    case FaultKind::operational_disconnect:
        disconnect_message(fault.text);
        finish(how);
    case FaultKind::slow_drip:
        drip_ = Drip{fault.bytes, fault.interval_ms, std::nullopt};
        if (fault.for_ms > 0)
            drip_->until = std::chrono::steady_clock::now() + std::chrono::milliseconds(fault.for_ms);
        break;
    case FaultKind::keep_alive_only:
        silent_ = true;
        break;
    case FaultKind::duplicate_event:
        text_.clear();
        for (std::uint64_t i = 0; i < fault.copies; ++i)
            append_event(last_event_);
        emit(text_, true);
        break;
    case FaultKind::gzip_corrupt:
        corrupt_gzip();
    default:
        break; // faults of other stages never come here
    }
}

void Pump::emit_split(std::string_view text) {
    std::size_t from = 0;
    const auto piece = [&](std::size_t to) {
        wire_.clear();
        encoder_.add(text.substr(from, to - from), wire_, true);
        send(wire_);
        from = to;
    };
    for (const std::size_t cut : cruel_cuts(text))
        piece(cut);
    if (from < text.size()) piece(text.size());
}

void Pump::half_chunk() {
    append_unfinished();
    wire_.clear();
    encoder_.add({}, wire_, true);
    send(wire_);
    // Without gzip the chunk is the whole event, whatever the size of the others, so that the cut is inside
    // one.
    std::string chunk;
    if (encoder_.gzip())
        encoder_.add(text_, chunk, true);
    else
        BodyEncoder::chunk(text_, chunk);
    send(std::string_view(chunk).substr(0, chunk.size() / 2));
    throw Ended{"fault: half_chunk"};
}

void Pump::bad_chunk() {
    append_unfinished();
    send("not-a-size\r\n" + text_ + "\r\n0\r\n\r\n");
    throw Ended{"fault: bad_chunk"};
}

void Pump::corrupt_gzip() {
    // Every batch ends on a whole byte, so this is the start of a block, and of the type that does not exist.
    wire_.clear();
    encoder_.add({}, wire_, true);
    BodyEncoder::chunk(std::string(64, '\xff'), wire_);
    wire_.append("0\r\n\r\n");
    send(wire_);
    throw Ended{"fault: gzip_corrupt"};
}

void Pump::garbage_line(const Fault &fault) {
    text_.clear();
    append_line(garbage(fault));
    emit(text_, true);
}

void Pump::oversized_line(std::uint64_t size) {
    constexpr std::string_view kStart = "{\"data\":{\"id\":\"1\",\"text\":\"", kEnd = "\"}}";
    text_.assign(parts_.settings.line_end == LineEnd::sse ? "data: " : "").append(kStart);
    emit(text_, true);
    std::uint64_t left = size > kStart.size() + kEnd.size() ? size - kStart.size() - kEnd.size() : 0;
    const std::string letters(64 * 1024, 'x');
    for (; left > 0; left -= std::min<std::uint64_t>(left, letters.size()))
        emit(std::string_view(letters).substr(0, std::min<std::uint64_t>(left, letters.size())), true);
    text_.assign(kEnd).append(parts_.settings.line_end == LineEnd::crlf ? "\r\n" : "\n");
    emit(text_, true);
}

void Pump::disconnect_message(std::string_view disconnect_type) {
    // Posts end in CRLF and messages of the server in LF alone; clients must take both.
    text_.assign(parts_.settings.line_end == LineEnd::sse ? "data: " : "");
    text_.append(operational_disconnect_message(disconnect_type)).append("\n");
    emit(text_, true);
}

} // namespace xtap::sim
