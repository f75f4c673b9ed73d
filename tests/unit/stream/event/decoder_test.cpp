// The decoder: which lines become which records, in which order, and what becomes of the last one.
#include "stream/event/decoder.hpp"

#include "room.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace xtap::event {
namespace {

using Stop = Decoder::Stop;
using test::Room;

constexpr std::string_view kPost = R"({"data":{"id":"1346889436626259968","text":"one"}})";
constexpr std::string_view kOther = R"({"data":{"id":"1346889436626259969","text":"two"}})";
constexpr std::string_view kDisconnect =
    R"({"errors":[{"title":"operational-disconnect","disconnect_type":"OperationalDisconnect","detail":"bye","type":"about:blank"}]})";
constexpr std::string_view kCut = R"({"data":{"id":"1346889436626259968","te)";

DecoderSettings posts() { return {.expected = Kind::event_post, .max_event_bytes = 256, .partition = 4}; }

Decoder decoder_for(const DecoderSettings &settings) { return {settings, Pointers{}}; }

std::string line(std::string_view text) { return std::string(text) + "\r\n"; }

TEST(Decoder, APostBecomesARecordWithKindIdTimeAndPartition) {
    Decoder decoder = decoder_for(posts());
    Room room(1000);
    const std::string bytes = line(kPost);
    std::string_view input = bytes;
    EXPECT_EQ(decoder.decode(input, room.batch), Stop::input_done);
    EXPECT_TRUE(input.empty());
    ASSERT_EQ(room.batch.record_count(), 1u);
    EXPECT_EQ(room.json(0), kPost);
    EXPECT_EQ(room.kind(0), Kind::event_post);
    EXPECT_EQ(room.record(0).id, 1346889436626259968u);
    EXPECT_EQ(room.record(0).key[0], 1346889436626259968u);
    EXPECT_EQ(room.record(0).time_ms, 1609958440344) << "the id's own time";
    EXPECT_EQ(room.record(0).partition, 4u);
    EXPECT_EQ(room.record(0).flags, 0u);
}

TEST(Decoder, EveryCutGivesTheSameRecords) {
    const std::string bytes =
        line(kPost) + "\r\n" + line(R"({"data":{"id":"7","text":"é日😊\ud83d\ude0a"}})") + line(kOther);
    for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
        Decoder decoder = decoder_for(posts());
        Room room(1000);
        for (const std::string &part : {bytes.substr(0, cut), bytes.substr(cut)}) {
            std::string_view input = part;
            ASSERT_EQ(decoder.decode(input, room.batch), Stop::input_done) << cut;
        }
        ASSERT_EQ(room.batch.record_count(), 3u) << cut;
        ASSERT_EQ(room.json(0), kPost) << cut;
        ASSERT_EQ(room.json(1), R"({"data":{"id":"7","text":"é日😊\ud83d\ude0a"}})") << cut;
        ASSERT_EQ(room.json(2), kOther) << cut;
        for (const Record &record : room.batch.records())
            ASSERT_EQ(record.kind, static_cast<std::uint32_t>(Kind::event_post));
    }
}

TEST(Decoder, AMalformedLineIsDeliveredAsItCame) {
    Decoder decoder = decoder_for(posts());
    for (const std::string &bad :
         {std::string("{\"data\":{\"id\":\"1"), std::string("\xff\xfe"), std::string("hello"),
          std::string("{\"data\":{}}}"), std::string("{\"data\":\"a\0b\xc3\"}", 15)}) {
        Room room(1000);
        const std::string bytes = line(bad) + line(kPost);
        std::string_view input = bytes;
        EXPECT_EQ(decoder.decode(input, room.batch), Stop::input_done);
        ASSERT_EQ(room.batch.record_count(), 2u) << bad;
        EXPECT_EQ(room.kind(0), Kind::event_malformed) << bad;
        EXPECT_EQ(room.json(0), bad);
        EXPECT_EQ(room.kind(1), Kind::event_post) << "the line after it is intact";
    }
    EXPECT_EQ(decoder.counters().malformed, 5u);
    EXPECT_EQ(decoder.counters().events, 10u);
}

