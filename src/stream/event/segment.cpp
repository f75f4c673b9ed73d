// Memory for one segment; see segment.hpp.
#include "stream/event/segment.hpp"

#include <algorithm>

namespace xtap::event {

Segment::Segment(std::size_t columns_per_event, Need least) {
    const std::size_t data = std::max(kDataBytes, least.data);
    const std::size_t records = std::max(kRecords, least.records);
    const std::size_t columns = std::max(kRecords * columns_per_event, least.columns);
    // Not zeroed: only what was written is read, and untouched pages cost nothing.
    data_ = std::make_unique_for_overwrite<char[]>(data);
    records_ = std::make_unique_for_overwrite<Record[]>(records);
    columns_ = std::make_unique_for_overwrite<Column[]>(columns);
    batch_ = BatchView({data_.get(), data}, {records_.get(), records}, {columns_.get(), columns});
    usual_ = least.data <= kDataBytes;
}

} // namespace xtap::event
