// The log queue: bounded, in order, told only where it may be, whatever the callback does.
#include "client/log_queue.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <string>
#include <thread>
#include <vector>

namespace xtap::client {
namespace {

struct Listener {
    std::vector<std::string> lines;
    std::function<void(std::string_view)> then = [](std::string_view) {};
};

void hear(std::int32_t level, std::string_view line, LogTarget target) {
    Listener &listener = *static_cast<Listener *>(target.data);
    listener.lines.push_back(std::to_string(level) + " " + std::string(line));
    listener.then(line);
}

class LogQueueTest : public testing::Test {
protected:
    void listen(Listener &listener) { queue_.on_line(hear, {nullptr, &listener}); }
    using Lines = std::vector<std::string>;

    LogQueue queue_{LogLevel::info};
    Listener first_, second_;
};

TEST_F(LogQueueTest, LevelsHaveNames) {
    EXPECT_EQ(log_level("off"), LogLevel::off);
    EXPECT_EQ(log_level("error"), LogLevel::error);
    EXPECT_EQ(log_level("warn"), LogLevel::warn);
    EXPECT_EQ(log_level("info"), LogLevel::info);
    EXPECT_EQ(log_level("debug"), LogLevel::debug);
}

TEST_F(LogQueueTest, LinesAreToldInOrderAndOnce) {
    listen(first_);
    queue_.put(LogLevel::error, "one");
    queue_.put(LogLevel::info, "two");
    EXPECT_TRUE(first_.lines.empty()) << "nothing is told by put";
    queue_.tell();
    queue_.tell();
    EXPECT_EQ(first_.lines, (Lines{"1 one", "3 two"}));
}

TEST_F(LogQueueTest, WhatIsBelowTheLevelIsNotKept) {
    listen(first_);
    queue_.put(LogLevel::debug, "detail");
    queue_.tell();
    EXPECT_TRUE(first_.lines.empty());
    LogQueue off(LogLevel::off);
    off.on_line(hear, {nullptr, &first_});
    off.put(LogLevel::error, "one");
    off.tell();
    EXPECT_TRUE(first_.lines.empty());
}

TEST_F(LogQueueTest, WithoutACallbackNothingIsKeptNorCounted) {
    for (std::size_t i = 0; i < LogQueue::kMostLines * 2; ++i)
        queue_.put(LogLevel::error, "line");
    listen(first_);
    queue_.tell();
    EXPECT_TRUE(first_.lines.empty());
    EXPECT_EQ(queue_.dropped(), 0u);
}

TEST_F(LogQueueTest, IsBoundedAndCountsWhatItDrops) {
    listen(first_);
    for (std::size_t i = 0; i < LogQueue::kMostLines + 7; ++i)
        queue_.put(LogLevel::error, std::to_string(i));
    EXPECT_EQ(queue_.dropped(), 7u);
    queue_.tell();
    ASSERT_EQ(first_.lines.size(), LogQueue::kMostLines);
    EXPECT_EQ(first_.lines.front(), "1 0") << "the first ones say how it began";
    queue_.put(LogLevel::error, "room again");
    queue_.tell();
    EXPECT_EQ(first_.lines.back(), "1 room again");
    EXPECT_EQ(queue_.dropped(), 7u);
}

TEST_F(LogQueueTest, LinesThatWaitGoToTheCallbackThatIsThereWhenTheyAreTold) {
    listen(first_);
    queue_.put(LogLevel::error, "one");
    listen(second_);
    queue_.tell();
    EXPECT_TRUE(first_.lines.empty());
    EXPECT_EQ(second_.lines, (Lines{"1 one"}));
}

TEST_F(LogQueueTest, ACallbackTakenAwayIsNotCalledAgain) {
    listen(first_);
    queue_.put(LogLevel::error, "one");
    queue_.on_line(nullptr, {});
    queue_.tell();
    listen(second_);
    queue_.tell();
    EXPECT_TRUE(first_.lines.empty());
    EXPECT_TRUE(second_.lines.empty()) << "lines from before are gone";
}

TEST_F(LogQueueTest, ACallbackThatTellsAndWritesIsNotEnteredTwice) {
    listen(first_);
    int depth = 0;
    first_.then = [&](std::string_view line) {
        EXPECT_EQ(++depth, 1);
        if (line == "one") queue_.put(LogLevel::warn, "from inside");
        queue_.tell();
        --depth;
    };
    queue_.put(LogLevel::error, "one");
    queue_.put(LogLevel::error, "two");
    queue_.tell();
    EXPECT_EQ(first_.lines, (Lines{"1 one", "1 two", "2 from inside"}));
}

TEST_F(LogQueueTest, ACallbackMayReplaceItself) {
    listen(first_);
    first_.then = [&](std::string_view) { listen(second_); };
    queue_.put(LogLevel::error, "one");
    queue_.put(LogLevel::error, "two");
    queue_.tell();
    EXPECT_EQ(first_.lines, (Lines{"1 one"}));
    EXPECT_EQ(second_.lines, (Lines{"1 two"}));
}

TEST_F(LogQueueTest, ACallbackMayTakeItselfAway) {
    listen(first_);
    first_.then = [&](std::string_view) { queue_.on_line(nullptr, {}); };
    queue_.put(LogLevel::error, "one");
    queue_.put(LogLevel::error, "two");
    queue_.tell();
    queue_.tell();
    EXPECT_EQ(first_.lines, (Lines{"1 one"}));
}

// Writers, tellers and somebody who changes the callback, all at once: nothing is lost but what is counted.
TEST_F(LogQueueTest, ManyThreadsLoseNothing) {
    constexpr int kWriters = 3, kLines = 2000;
    listen(first_);
    std::atomic<int> running{kWriters};
    std::vector<std::thread> threads;
    for (int i = 0; i < kWriters; ++i)
        threads.emplace_back([&] {
            for (int line = 0; line < kLines; ++line) {
                queue_.put(LogLevel::error, "line");
                if (line % 16 == 0) queue_.tell();
            }
            --running;
        });
    threads.emplace_back([&] {
        while (running.load() > 0) {
            listen(second_);
            queue_.tell();
            listen(first_);
        }
    });
    for (std::thread &thread : threads)
        thread.join();
    queue_.tell();
    EXPECT_EQ(first_.lines.size() + second_.lines.size() + queue_.dropped(), std::size_t{kWriters} * kLines);
}

} // namespace
} // namespace xtap::client
