// The decoder and its batch: what a record takes to the byte, what happens when there is less, and selected
// values.
#include "room.hpp"
#include "stream/event/decoder.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace xtap::event {
namespace {

using Stop = Decoder::Stop;
using test::Room;

constexpr std::string_view kRoomPost =
    R"({"data":{"id":"42","text":"plain","lang":null,"n":1.5e3,"ok":true,"escaped":"a\n\"b\"","lone":"x\ud800y","list":[1,"\n"]}})";
const std::vector<std::string> kSelected = {"/data/text", "/data/lang",    "/data/n",    "/data/ok",
                                            "/nowhere",   "/data/escaped", "/data/lone", "/data/list"};
constexpr std::size_t kEscaped = 5, kLone = 6;

DecoderSettings settings(bool deliver_json) {
    return {
        .expected = Kind::event_post, .deliver_json = deliver_json, .max_event_bytes = 4096, .partition = 0};
}

void expect_values(const Room &room, std::size_t record) {
    EXPECT_EQ(room.text(record, 0), "plain");
    EXPECT_EQ(room.column_kind(record, 0), ColumnKind::string);
    EXPECT_EQ(room.column_kind(record, 1), ColumnKind::null);
    EXPECT_EQ(room.text(record, 1), "");
    EXPECT_EQ(room.text(record, 2), "1.5e3");
    EXPECT_EQ(room.column_kind(record, 2), ColumnKind::number);
    EXPECT_EQ(room.text(record, 3), "true");
    EXPECT_EQ(room.column_kind(record, 3), ColumnKind::boolean);
    EXPECT_EQ(room.column_kind(record, 4), ColumnKind::absent);
    EXPECT_EQ(room.text(record, 4), "");
    EXPECT_EQ(room.text(record, kEscaped), "a\n\"b\"");
    EXPECT_EQ(room.text(record, kLone), "x\xEF\xBF\xBDy");
    EXPECT_EQ(room.text(record, 7), R"([1,"\n"])");
    EXPECT_EQ(room.column_kind(record, 7), ColumnKind::json);
    EXPECT_EQ(room.record(record).flags, flag_repaired_text);
}

TEST(DecoderRoom, SelectedValuesPointIntoTheEventUnlessTheyWereUnescaped) {
    Decoder decoder(settings(true), Pointers(kSelected));
    Room room(2000);
    room.batch.put_data("not at the beginning");
    const std::string bytes = std::string(kRoomPost) + "\n" + std::string(kRoomPost) + "\n";
    std::string_view input = bytes;
    ASSERT_EQ(decoder.decode(input, room.batch), Stop::input_done);
    ASSERT_EQ(room.batch.record_count(), 2u);
    for (const std::size_t record : {0u, 1u}) {
        expect_values(room, record);
        const std::size_t begin = room.record(record).json_offset,
                          end = begin + room.record(record).json_size;
        for (const std::size_t column : {0u, 2u, 3u, 7u}) {
            EXPECT_GE(room.column(record, column).offset, begin);
            EXPECT_LE(room.column(record, column).offset + room.column(record, column).size, end);
        }
        EXPECT_GE(room.column(record, kEscaped).offset, end);
        EXPECT_GE(room.column(record, kLone).offset, end);
    }
}

TEST(DecoderRoom, WithoutJsonTheValuesStandAlone) {
    Decoder decoder(settings(false), Pointers(kSelected));
    Room room(2000);
    const std::string bytes = std::string(kRoomPost) + "\n";
    std::string_view input = bytes;
    ASSERT_EQ(decoder.decode(input, room.batch), Stop::input_done);
    expect_values(room, 0);
    EXPECT_EQ(room.json(0), "");
    EXPECT_LT(room.batch.data_size(), 60u);
    EXPECT_EQ(decoder.counters().bytes, kRoomPost.size()) << "counted as they came";
}

TEST(DecoderRoom, WithoutJsonAndSelectionARecordTakesNoData) {
    Decoder decoder(settings(false), Pointers{});
    Room room(0, 1, 0);
    const std::string bytes = std::string(kRoomPost) + "\n";
    std::string_view input = bytes;
    ASSERT_EQ(decoder.decode(input, room.batch), Stop::input_done);
    ASSERT_EQ(room.batch.record_count(), 1u);
    EXPECT_EQ(room.record(0).id, 42u);
}

TEST(DecoderRoom, APlainSelectedTextTakesNoDataBesideTheEvent) {
    const std::vector<std::string> plain = {"/data/text", "/data/id", "/data/n"};
    Decoder decoder(settings(true), Pointers(plain));
    Room room(kRoomPost.size(), 1, 3);
    const std::string bytes = std::string(kRoomPost) + "\n";
    std::string_view input = bytes;
    ASSERT_EQ(decoder.decode(input, room.batch), Stop::input_done);
    EXPECT_EQ(room.text(0, 0), "plain");
    EXPECT_EQ(room.text(0, 1), "42");
}

struct Shortage {
    const char *of;
    bool deliver_json, selected;
};

