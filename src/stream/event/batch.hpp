// Records and the memory they are written to. Knows nothing of where bytes come from or who waits for them.
#pragma once

#include "api/constants.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>

namespace xtap::event {

constexpr std::int64_t kNoTime = std::numeric_limits<std::int64_t>::min();

// Same layout as xtap_column and xtap_record: src/abi/stream.cpp asserts it field by field.
struct Column {
    std::uint32_t offset, size, kind;
};

struct Record {
    std::uint64_t position;
    std::uint64_t key[2];
    std::uint64_t id;
    std::int64_t time_ms;
    std::uint32_t json_offset, json_size, first_column, kind, flags, partition;
};
static_assert(sizeof(Record) == 64 && sizeof(Column) == 12);

// How much room a record needs.
struct Need {
    std::size_t data = 0, records = 0, columns = 0;
};

// A batch somebody else owns (the caller of read, or a Segment), filled from the front with whole records.
class BatchView {
public:
    BatchView() = default;
    BatchView(std::span<char> data, std::span<Record> records, std::span<Column> columns);

    bool fits(Need need) const noexcept {
        return need.data <= data_.size() - data_size_ && need.records <= records_.size() - record_count_ &&
               need.columns <= columns_.size() - column_count_;
    }
    bool empty() const noexcept { return record_count_ == 0; }
    void clear() noexcept { data_size_ = record_count_ = column_count_ = 0; }

    // Where the next bytes go; REQUIRES: fits().
    char *data_end() noexcept { return data_.data() + data_size_; }
    // Takes the `size` bytes that were written at data_end(); the offset at which they begin.
    std::uint32_t take_data(std::size_t size) noexcept;
    std::uint32_t put_data(std::string_view bytes) noexcept;
    void put_column(Column column) noexcept { columns_[column_count_++] = column; }
    void put_record(const Record &record) noexcept { records_[record_count_++] = record; }

    char *data() const noexcept { return data_.data(); }
    std::size_t data_size() const noexcept { return data_size_; }
    std::size_t record_count() const noexcept { return record_count_; }
    std::size_t column_count() const noexcept { return column_count_; }
    std::span<Record> records() const noexcept { return records_.first(record_count_); }
    std::span<Column> columns() const noexcept { return columns_.first(column_count_); }

private:
    std::span<char> data_;
    std::span<Record> records_;
    std::span<Column> columns_;
    std::size_t data_size_ = 0, record_count_ = 0, column_count_ = 0;
};

// Copies one record with its bytes and columns into another batch, under another position; false when it does
// not fit. `columns_per_event`: how many columns an event carries (a notice has none).
bool copy_record(const BatchView &from, const Record &record, std::size_t columns_per_event,
                 std::uint64_t position, BatchView &to) noexcept;
Need need_of(const BatchView &from, const Record &record, std::size_t columns_per_event) noexcept;

constexpr bool is_notice(std::uint32_t kind) noexcept { return kind >= 0x8000; }

} // namespace xtap::event
