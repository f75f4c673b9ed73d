// The batch's bookkeeping; see batch.hpp.
#include "stream/event/batch.hpp"

#include <algorithm>
#include <cstring>

namespace xtap::event {

namespace {

// Offsets in a record have 32 bits.
constexpr std::size_t kMostData = std::numeric_limits<std::uint32_t>::max();

bool inside(const Column &column, const Record &record) noexcept {
    return column.offset >= record.json_offset &&
           std::size_t{column.offset} + column.size <= std::size_t{record.json_offset} + record.json_size;
}

} // namespace

BatchView::BatchView(std::span<char> data, std::span<Record> records, std::span<Column> columns)
    : data_(data.first(std::min(data.size(), kMostData))), records_(records), columns_(columns) {}

std::uint32_t BatchView::take_data(std::size_t size) noexcept {
    const auto offset = static_cast<std::uint32_t>(data_size_);
    data_size_ += size;
    return offset;
}

std::uint32_t BatchView::put_data(std::string_view bytes) noexcept {
    if (!bytes.empty()) std::memcpy(data_end(), bytes.data(), bytes.size());
    return take_data(bytes.size());
}

Need need_of(const BatchView &from, const Record &record, std::size_t columns_per_event) noexcept {
    const std::size_t columns = is_notice(record.kind) ? 0 : columns_per_event;
    Need need{record.json_size, 1, columns};
    for (const Column &column : from.columns().subspan(columns == 0 ? 0 : record.first_column, columns))
        if (!inside(column, record)) need.data += column.size;
    return need;
}

bool copy_record(const BatchView &from, const Record &record, std::size_t columns_per_event,
                 std::uint64_t position, BatchView &to) noexcept {
    if (!to.fits(need_of(from, record, columns_per_event))) return false;
    Record copy = record;
    copy.position = position;
    copy.json_offset = to.put_data({from.data() + record.json_offset, record.json_size});
    copy.first_column = static_cast<std::uint32_t>(to.column_count());
    const std::size_t columns = is_notice(record.kind) ? 0 : columns_per_event;
    for (Column column : from.columns().subspan(columns == 0 ? 0 : record.first_column, columns)) {
        column.offset = inside(column, record) ? copy.json_offset + (column.offset - record.json_offset)
                                               : to.put_data({from.data() + column.offset, column.size});
        to.put_column(column);
    }
    to.put_record(copy);
    return true;
}

} // namespace xtap::event