TEST(Decoder, AMessageOfXsOwnStopsBetweenTheEventsItCameBetween) {
    Decoder decoder = decoder_for(posts());
    Room room(1000);
    const std::string bytes = line(kPost) + std::string(kDisconnect) + "\n" + line(kOther);
    std::string_view input = bytes;
    EXPECT_EQ(decoder.decode(input, room.batch), Stop::system);
    EXPECT_EQ(decoder.text(), kDisconnect);
    EXPECT_EQ(room.batch.record_count(), 1u);
    EXPECT_EQ(decoder.decode(input, room.batch), Stop::input_done);
    ASSERT_EQ(room.batch.record_count(), 2u);
    EXPECT_EQ(room.json(1), kOther);
    EXPECT_EQ(decoder.counters().events, 2u) << "a message is no event";
}

TEST(Decoder, DataWithErrorsBesideItIsAPartialEvent) {
    Decoder decoder = decoder_for(posts());
    Room room(1000);
    const std::string bytes =
        line(R"({"data":{"id":"1","text":"x"},"errors":[{"title":"Not Found Error"}]})");
    std::string_view input = bytes;
    EXPECT_EQ(decoder.decode(input, room.batch), Stop::input_done);
    ASSERT_EQ(room.batch.record_count(), 1u);
    EXPECT_EQ(room.kind(0), Kind::event_post);
    EXPECT_EQ(room.record(0).flags, flag_partial);
}

TEST(Decoder, AnOversizedLineIsSaidAndCountedAndTheNextOneIsIntact) {
    Decoder decoder = decoder_for(posts());
    Room room(1000);
    const std::string bytes = line(kPost) + line(std::string(257, 'x')) + line(kOther);
    std::string_view input = bytes;
    EXPECT_EQ(decoder.decode(input, room.batch), Stop::oversized);
    EXPECT_EQ(decoder.size(), 257u);
    EXPECT_EQ(room.batch.record_count(), 1u);
    EXPECT_EQ(decoder.decode(input, room.batch), Stop::input_done);
    EXPECT_EQ(room.json(1), kOther);
    EXPECT_EQ(decoder.counters().oversized, 1u);
}

TEST(Decoder, ALineWithoutEndIsCountedAsOversized) {
    Decoder decoder = decoder_for(posts());
    Room room(1000);
    const std::string bytes(256 * 10, 'x');
    std::string_view input = bytes;
    EXPECT_EQ(decoder.decode(input, room.batch), Stop::endless);
    EXPECT_EQ(decoder.size(), bytes.size());
    EXPECT_EQ(decoder.counters().oversized, 1u);
    EXPECT_EQ(decoder.finish(false, room.batch), Stop::input_done);
    EXPECT_EQ(decoder.counters().dropped_tails, 0u) << "the same line is not counted twice";
}

TEST(Decoder, CountsEventsAndTheirBytesAndTheLastEventsTime) {
    Decoder decoder = decoder_for(posts());
    Room room(1000);
    EXPECT_EQ(decoder.counters().last_event_ms, kNoTime);
    const std::string bytes = "\r\n" + line(kPost) + "\n" + line(R"({"data":{"text":"no time"}})");
    std::string_view input = bytes;
    EXPECT_EQ(decoder.decode(input, room.batch), Stop::input_done);
    EXPECT_EQ(decoder.counters().events, 2u);
    EXPECT_EQ(decoder.counters().bytes, kPost.size() + 27);
    EXPECT_EQ(decoder.counters().last_event_ms, 1609958440344)
        << "an event without a time does not change it";
}

// ---- index=off ----

DecoderSettings unread() {
    DecoderSettings settings = posts();
    settings.index = false;
    return settings;
}

