// A batch of any size with memory of its own, and what lies in it. Exactly as large as asked for, so that a
// sanitizer sees a byte too much.
#pragma once

#include "stream/event/batch.hpp"

#include <memory>
#include <string_view>

namespace xtap::test {

class Room {
public:
    explicit Room(std::size_t data, std::size_t records = 64, std::size_t columns = 64)
        : data_(std::make_unique<char[]>(data)), records_(std::make_unique<event::Record[]>(records)),
          columns_(std::make_unique<event::Column[]>(columns)),
          batch({data_.get(), data}, {records_.get(), records}, {columns_.get(), columns}) {}

private:
    std::unique_ptr<char[]> data_;
    std::unique_ptr<event::Record[]> records_;
    std::unique_ptr<event::Column[]> columns_;

public:
    event::BatchView batch;

    const event::Record &record(std::size_t index) const { return batch.records()[index]; }
    Kind kind(std::size_t index) const { return static_cast<Kind>(record(index).kind); }
    std::string_view json(std::size_t index) const {
        return {batch.data() + record(index).json_offset, record(index).json_size};
    }
    const event::Column &column(std::size_t record_index, std::size_t index) const {
        return batch.columns()[record(record_index).first_column + index];
    }
    std::string_view text(std::size_t record_index, std::size_t index) const {
        const event::Column &found = column(record_index, index);
        return {batch.data() + found.offset, found.size};
    }
    ColumnKind column_kind(std::size_t record_index, std::size_t index) const {
        return static_cast<ColumnKind>(column(record_index, index).kind);
    }
};

} // namespace xtap::test
