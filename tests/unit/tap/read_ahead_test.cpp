// The queue between the I/O thread and the consumer: order, accounting, reuse of memory, and its handshake.
#include "tap/read_ahead.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace xtap::tap {
namespace {

using event::BatchView;
using event::Need;
using event::Record;
using event::Segment;

constexpr std::uint64_t kRecordBytes = sizeof(Record);

// An event's text tells its number, so that a record that was overwritten is seen.
std::string text_of(std::uint64_t id, std::size_t size) {
    std::string text = std::to_string(id) + ":";
    text.resize(std::max(size, text.size()), static_cast<char>('a' + id % 26));
    return text;
}

// False when the queue is full and the writer has to wait.
bool put(ReadAhead &queue, std::uint64_t id, std::size_t size) {
    const std::string text = text_of(id, size);
    BatchView *batch = queue.batch();
    const Need need{text.size(), 1, 0};
    if (batch != nullptr && !batch->fits(need)) batch = queue.next(need);
    if (batch == nullptr) return false;
    EXPECT_TRUE(batch->fits(need));
    Record record{};
    record.id = id;
    record.kind = 2;
    record.json_size = static_cast<std::uint32_t>(text.size());
    record.json_offset = batch->put_data(text);
    batch->put_record(record);
    return true;
}

// One round of the I/O thread; as many records as are asked for and taken.
bool round_of(ReadAhead &queue, std::uint64_t &id, std::size_t records, std::size_t size) {
    queue.begin();
    for (std::size_t i = 0; i < records && put(queue, id + 1, size); ++i)
        ++id;
    return queue.commit();
}

bool is_whole(const ReadAhead::Unread &unread, std::size_t index, std::uint64_t id) {
    const Record &record = unread.view.records()[index];
    const std::string_view text(unread.view.data() + record.json_offset, record.json_size);
    return record.id == id && text == text_of(id, record.json_size);
}

void expect_record(const ReadAhead::Unread &unread, std::size_t index, std::uint64_t id) {
    EXPECT_TRUE(is_whole(unread, index, id))
        << "record " << unread.view.records()[index].id << " at " << index;
}

// Reads up to `most` records, in order from `next` on; how many there were.
std::size_t read(ReadAhead &queue, std::uint64_t &next, std::size_t most) {
    std::size_t count = 0;
    while (count < most) {
        const ReadAhead::Unread unread = queue.unread();
        if (unread.begin == unread.end) break;
        const std::size_t end = std::min(unread.end, unread.begin + (most - count));
        for (std::size_t index = unread.begin; index < end; ++index)
            expect_record(unread, index, ++next);
        count += end - unread.begin;
        queue.consume(end);
    }
    return count;
}

constexpr std::size_t kAll = 1'000'000;

TEST(ReadAhead, AnEmptyQueueHasNothingToRead) {
    ReadAhead queue(1 << 20, 0);
    const ReadAhead::Unread unread = queue.unread();
    EXPECT_EQ(unread.begin, unread.end);
    EXPECT_FALSE(queue.consume(0));
    queue.begin();
    EXPECT_FALSE(queue.commit());
    EXPECT_EQ(queue.bytes() + queue.records(), 0u);
    EXPECT_FALSE(queue.full());
    EXPECT_TRUE(queue.below_half());
}

TEST(ReadAhead, NothingIsReadableBeforeItIsCommitted) {
    ReadAhead queue(1 << 20, 0);
    queue.begin();
    put(queue, 1, 10);
    EXPECT_EQ(queue.unread().end, 0u);
    EXPECT_EQ(queue.records(), 0u);
    EXPECT_TRUE(queue.commit());
    EXPECT_EQ(queue.unread().end, 1u);
    EXPECT_EQ(queue.records(), 1u);
    EXPECT_EQ(queue.bytes(), 10 + kRecordBytes);
}

TEST(ReadAhead, AViewDoesNotChangeUnderItsReader) {
    ReadAhead queue(1 << 20, 0);
    std::uint64_t id = 0;
    round_of(queue, id, 3, 10);
    const ReadAhead::Unread before = queue.unread();
    round_of(queue, id, 2, 10);
    EXPECT_EQ(before.view.record_count(), 3u);
    for (std::size_t i = 0; i < 3; ++i)
        expect_record(before, i, i + 1);
    queue.consume(before.end);
    const ReadAhead::Unread after = queue.unread();
    EXPECT_EQ(after.begin, 3u);
    EXPECT_EQ(after.end, 5u);
    expect_record(after, 4, 5);
}

TEST(ReadAhead, APartConsumedLeavesTheRest) {
    ReadAhead queue(1 << 20, 0);
    std::uint64_t id = 0, next = 0;
    round_of(queue, id, 10, 100);
    EXPECT_EQ(read(queue, next, 4), 4u);
    EXPECT_EQ(queue.records(), 6u);
    EXPECT_EQ(queue.bytes(), 6 * (100 + kRecordBytes));
    EXPECT_EQ(read(queue, next, kAll), 6u);
    EXPECT_EQ(queue.records() + queue.bytes(), 0u);
}

TEST(ReadAhead, ReusesAMemoryThatWasReadAndNoOther) {
    ReadAhead queue(1 << 20, 0);
    std::uint64_t id = 0, next = 0;
    round_of(queue, id, 10, 100);
    const char *memory = queue.unread().view.data();
    EXPECT_EQ(read(queue, next, 9), 9u);
    round_of(queue, id, 10, 100); // one is unread: these come behind it
    EXPECT_EQ(queue.unread().view.data(), memory);
    EXPECT_EQ(queue.unread().begin, 9u);
    EXPECT_EQ(read(queue, next, kAll), 11u);
    round_of(queue, id, 1, 100);
    EXPECT_EQ(queue.unread().view.data(), memory);
    EXPECT_EQ(queue.unread().begin, 0u) << "from its beginning";
    EXPECT_EQ(read(queue, next, kAll), 1u);
}

TEST(ReadAhead, RecordsOfManySegmentsComeInOrder) {
    ReadAhead queue(64 << 20, 0);
    std::uint64_t id = 0, next = 0;
    for (int i = 0; i < 50; ++i)
        round_of(queue, id, 3 * Segment::kRecords / 2, 200);
    EXPECT_EQ(queue.records(), id);
    EXPECT_EQ(queue.bytes(), id * (200 + kRecordBytes));
    EXPECT_EQ(read(queue, next, kAll), id);
    EXPECT_EQ(queue.records() + queue.bytes(), 0u);
}

TEST(ReadAhead, CountsColumnsToo) {
    ReadAhead queue(1 << 20, 3);
    std::uint64_t id = 0, next = 0;
    round_of(queue, id, 2, 10);
    EXPECT_EQ(queue.bytes(), 2 * (10 + kRecordBytes + 3 * sizeof(event::Column)));
    read(queue, next, kAll);
    EXPECT_EQ(queue.bytes(), 0u);
}

TEST(ReadAhead, TakesAnEventLargerThanASegmentAndThanTheQueueUnlessItIsFull) {
    ReadAhead queue(100'000, 0);
    std::uint64_t id = 0, next = 0;
    round_of(queue, id, 2, 100);
    round_of(queue, id, 1, 3 * Segment::kDataBytes);
    EXPECT_EQ(id, 3u);
    EXPECT_TRUE(queue.full());
    queue.begin();
    EXPECT_FALSE(put(queue, 4, 3 * Segment::kDataBytes)) << "one is enough";
    EXPECT_EQ(read(queue, next, kAll), 3u);
    EXPECT_EQ(queue.records() + queue.bytes(), 0u);
    EXPECT_FALSE(queue.full());
    round_of(queue, id, 1, 3 * Segment::kDataBytes);
    EXPECT_EQ(read(queue, next, kAll), 1u);
}

TEST(ReadAhead, AFullQueueTakesNoNewSegmentAndTellsTheWriterWhenItMay) {
    ReadAhead queue(Segment::kDataBytes, 0);
    std::uint64_t id = 0, next = 0;
    round_of(queue, id, 10 * Segment::kRecords, 1000);
    EXPECT_LT(queue.bytes(), 2 * Segment::kDataBytes) << "one segment at most beyond the capacity";
    const std::uint64_t taken = id;
    EXPECT_EQ(queue.records(), taken);
    EXPECT_TRUE(queue.consume(queue.unread().end - 1)) << "the writer was turned away, so it waits";
    next = taken - 1;
    round_of(queue, id, 1, 1000);
    EXPECT_EQ(id, taken + 1) << "what was turned away comes again";
    EXPECT_EQ(read(queue, next, kAll), 2u);
}

// A large event comes when all before it was read, then a burst: again and again. What is in use must not
// grow.
TEST(ReadAhead, MemoryDoesNotGrowWithLargeEventsThatWereRead) {
    ReadAhead queue(64 << 20, 0);
    std::uint64_t id = 0, next = 0;
    std::set<const char *> usual;
    for (int i = 0; i < 100; ++i) {
        round_of(queue, id, 1, 2 * Segment::kDataBytes);
        read(queue, next, kAll);
        round_of(queue, id, Segment::kRecords + 10, 20);
        usual.insert(queue.batch()->data());
        read(queue, next, kAll);
    }
    EXPECT_EQ(next, id);
    EXPECT_LE(usual.size(), 4u);
    EXPECT_EQ(queue.records() + queue.bytes(), 0u);
}

TEST(ReadAhead, IsFullAtItsCapacityAndSaysOnceThatThereIsRoomAgain) {
    ReadAhead queue(100 * (100 + kRecordBytes), 0);
    std::uint64_t id = 0;
    round_of(queue, id, 99, 100);
    EXPECT_FALSE(queue.full());
    EXPECT_FALSE(queue.consume(1)) << "nobody waits";
    round_of(queue, id, 2, 100);
    EXPECT_TRUE(queue.full());
    EXPECT_FALSE(queue.consume(51)) << "half is still there";
    EXPECT_FALSE(queue.below_half());
    EXPECT_TRUE(queue.consume(52));
    EXPECT_TRUE(queue.below_half());
    EXPECT_FALSE(queue.consume(53)) << "said once";
    EXPECT_FALSE(queue.full());
}

// A flag that one thread raises and another waits for.
class Bell {
public:
    void ring() {
        const std::lock_guard lock(mutex_);
        rung_ = true;
        heard_.notify_one();
    }
    void wait() {
        std::unique_lock lock(mutex_);
        heard_.wait(lock, [&] { return rung_; });
        rung_ = false;
    }

private:
    std::mutex mutex_;
    std::condition_variable heard_;
    bool rung_ = false;
};

// What the I/O thread does until all is written: rounds of any size, each given up when the queue is full.
void write_all(ReadAhead &queue, Bell &readable, Bell &room, std::size_t largest, std::uint32_t seed,
               std::uint64_t events) {
    std::mt19937 random(seed);
    for (std::uint64_t id = 0; id < events;) {
        queue.begin();
        bool taken = true;
        const bool looks_first = random() % 2 == 0; // or is turned away in the middle
        for (std::size_t burst = 1 + random() % 40; burst > 0 && id < events && taken; --burst) {
            taken = !(looks_first && queue.full()) && put(queue, id + 1, 10 + random() % largest);
            if (taken) ++id;
        }
        if (queue.commit()) readable.ring();
        if (!taken || queue.full()) room.wait();
    }
}

// The two threads as in a stream: each waits for nothing but the other's word, so a lost wake-up stops the
// test.
void run_both(std::size_t capacity, std::size_t largest, std::uint32_t seed, std::uint64_t events) {
    ReadAhead queue(capacity, 0);
    Bell readable, room;
    std::thread writer([&] { write_all(queue, readable, room, largest, seed, events); });
    std::mt19937 random(seed + 1);
    std::uint64_t next = 0, wrong = 0;
    while (next < events) {
        const ReadAhead::Unread unread = queue.unread();
        if (unread.begin == unread.end) {
            readable.wait();
            continue;
        }
        const std::size_t end = unread.begin + 1 + random() % (unread.end - unread.begin);
        for (std::size_t index = unread.begin; index < end; ++index)
            wrong += is_whole(unread, index, ++next) ? 0u : 1u;
        if (queue.consume(end)) room.ring();
    }
    writer.join();
    EXPECT_EQ(wrong, 0u);
    EXPECT_EQ(queue.records() + queue.bytes(), 0u);
}

TEST(ReadAhead, TwoThreadsWithATightQueueLoseNoRecordAndNoWakeUp) {
    for (std::uint32_t seed = 1; seed <= 5; ++seed)
        run_both(20'000, 500, seed, 20'000);
}

TEST(ReadAhead, TwoThreadsWithAWideQueueLoseNoRecord) { run_both(8 << 20, 300, 9, 100'000); }

TEST(ReadAhead, TwoThreadsWithEventsLargerThanASegmentLoseNoRecord) {
    run_both(400'000, 2 * Segment::kDataBytes, 11, 500);
}

} // namespace
} // namespace xtap::tap
