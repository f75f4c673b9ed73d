// The decoder; see decoder.hpp.
#include "stream/event/decoder.hpp"

#include "stream/event/unescape.hpp"

namespace xtap::event {

namespace {

// Counters have one writer, so a load and a store replace the locked addition.
void add(std::atomic<std::uint64_t> &counter, std::uint64_t amount) noexcept {
    counter.store(counter.load(std::memory_order_relaxed) + amount, std::memory_order_relaxed);
}

constexpr Facts kUnread{Kind::event_unread, 0, 0, {}, kNoTime};

bool is_text(const Span &span) noexcept { return span.kind == ColumnKind::string; }

// A column may point into the event's own bytes when they are delivered and need no change.
bool stands_as_it_is(const Span &span) noexcept { return !is_text(span) || !span.escaped; }

} // namespace

Decoder::Decoder(const DecoderSettings &settings, const Pointers &pointers, EventFilter *filter)
    : settings_(settings), framer_(settings.max_event_bytes), classifier_(settings.expected, pointers),
      filter_(filter), selected_(pointers.count()) {}

Decoder::Stop Decoder::decode(std::string_view &input, BatchView &batch) {
    for (;;) {
        const Framer::Item item = framer_.next(input);
        size_ = item.size;
        switch (item.what) {
        case Framer::What::nothing:
            return Stop::input_done;
        case Framer::What::endless:
            add(counters_.oversized, 1);
            return Stop::endless;
        case Framer::What::oversized:
            add(counters_.oversized, 1);
            return Stop::oversized;
        case Framer::What::line:
            break;
        }
        const Facts facts = look_at(item.text);
        if (facts.kind == Kind::notice_system) {
            text_ = item.text;
            return Stop::system;
        }
        if (!take_event(facts, item.text, batch)) {
            framer_.put_back(item.text);
            return Stop::batch_full;
        }
    }
}

Decoder::Stop Decoder::finish(bool clean, BatchView &batch) {
    dropped_tail_bytes_ = 0;
    const std::string_view line = framer_.tail();
    if (line.empty()) {
        if (const std::size_t lost = framer_.lost(); lost != 0) give_up_tail(lost);
        return Stop::input_done;
    }
    const Facts facts = classifier_.classify(line, selected_.data());
    if (!clean || facts.kind == Kind::event_malformed) {
        give_up_tail(line.size());
        return Stop::input_done;
    }
    if (facts.kind == Kind::notice_system) {
        text_ = line;
        return Stop::system; // the caller resets after it has read the text
    }
    Facts delivered = facts;
    if (!settings_.index) delivered = kUnread;
    if (!take_event(delivered, line, batch)) return Stop::batch_full; // the tail stays: call again with room
    framer_.reset();
    return Stop::input_done;
}

void Decoder::give_up_tail(std::size_t bytes) {
    dropped_tail_bytes_ = bytes;
    add(counters_.dropped_tails, 1);
    framer_.reset();
}

void Decoder::reset() {
    framer_.reset();
    dropped_tail_bytes_ = 0;
}

Facts Decoder::look_at(std::string_view line) {
    if (settings_.index) return classifier_.classify(line, selected_.data());
    // Without an index only lines that cannot be plain events are looked into, for X's own messages.
    const bool plain = Classifier::looks_like_event(line);
    if (plain && selected_.empty()) return kUnread;
    const Facts facts = classifier_.classify(line, selected_.data());
    if (!plain && facts.kind == Kind::notice_system) return facts;
    return kUnread;
}

void Decoder::count(const Facts &facts, std::size_t bytes) {
    add(counters_.events, 1);
    add(counters_.bytes, bytes);
    if (facts.kind == Kind::event_malformed) add(counters_.malformed, 1);
    if (facts.time_ms != kNoTime) counters_.last_event_ms.store(facts.time_ms, std::memory_order_relaxed);
}

// Exact but for escaped texts: what unescaping really writes is known only afterwards.
Need Decoder::need_for(std::string_view line) const {
    Need need{settings_.deliver_json ? line.size() : 0, 1, selected_.size()};
    for (const Span &span : selected_) {
        if (settings_.deliver_json && stands_as_it_is(span)) continue;
        need.data += is_text(span) ? unescaped_bound(span, true) : span.size;
    }
    return need;
}

// Delivers the event, or drops it where the filter says so. False: the batch has no room for it.
bool Decoder::take_event(Facts facts, std::string_view line, BatchView &batch) {
    const Need need =
        selected_.empty() ? Need{settings_.deliver_json ? line.size() : 0, 1, 0} : need_for(line);
    if (!batch.fits(need)) {
        need_ = need;
        return false;
    }
    if (filter_ != nullptr && !filter_->admit(facts, facts.flags)) {
        add(counters_.duplicates, 1);
        return true;
    }
    put_event(facts, line, batch);
    count(facts, line.size());
    return true;
}

void Decoder::put_event(const Facts &facts, std::string_view line, BatchView &batch) {
    Record record{};
    record.key[0] = facts.key[0];
    record.key[1] = facts.key[1];
    record.id = facts.id;
    record.time_ms = facts.time_ms;
    record.kind = static_cast<std::uint32_t>(facts.kind);
    record.flags = facts.flags;
    record.partition = settings_.partition;
    record.json_size = settings_.deliver_json ? static_cast<std::uint32_t>(line.size()) : 0;
    record.json_offset = batch.put_data(settings_.deliver_json ? line : std::string_view{});
    record.first_column = static_cast<std::uint32_t>(batch.column_count());
    if (!selected_.empty()) record.flags |= put_columns(record.json_offset, line, batch);
    batch.put_record(record);
}

std::uint32_t Decoder::put_columns(std::uint32_t json_offset, std::string_view line, BatchView &batch) {
    std::uint32_t flags = 0;
    for (const Span &span : selected_) {
        Column column{0, span.size, static_cast<std::uint32_t>(span.kind)};
        if (span.kind == ColumnKind::absent || span.kind == ColumnKind::null) {
            column.size = 0;
        } else if (settings_.deliver_json && stands_as_it_is(span)) {
            column.offset = json_offset + static_cast<std::uint32_t>(span.data - line.data());
        } else if (!is_text(span)) {
            column.offset = batch.put_data({span.data, span.size});
        } else {
            const Unescaped text = unescape(span.text(), batch.data_end(), true);
            if (text.repaired) flags |= flag_repaired_text;
            column.size = text.size;
            column.offset = batch.take_data(text.size);
        }
        batch.put_column(column);
    }
    return flags;
}

} // namespace xtap::event