TEST(Decoder, WithoutAnIndexNothingIsKnownOfAnEventButItsBytes) {
    Decoder decoder = decoder_for(unread());
    Room room(1000);
    const std::string bytes = line(kPost) + line("garbage") + line(R"({"like":{"id":"1"}})");
    std::string_view input = bytes;
    EXPECT_EQ(decoder.decode(input, room.batch), Stop::input_done);
    ASSERT_EQ(room.batch.record_count(), 3u);
    for (const Record &record : room.batch.records()) {
        EXPECT_EQ(record.kind, static_cast<std::uint32_t>(Kind::event_unread));
        EXPECT_EQ(record.id, 0u);
        EXPECT_EQ(record.time_ms, kNoTime);
        EXPECT_EQ(record.partition, 4u);
    }
    EXPECT_EQ(room.json(1), "garbage");
}

TEST(Decoder, WithoutAnIndexXsOwnMessagesAreStillFound) {
    Decoder decoder = decoder_for(unread());
    Room room(1000);
    const std::string bytes = line(kPost) + line(kDisconnect) + line(kOther);
    std::string_view input = bytes;
    EXPECT_EQ(decoder.decode(input, room.batch), Stop::system);
    EXPECT_EQ(decoder.text(), kDisconnect);
    EXPECT_EQ(decoder.decode(input, room.batch), Stop::input_done);
    EXPECT_EQ(room.batch.record_count(), 2u);
}

TEST(Decoder, WithoutAnIndexSelectedValuesAreStillFound) {
    const std::vector<std::string> selected = {"/data/text"};
    Decoder decoder(unread(), Pointers(selected));
    Room room(1000);
    const std::string bytes = line(kPost) + line(R"({"other":1,"data":{"text":"a\tb"}})") + line("garbage");
    std::string_view input = bytes;
    EXPECT_EQ(decoder.decode(input, room.batch), Stop::input_done);
    ASSERT_EQ(room.batch.record_count(), 3u);
    EXPECT_EQ(room.text(0, 0), "one");
    EXPECT_EQ(room.text(1, 0), "a\tb");
    EXPECT_EQ(room.column_kind(2, 0), ColumnKind::absent);
    for (const Record &record : room.batch.records())
        EXPECT_EQ(record.kind, static_cast<std::uint32_t>(Kind::event_unread));
}

// ---- the tail ----

class TailTest : public testing::Test {
protected:
    Stop end_with(std::string_view tail, bool clean) {
        const std::string bytes = line(kPost) + std::string(tail);
        std::string_view input = bytes;
        EXPECT_EQ(decoder_.decode(input, room_.batch), Stop::input_done);
        room_.batch.clear();
        return decoder_.finish(clean, room_.batch);
    }
    void expect_dropped(std::size_t bytes) {
        EXPECT_TRUE(room_.batch.empty());
        EXPECT_EQ(decoder_.dropped_tail_bytes(), bytes);
        EXPECT_EQ(decoder_.counters().dropped_tails, 1u);
    }
    Decoder decoder_{posts(), Pointers{}};
    Room room_{1000};
};

TEST_F(TailTest, NothingAfterTheLastLineEndIsNoTail) {
    EXPECT_EQ(end_with("", true), Stop::input_done);
    EXPECT_EQ(decoder_.dropped_tail_bytes(), 0u);
    EXPECT_EQ(decoder_.counters().dropped_tails, 0u);
}

TEST_F(TailTest, AWholeEventAfterACleanEndIsDelivered) {
    EXPECT_EQ(end_with(kOther, true), Stop::input_done);
    ASSERT_EQ(room_.batch.record_count(), 1u);
    EXPECT_EQ(room_.json(0), kOther);
    EXPECT_EQ(decoder_.counters().events, 2u);
    EXPECT_EQ(decoder_.counters().dropped_tails, 0u);
    EXPECT_EQ(decoder_.finish(true, room_.batch), Stop::input_done);
    EXPECT_EQ(room_.batch.record_count(), 1u) << "once";
}