class ShortageTest : public testing::TestWithParam<Shortage> {
protected:
    Pointers pointers() const { return GetParam().selected ? Pointers(kSelected) : Pointers{}; }
    DecoderSettings decoder_settings() const { return settings(GetParam().deliver_json); }
    Need need() const {
        Decoder decoder(decoder_settings(), pointers());
        Room none(0, 0, 0);
        const std::string bytes = std::string(kRoomPost) + "\n";
        std::string_view input = bytes;
        EXPECT_EQ(decoder.decode(input, none.batch), Stop::batch_full);
        return decoder.need();
    }
};

TEST_P(ShortageTest, WhatNeedSaysIsEnough) {
    const Need enough = need();
    EXPECT_EQ(enough.records, 1u);
    EXPECT_EQ(enough.columns, GetParam().selected ? kSelected.size() : 0u);
    Decoder decoder(decoder_settings(), pointers());
    Room room(enough.data, enough.records, enough.columns);
    const std::string bytes = std::string(kRoomPost) + "\n";
    std::string_view input = bytes;
    ASSERT_EQ(decoder.decode(input, room.batch), Stop::input_done);
    ASSERT_EQ(room.batch.record_count(), 1u);
    if (GetParam().selected) expect_values(room, 0);
    if (GetParam().deliver_json) {
        EXPECT_EQ(room.json(0), kRoomPost);
    }
}

// One less of each: nothing is written, and the same line comes again once there is room, as often as it
// takes.
TEST_P(ShortageTest, OneLessThanNeededConsumesNothing) {
    const Need enough = need();
    const std::vector<Need> shortages = {{enough.data - 1, 1, enough.columns},
                                         {enough.data, 0, enough.columns},
                                         {enough.data, 1, enough.columns - 1}};
    for (const Need &less : shortages) {
        if (std::max({less.data, less.columns}) > 100'000) continue; // there was nothing to take away
        for (const std::size_t cut :
             {std::size_t{0}, std::size_t{1}, kRoomPost.size() / 2, kRoomPost.size()}) {
            Decoder decoder(decoder_settings(), pointers());
            Room small(less.data, less.records, less.columns), room(2000);
            const std::string first = std::string(kRoomPost).substr(0, cut);
            std::string second = std::string(kRoomPost).substr(cut) + "\r\n" + std::string(kRoomPost) + "\n";
            std::string_view input = first;
            ASSERT_EQ(decoder.decode(input, small.batch), Stop::input_done);
            input = second;
            for (int again = 0; again < 3; ++again) {
                ASSERT_EQ(decoder.decode(input, small.batch), Stop::batch_full);
                ASSERT_EQ(decoder.need().data, enough.data);
                ASSERT_EQ(decoder.need().records, 1u);
                ASSERT_EQ(decoder.need().columns, enough.columns);
                ASSERT_EQ(small.batch.data_size() + small.batch.record_count() + small.batch.column_count(),
                          0u);
            }
            EXPECT_EQ(decoder.counters().events, 0u);
            ASSERT_EQ(decoder.decode(input, room.batch), Stop::input_done);
            ASSERT_EQ(room.batch.record_count(), 2u);
            for (const std::size_t record : {0u, 1u}) {
                if (GetParam().selected) expect_values(room, record);
                if (GetParam().deliver_json) {
                    EXPECT_EQ(room.json(record), kRoomPost);
                }
            }
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Of, ShortageTest,
                         testing::Values(Shortage{"Json", true, false},
                                         Shortage{"JsonAndColumns", true, true},
                                         Shortage{"Columns", false, true}, Shortage{"Records", false, false}),
                         [](const auto &tested) { return tested.param.of; });

TEST(DecoderRoom, AFullBatchTakesUpWhereItStopped) {
    std::string bytes;
    for (int i = 0; i < 10; ++i)
        bytes += R"({"data":{"id":")" + std::to_string(i) + "\"}}\n";
    Decoder decoder(settings(true), Pointers{});
    std::string_view input = bytes;
    std::vector<std::uint64_t> ids;
    for (Stop stop = Stop::batch_full; stop == Stop::batch_full;) {
        Room room(1000, 3, 0);
        stop = decoder.decode(input, room.batch);
        for (const Record &record : room.batch.records())
            ids.push_back(record.id);
    }
    EXPECT_EQ(ids, (std::vector<std::uint64_t>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
}

TEST(DecoderRoom, AMessageOfXsOwnNeedsNoRoom) {
    Decoder decoder(settings(true), Pointers{});
    Room none(0, 0, 0);
    const std::string bytes =
        std::string(kRoomPost) + "\n" + R"({"errors":[{"title":"t","type":"x","detail":"d"}]})" + "\n";
    std::string_view input = bytes;
    EXPECT_EQ(decoder.decode(input, none.batch), Stop::batch_full) << "the event before it comes first";
    Room room(1000);
    EXPECT_EQ(decoder.decode(input, room.batch), Stop::system);
    EXPECT_EQ(room.batch.record_count(), 1u);
}

} // namespace
} // namespace xtap::event
