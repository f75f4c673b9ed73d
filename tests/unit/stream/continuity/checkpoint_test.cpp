// Checkpoints: what is written is read, and every text that is none says what is wrong with it.
#include "stream/continuity/checkpoint.hpp"

#include "api/failure.hpp"
#include "stream/continuity/checkpoint_bits.hpp"
#include "stream/continuity/crc32.hpp"
#include "stream/continuity/dedupe.hpp"
#include "stream/event/event_time.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace xtap::continuity {
namespace {

constexpr std::int64_t kSavedMs = 1'700'000'000'000;

std::string failure_of(std::string_view text) {
    try {
        read_checkpoint(text);
    } catch (const Failure &failure) {
        EXPECT_EQ(failure.status, Status::value);
        return failure.message;
    }
    return "none";
}

Checkpoint sample(std::uint64_t posts = 1000, std::uint64_t others = 100) {
    std::mt19937_64 random(5);
    Checkpoint made{"streamPostsFirehose", {}};
    for (std::uint32_t number : {1U, 7U}) {
        PartitionCheckpoint partition{
            number, kSavedMs, {{kSavedMs - 9000, kSavedMs - 4000}, {kSavedMs - 100, kSavedMs}}, {}, {}};
        for (std::uint64_t i = 0; i < posts; ++i)
            partition.keys.push_back({static_cast<std::uint64_t>(kSavedMs - event::kSnowflakeEpochMs) << 22 |
                                          random() % (1U << 30),
                                      0});
        for (std::uint64_t i = 0; i < others; ++i)
            partition.folds.push_back(random());
        std::sort(partition.keys.begin(), partition.keys.end());
        std::sort(partition.folds.begin(), partition.folds.end());
        made.partitions.push_back(partition);
    }
    return made;
}

TEST(Checkpoint, IsReadAsItWasWritten) {
    const Checkpoint written = sample();
    EXPECT_EQ(read_checkpoint(write_checkpoint(written)), written);
    EXPECT_EQ(read_checkpoint(write_checkpoint({})), Checkpoint{});
}

TEST(Checkpoint, KeepsTheWidestValuesThereAre) {
    Checkpoint widest{std::string("\0\xFF '\n", 5), {}};
    widest.partitions.push_back(
        {UINT32_MAX, kEarliestMs, {{kEarliestMs, kLatestMs}}, {{0, 0}, {UINT64_MAX, 0}}, {0, 1, UINT64_MAX}});
    widest.partitions.push_back(
        {0, kLatestMs, {{kEarliestMs, kEarliestMs + 1}, {kLatestMs - 1, kLatestMs}}, {}, {UINT64_MAX}});
    EXPECT_EQ(read_checkpoint(write_checkpoint(widest)), widest);
}

// A wrong clock, or a caller's start_time, must not make a text that nobody reads.
TEST(Checkpoint, WritesTimesThatNoneCanHaveAsTheNearest) {
    const Checkpoint wild{"x",
                          {{1, INT64_MIN, {{INT64_MIN, INT64_MAX}}, {}, {}},
                           {2, INT64_MAX, {{0, kEarliestMs}, {kLatestMs, INT64_MAX}}, {}, {}}}};
    const Checkpoint tame{"x",
                          {{1, kEarliestMs, {{kEarliestMs, kLatestMs}}, {}, {}}, {2, kLatestMs, {}, {}, {}}}};
    EXPECT_EQ(read_checkpoint(write_checkpoint(wild)), tame);
}

TEST(Checkpoint, HoldsHolesInOrderHoweverTheyCome) {
    const auto at = [](std::int64_t from, std::int64_t to) {
        return Interval{kSavedMs + from, kSavedMs + to};
    };
    const Checkpoint read = read_checkpoint(write_checkpoint(
        {"x", {{1, kSavedMs, {at(50, 60), at(10, 30), at(20, 40), at(40, 41), at(5, 5)}, {}, {}}}}));
    EXPECT_EQ(read.partitions.at(0).holes, (std::vector<Interval>{at(10, 41), at(50, 60)}));
}

TEST(Checkpoint, WhatItRestoresKnowsEveryKeyOfTheStretch) {
    const Dedupe::Settings settings{600'000, std::size_t{64} << 20, 1};
    Dedupe after(settings);
    std::mt19937_64 random(6);
    std::vector<std::pair<Key, std::int64_t>> events;
    for (std::int64_t ms = kSavedMs; ms < kSavedMs + 120'000; ms += 20) {
        events.push_back(
            {{static_cast<std::uint64_t>(ms - event::kSnowflakeEpochMs) << 22 | random() % 4096, 0}, ms});
        events.push_back({{random(), random()}, ms});
        events.push_back({{random(), random()}, event::kTimeUnknown});
        events.push_back({{events.size() + 1, 0}, ms}); // a post from before snowflakes
    }
    const Interval stretch{kSavedMs, kSavedMs + 120'000};
    PartitionCheckpoint partition{1, stretch.to_ms, {}, {}, {}};
    for (const auto &[key, time_ms] : events)
        partition.keys.push_back(key);
    const Checkpoint read = read_checkpoint(write_checkpoint({"x", {partition}}));
    after.seed(read.partitions[0].folds, stretch);
    for (const Key &key : read.partitions[0].keys)
        after.add(key, event::kTimeUnknown);
    EXPECT_EQ(after.size(), events.size());
    for (const auto &[key, time_ms] : events)
        ASSERT_EQ(after.add(key, time_ms), Dedupe::Seen::known);
}

TEST(Checkpoint, SortsKeysDropsRepetitionsAndFoldsWhatIsNoPost) {
    const Key like{0x0123456789abcdef, 0xfedcba9876543210};
    const Checkpoint read = read_checkpoint(write_checkpoint(
        {"x", {{1, kSavedMs, {{5, 5}, {7, 6}}, {{9, 0}, like, {3, 0}, {9, 0}}, {fold_key(like), 4}}}}));
    const PartitionCheckpoint &partition = read.partitions.at(0);
    EXPECT_TRUE(partition.holes.empty());
    EXPECT_EQ(partition.keys, (std::vector<Key>{{3, 0}, {9, 0}}));
    std::vector<std::uint64_t> folds{4, fold_key(like)};
    std::sort(folds.begin(), folds.end());
    EXPECT_EQ(partition.folds, folds);
}

TEST(Checkpoint, NeedsNoQuotesInAShell) {
    const std::string text = write_checkpoint(sample());
    EXPECT_EQ(text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."),
              text.npos);
}

// A file that an older release wrote must be read by every later one.
TEST(Checkpoint, ReadsATextOfVersionOne) {
    const Checkpoint same{"streamPostsSample",
                          {{3,
                            kSavedMs,
                            {{kSavedMs - 5000, kSavedMs}},
                            {{1'900'000'000'000'000'000, 0}, {1'900'000'000'000'400'000, 0}},
                            {42}}}};
    const std::string text = "xtap-checkpoint.1.75.Rc3RyZWFtUG9zdHNTYW1wbGUEOCDTXy_6IMHCerXy_6IOjwQKj___"
                             "8aXifu8T4AAAAAAw0_gjKg.780789c8";
    EXPECT_EQ(read_checkpoint(text), same);
    EXPECT_LE(write_checkpoint(same).size(), text.size()) << "a block's parameter is the writer's choice";
}

TEST(Checkpoint, MayBeFollowedByALineEnd) {
    const Checkpoint written = sample();
    EXPECT_EQ(read_checkpoint(write_checkpoint(written) + " \r\n"), written);
}

TEST(Checkpoint, SaysThatATruncatedOneIsTruncatedWhereverItEnds) {
    const std::string text = write_checkpoint(sample(20, 5));
    EXPECT_EQ(failure_of(""), "the checkpoint is empty");
    EXPECT_EQ(failure_of(" \n"), "the checkpoint is empty");
    for (std::size_t size = 1; size < text.size(); ++size)
        ASSERT_NE(failure_of(text.substr(0, size)).find("is truncated"), std::string::npos)
            << size << failure_of(text.substr(0, size));
}

TEST(Checkpoint, SaysThatAChangedOneIsCorrupt) {
    const std::string text = write_checkpoint(sample(20, 5));
    const std::size_t head = text.find('.', text.find('.', text.find('.') + 1) + 1) + 1;
    for (std::size_t at = head; at < text.size(); ++at) {
        std::string changed = text;
        changed[at] = changed[at] == 'a' ? 'b' : 'a';
        ASSERT_NE(failure_of(changed).find("is corrupt"), std::string::npos) << at;
    }
    EXPECT_NE(failure_of(text + "0").find("is corrupt"), std::string::npos);
}

// A text whose frame is whole, of partitions without keys: each a number, the end of its coverage, and the
// beginning and length of its holes.
struct Written {
    std::uint64_t number;
    std::int64_t through_ms;
    std::vector<std::pair<std::int64_t, std::uint64_t>> holes = {};
};

std::string text_of(const std::vector<Written> &partitions) {
    const auto zigzag = [](std::int64_t value) {
        return static_cast<std::uint64_t>(value) << 1 ^ (value < 0 ? UINT64_MAX : 0);
    };
    std::string payload;
    BitWriter to(payload);
    to.put_number(0); // the operation's name
    to.put_number(partitions.size());
    for (const Written &partition : partitions) {
        to.put_number(partition.number);
        to.put_number(zigzag(partition.through_ms));
        to.put_number(partition.holes.size());
        for (const auto &[from, length] : partition.holes) {
            to.put_number(zigzag(from));
            to.put_number(length);
        }
        to.put_number(0); // posts
        to.put_number(0); // folds
    }
    to.finish();
    const std::string text = "xtap-checkpoint.1." + std::to_string(payload.size()) + '.' + payload;
    char sum[16];
    std::snprintf(sum, sizeof sum, ".%08x", crc32_of(text));
    return text + sum;
}

TEST(Checkpoint, SaysThatATimeOutsideOfItsRangeIsCorrupt) {
    EXPECT_EQ(failure_of(text_of({{1, kSavedMs, {{kSavedMs - 5, 5}}}})), "none");
    EXPECT_EQ(failure_of(text_of({{1, kEarliestMs - 1}})),
              "the checkpoint is corrupt: it holds a time of 1136073599999 ms, which is not in 2006 to 2099");
    for (const std::int64_t wild : {INT64_MIN, std::int64_t{-1}, std::int64_t{0}, kLatestMs + 1, INT64_MAX}) {
        EXPECT_NE(failure_of(text_of({{1, wild}})).find("not in 2006 to 2099"), std::string::npos) << wild;
        EXPECT_NE(failure_of(text_of({{1, kSavedMs, {{wild, 1}}}})).find("not in 2006 to 2099"),
                  std::string::npos)
            << wild;
    }
    for (const std::uint64_t length :
         {std::uint64_t{0}, static_cast<std::uint64_t>(kLatestMs - kSavedMs) + 1, UINT64_MAX})
        EXPECT_EQ(failure_of(text_of({{1, kSavedMs, {{kSavedMs, length}}}})),
                  "the checkpoint is corrupt: one of its stretches of time has no end")
            << length;
}

TEST(Checkpoint, SaysThatAPartitionTwiceIsCorrupt) {
    EXPECT_EQ(failure_of(text_of({{1, kSavedMs}, {3, kSavedMs}, {1, kSavedMs + 1}})),
              "the checkpoint is corrupt: it holds partition 1 twice");
}

// What 0.1.0 wrote while one hole was being repaired and another one reached back into it.
TEST(Checkpoint, ReadsHolesOfVersionOneInWhateverOrder) {
    const Checkpoint read = read_checkpoint(
        text_of({{1, kSavedMs, {{kSavedMs - 100, 50}, {kSavedMs - 120, 30}, {kSavedMs - 200, 10}}}}));
    EXPECT_EQ(read.partitions.at(0).holes,
              (std::vector<Interval>{{kSavedMs - 200, kSavedMs - 190}, {kSavedMs - 120, kSavedMs - 50}}));
}

TEST(Checkpoint, SaysWhenItIsOfANewerVersion) {
    std::string text = write_checkpoint(sample(3, 0));
    text.replace(text.find(".1.") + 1, 1, "12");
    EXPECT_EQ(failure_of(text), "the checkpoint is of version 12, newer than this library, which reads 1");
}

TEST(Checkpoint, SaysWhenATextIsNoCheckpoint) {
    for (const char *text :
         {"{\"data\":1}", "0", "xtap-checkpoin.1.0..0", "Xtap-checkpoint.1.0..0", "\xFF\x00"})
        EXPECT_EQ(failure_of(text), "the checkpoint is none: it does not begin with xtap-checkpoint.")
            << text;
}

TEST(Checkpoint, TakesAsManyCharactersAKeyAsItsFormulaSays) {
    std::mt19937_64 random(9);
    for (const double rate : {1.0, 50.0, 1000.0, 10'000.0}) {
        Checkpoint checkpoint{"x", {{1, kSavedMs, {}, {}, {}}}};
        const auto count = static_cast<std::uint64_t>(rate * 120);
        const std::uint64_t from = static_cast<std::uint64_t>(kSavedMs - event::kSnowflakeEpochMs) << 22;
        for (std::uint64_t i = 0; i < count; ++i)
            checkpoint.partitions[0].keys.push_back({from + random() % (std::uint64_t{120'000} << 22), 0});
        const auto characters = static_cast<double>(write_checkpoint(checkpoint).size() - 60);
        const double formula = (std::log2(std::ldexp(1000, 22) / rate) + 1.6) / 6;
        EXPECT_LE(characters / static_cast<double>(count), formula * 1.01) << rate;
    }
}

} // namespace
} // namespace xtap::continuity