TEST_F(TailTest, AWholeEventWithHalfALineEndIsDelivered) {
    EXPECT_EQ(end_with(std::string(kOther) + "\r", true), Stop::input_done);
    ASSERT_EQ(room_.batch.record_count(), 1u);
    EXPECT_EQ(room_.json(0), kOther);
}

TEST_F(TailTest, AWholeEventAfterAnUncleanEndIsDropped) {
    EXPECT_EQ(end_with(kOther, false), Stop::input_done);
    expect_dropped(kOther.size());
}

TEST_F(TailTest, ACutEventIsDroppedEvenAfterACleanEnd) {
    EXPECT_EQ(end_with(kCut, true), Stop::input_done);
    expect_dropped(kCut.size());
    EXPECT_EQ(decoder_.counters().malformed, 0u);
}

TEST_F(TailTest, ACutOversizedLineIsDroppedAndCounted) {
    EXPECT_EQ(end_with(std::string(700, 'x'), true), Stop::input_done);
    expect_dropped(700);
}

TEST_F(TailTest, XsLastWordWithoutALineEndIsHeard) {
    EXPECT_EQ(end_with(kDisconnect, true), Stop::system);
    EXPECT_EQ(decoder_.text(), kDisconnect);
    decoder_.reset();
    EXPECT_EQ(decoder_.finish(true, room_.batch), Stop::input_done);
}

TEST_F(TailTest, ATailThatDoesNotFitStaysUntilThereIsRoom) {
    Room small(kOther.size() - 1);
    const std::string bytes(kOther);
    std::string_view input = bytes;
    EXPECT_EQ(decoder_.decode(input, small.batch), Stop::input_done);
    EXPECT_EQ(decoder_.finish(true, small.batch), Stop::batch_full);
    EXPECT_EQ(decoder_.need().data, kOther.size());
    EXPECT_EQ(decoder_.counters().events, 0u);
    Room exact(kOther.size(), 1, 0);
    EXPECT_EQ(decoder_.finish(true, exact.batch), Stop::input_done);
    ASSERT_EQ(exact.batch.record_count(), 1u);
    EXPECT_EQ(exact.json(0), kOther);
}

TEST_F(TailTest, ResetForgetsTheDroppedTailOfTheConnectionBefore) {
    end_with(kCut, false);
    decoder_.reset();
    EXPECT_EQ(decoder_.dropped_tail_bytes(), 0u) << "a connection that never opened dropped nothing";
    EXPECT_EQ(decoder_.counters().dropped_tails, 1u) << "counters run on";
}

TEST_F(TailTest, ANewConnectionIsNotJoinedToTheLastOnesTail) {
    end_with(kCut, false);
    decoder_.reset();
    const std::string bytes = line(kPost);
    std::string_view input = bytes;
    EXPECT_EQ(decoder_.decode(input, room_.batch), Stop::input_done);
    ASSERT_EQ(room_.batch.record_count(), 1u);
    EXPECT_EQ(room_.json(0), kPost);
}

TEST(Decoder, WithoutAnIndexATailIsJudgedLikeAnyOther) {
    Decoder decoder = decoder_for(unread());
    Room room(1000);
    std::string_view input = kPost;
    EXPECT_EQ(decoder.decode(input, room.batch), Stop::input_done);
    EXPECT_EQ(decoder.finish(true, room.batch), Stop::input_done);
    ASSERT_EQ(room.batch.record_count(), 1u);
    EXPECT_EQ(room.kind(0), Kind::event_unread);
    input = kCut;
    EXPECT_EQ(decoder.decode(input, room.batch), Stop::input_done);
    EXPECT_EQ(decoder.finish(true, room.batch), Stop::input_done);
    EXPECT_EQ(room.batch.record_count(), 1u);
    EXPECT_EQ(decoder.dropped_tail_bytes(), kCut.size());
}

} // namespace
} // namespace xtap::event
