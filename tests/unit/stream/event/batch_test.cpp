// Batches, the copying of records from one into another, and segments.
#include "stream/event/batch.hpp"

#include "room.hpp"
#include "stream/event/segment.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <string_view>

namespace xtap::event {
namespace {

using test::Room;

constexpr std::uint32_t number(Kind kind) { return static_cast<std::uint32_t>(kind); }
constexpr std::uint32_t number(ColumnKind kind) { return static_cast<std::uint32_t>(kind); }

// Puts {"a":"x\ny"} with three columns: one inside the JSON, one unescaped after it, one absent.
void put_sample(BatchView &batch, std::uint64_t id) {
    Record record{};
    record.position = 99;
    record.id = id;
    record.key[0] = id;
    record.key[1] = 7;
    record.time_ms = 1234;
    record.kind = number(Kind::event_post);
    record.flags = flag_partial;
    record.partition = 3;
    record.json_size = 12;
    record.json_offset = batch.put_data("{\"a\":\"x\\ny\"}");
    record.first_column = static_cast<std::uint32_t>(batch.column_count());
    batch.put_column({record.json_offset + 1, 3, number(ColumnKind::string)});
    batch.put_column({batch.put_data("x\ny"), 3, number(ColumnKind::string)});
    batch.put_column({0, 0, number(ColumnKind::absent)});
    batch.put_record(record);
}

constexpr std::size_t kColumns = 3;
constexpr std::size_t kSampleData = 12 + 3;

void expect_sample(const Room &room, std::size_t index, std::uint64_t id, std::uint64_t position) {
    const Record &record = room.record(index);
    EXPECT_EQ(record.position, position);
    EXPECT_EQ(record.id, id);
    EXPECT_EQ(record.key[0], id);
    EXPECT_EQ(record.key[1], 7u);
    EXPECT_EQ(record.time_ms, 1234);
    EXPECT_EQ(record.kind, number(Kind::event_post));
    EXPECT_EQ(record.flags, flag_partial);
    EXPECT_EQ(record.partition, 3u);
    EXPECT_EQ(room.json(index), "{\"a\":\"x\\ny\"}");
    EXPECT_EQ(room.text(index, 0), "\"a\"");
    EXPECT_EQ(room.text(index, 1), "x\ny");
    EXPECT_EQ(room.column_kind(index, 2), ColumnKind::absent);
    EXPECT_EQ(room.column(index, 2).size, 0u);
}

TEST(Batch, ADefaultOneHasNoRoom) {
    BatchView batch;
    EXPECT_TRUE(batch.empty());
    EXPECT_TRUE(batch.fits({}));
    EXPECT_FALSE(batch.fits({1, 0, 0}));
    EXPECT_FALSE(batch.fits({0, 1, 0}));
    EXPECT_FALSE(batch.fits({0, 0, 1}));
}

TEST(Batch, FitsToTheLastByteRecordAndColumn) {
    Room room(10, 2, 3);
    EXPECT_TRUE(room.batch.fits({10, 2, 3}));
    EXPECT_FALSE(room.batch.fits({11, 2, 3}));
    EXPECT_FALSE(room.batch.fits({10, 3, 3}));
    EXPECT_FALSE(room.batch.fits({10, 2, 4}));
    room.batch.put_data("123456");
    EXPECT_TRUE(room.batch.fits({4, 1, 1}));
    EXPECT_FALSE(room.batch.fits({5, 1, 1}));
    EXPECT_FALSE(room.batch.fits({std::numeric_limits<std::size_t>::max(), 1, 1}));
}

TEST(Batch, DataBeyondWhatAnOffsetCanSayIsNotUsed) {
    constexpr std::size_t kMost = std::numeric_limits<std::uint32_t>::max();
    char only = 0; // never written beyond: nothing is put into the batch
    const BatchView batch({&only, std::size_t{1} << 40}, {}, {});
    EXPECT_TRUE(batch.fits({kMost, 0, 0}));
    EXPECT_FALSE(batch.fits({kMost + 1, 0, 0}));
}

TEST(Batch, ClearMakesAllOfItRoomAgain) {
    Room room(kSampleData, 1, kColumns);
    put_sample(room.batch, 1);
    EXPECT_FALSE(room.batch.empty());
    room.batch.clear();
    EXPECT_TRUE(room.batch.empty());
    EXPECT_TRUE(room.batch.fits({kSampleData, 1, kColumns}));
}

TEST(Batch, ACopiedRecordIsWholeUnderItsNewPosition) {
    Room from(100), to(100);
    put_sample(from.batch, 1);
    put_sample(from.batch, 2);
    ASSERT_TRUE(copy_record(from.batch, from.record(1), kColumns, 41, to.batch));
    ASSERT_TRUE(copy_record(from.batch, from.record(0), kColumns, 42, to.batch));
    expect_sample(to, 0, 2, 41);
    expect_sample(to, 1, 1, 42);
}

TEST(Batch, ACopiedColumnStillPointsIntoTheCopiedEvent) {
    Room from(100), to(100);
    put_sample(from.batch, 1);
    to.batch.put_data("before");
    ASSERT_TRUE(copy_record(from.batch, from.record(0), kColumns, 1, to.batch));
    EXPECT_EQ(to.column(0, 0).offset, to.record(0).json_offset + 1);
    EXPECT_EQ(to.batch.data_size(), 6 + kSampleData) << "what lies inside the event is not copied twice";
}

TEST(Batch, NeedOfSaysExactlyWhatACopyTakes) {
    Room from(100);
    put_sample(from.batch, 1);
    const Need need = need_of(from.batch, from.record(0), kColumns);
    EXPECT_EQ(need.data, kSampleData);
    EXPECT_EQ(need.records, 1u);
    EXPECT_EQ(need.columns, kColumns);
    Room exact(need.data, need.records, need.columns);
    ASSERT_TRUE(copy_record(from.batch, from.record(0), kColumns, 1, exact.batch));
    expect_sample(exact, 0, 1, 1);
    EXPECT_FALSE(copy_record(from.batch, from.record(0), kColumns, 2, exact.batch));
}

TEST(Batch, WhatDoesNotFitLeavesTheBatchAsItWas) {
    Room from(100);
    put_sample(from.batch, 1);
    Room byte_short(kSampleData - 1, 1, kColumns), no_record(kSampleData, 0, kColumns),
        column_short(kSampleData, 1, kColumns - 1);
    for (Room *room : {&byte_short, &no_record, &column_short}) {
        EXPECT_FALSE(copy_record(from.batch, from.record(0), kColumns, 1, room->batch));
        EXPECT_EQ(room->batch.data_size() + room->batch.record_count() + room->batch.column_count(), 0u);
    }
}

TEST(Batch, ANoticeIsCopiedWithoutColumns) {
    Room from(100), to(100, 2, 0);
    put_sample(from.batch, 1);
    Record notice{};
    notice.kind = number(Kind::notice_connected);
    notice.json_size = 2;
    notice.json_offset = from.batch.put_data("{}");
    notice.first_column = 77; // says nothing for a notice
    from.batch.put_record(notice);
    ASSERT_TRUE(copy_record(from.batch, from.record(1), kColumns, 5, to.batch));
    EXPECT_EQ(to.json(0), "{}");
    EXPECT_EQ(to.record(0).position, 5u);
}

TEST(Batch, AnEventDeliveredByItsColumnsAloneIsCopied) {
    Room from(100), to(100);
    for (const std::string_view text : {"first", "", "third"}) {
        Record record{};
        record.kind = number(Kind::event_post);
        record.json_offset = from.batch.put_data("");
        record.first_column = static_cast<std::uint32_t>(from.batch.column_count());
        const auto size = static_cast<std::uint32_t>(text.size());
        for (int column = 0; column < 2; ++column)
            from.batch.put_column({from.batch.put_data(text), size, number(ColumnKind::string)});
        from.batch.put_record(record);
    }
    to.batch.put_data("#");
    for (const std::size_t index : {2u, 1u, 0u})
        ASSERT_TRUE(copy_record(from.batch, from.record(index), 2, 1, to.batch));
    EXPECT_EQ(to.text(0, 0), "third");
    EXPECT_EQ(to.text(0, 1), "third");
    EXPECT_EQ(to.text(1, 0), "");
    EXPECT_EQ(to.text(2, 0), "first");
    EXPECT_EQ(to.text(2, 1), "first");
}

TEST(Segment, HasRoomForWhatItMustHoldAndForTheUsual) {
    Segment usual(3, {});
    EXPECT_TRUE(usual.batch().fits({Segment::kDataBytes, Segment::kRecords, 3 * Segment::kRecords}));
    EXPECT_TRUE(usual.usual_size());
    Segment large(3, {Segment::kDataBytes + 1, 1, 3});
    EXPECT_TRUE(large.batch().fits({Segment::kDataBytes + 1, Segment::kRecords, 3 * Segment::kRecords}));
    EXPECT_FALSE(large.usual_size());
    Segment exact(3, {Segment::kDataBytes, 1, 3});
    EXPECT_TRUE(exact.usual_size());
}

TEST(Segment, WithoutSelectionHasNoColumns) {
    Segment segment(0, {});
    EXPECT_FALSE(segment.batch().fits({0, 0, 1}));
}

} // namespace
} // namespace xtap::event
