// Getters of events and notices: trivial, for NULL too.
#include "abi/handle.hpp"

namespace {

const xtap::event::Record *record_of(const xtap_event *event) {
    return event == nullptr ? nullptr : event->delivered->record;
}

xtap_text json_of(const xtap::tap::Delivered &delivered) {
    const xtap::event::Record &record = *delivered.record;
    if (record.json_size == 0) return {nullptr, 0};
    return {delivered.data + record.json_offset, record.json_size};
}

const xtap::event::Column *column_of(const xtap_event *event, size_t index) {
    if (event == nullptr || index >= event->delivered->columns.size()) return nullptr;
    return &event->delivered->columns[index];
}

} // namespace

uint32_t xtap_event_kind(const xtap_event *event) { return event ? record_of(event)->kind : 0; }
uint64_t xtap_event_position(const xtap_event *event) { return event ? event->delivered->position : 0; }
uint64_t xtap_event_id(const xtap_event *event) { return event ? record_of(event)->id : 0; }
int64_t xtap_event_time_ms(const xtap_event *event) {
    return event ? record_of(event)->time_ms : XTAP_TIME_UNKNOWN;
}
uint32_t xtap_event_partition(const xtap_event *event) { return event ? record_of(event)->partition : 0; }
uint32_t xtap_event_flags(const xtap_event *event) { return event ? record_of(event)->flags : 0; }

xtap_text xtap_event_json(const xtap_event *event) {
    return event ? json_of(*event->delivered) : xtap_text{nullptr, 0};
}

xtap_text xtap_event_selected(const xtap_event *event, size_t index) {
    const xtap::event::Column *column = column_of(event, index);
    if (column == nullptr || column->kind == XTAP_COLUMN_ABSENT || column->kind == XTAP_COLUMN_NULL)
        return {nullptr, 0};
    return {event->delivered->data + column->offset, column->size};
}

uint32_t xtap_event_selected_kind(const xtap_event *event, size_t index) {
    const xtap::event::Column *column = column_of(event, index);
    return column ? column->kind : static_cast<uint32_t>(XTAP_COLUMN_ABSENT);
}

uint32_t xtap_notice_kind(const xtap_notice *notice) { return notice ? notice->delivered->record->kind : 0; }

xtap_text xtap_notice_json(const xtap_notice *notice) {
    return notice ? json_of(*notice->delivered) : xtap_text{nullptr, 0};
}
