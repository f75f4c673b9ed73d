// Dedupe when memory runs out: whichever allocation fails, add() says so, and the key is as unknown as
// before.
#include "stream/continuity/dedupe.hpp"

#include "stream/event/event_time.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <limits>
#include <new>
#include <vector>

namespace {

thread_local std::uint64_t allocations_left = std::numeric_limits<std::uint64_t>::max();
thread_local std::uint64_t allocations = 0;

void *take(std::size_t size) noexcept {
    ++allocations;
    if (allocations_left == 0) return nullptr;
    --allocations_left;
    return std::malloc(size == 0 ? 1 : size);
}

} // namespace

void *operator new(std::size_t size) {
    if (void *made = take(size)) return made;
    throw std::bad_alloc();
}

// These too: under AddressSanitizer they do not call the one above.
void *operator new[](std::size_t size) {
    if (void *made = take(size)) return made;
    throw std::bad_alloc();
}
void *operator new(std::size_t size, const std::nothrow_t &) noexcept { return take(size); }
void *operator new[](std::size_t size, const std::nothrow_t &) noexcept { return take(size); }

// Not inlined: GCC 12 would take the free() in them for a mismatch with new.
[[gnu::noinline]] void operator delete(void *memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void *memory, std::size_t) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void *memory, const std::nothrow_t &) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete[](void *memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete[](void *memory, std::size_t) noexcept { std::free(memory); }

namespace xtap::continuity {
namespace {

constexpr std::int64_t kFirstMs = 1'700'000'000'000;

struct Event {
    Key key;
    std::int64_t time_ms;
};

// Posts of many buckets, keys of 128 bits, some late, some without a time.
std::vector<Event> events() {
    std::vector<Event> made;
    for (std::uint64_t i = 0; i < 3000; ++i) {
        const std::int64_t ms = kFirstMs + static_cast<std::int64_t>(i % 7 == 0 ? i * 10 : i * 40);
        made.push_back({{static_cast<std::uint64_t>(ms - event::kSnowflakeEpochMs) << 22 | i, 0}, ms});
        if (i % 3 == 0) made.push_back({{i, ~i}, i % 2 == 0 ? event::kTimeUnknown : ms});
    }
    return made;
}

// Whether it took a failure; adds again until there is none.
bool add_with_failures(Dedupe &seen, const Event &event) {
    bool failed = false;
    for (std::uint64_t left = 0;; ++left) {
        allocations_left = left;
        Dedupe::Seen said{};
        try {
            said = seen.add(event.key, event.time_ms);
        } catch (const std::bad_alloc &) {
            allocations_left = UINT64_MAX;
            failed = true;
            continue;
        }
        allocations_left = UINT64_MAX;
        EXPECT_EQ(said, Dedupe::Seen::fresh);
        return failed;
    }
}

TEST(DedupeMemory, AKeyWhoseAdditionFailedIsStillFresh) {
    Dedupe seen({600'000, std::size_t{64} << 20, 1}), undisturbed({600'000, std::size_t{64} << 20, 1});
    std::size_t failures = 0;
    for (const Event &event : events()) {
        failures += add_with_failures(seen, event) ? 1U : 0U;
        undisturbed.add(event.key, event.time_ms);
    }
    EXPECT_GT(failures, 100U);
    EXPECT_EQ(seen.size(), undisturbed.size());
    for (const Event &event : events())
        ASSERT_EQ(seen.add(event.key, event.time_ms), Dedupe::Seen::known);
}

TEST(DedupeMemory, ASteadyStreamAllocatesAFewTimesASecondAtMost) {
    Dedupe seen({60'000, std::size_t{64} << 20, 1});
    const auto second = [&](std::int64_t number) {
        for (std::uint64_t i = 0; i < 10'000; ++i) {
            const std::int64_t ms = kFirstMs + number * 1000 + static_cast<std::int64_t>(i / 10);
            seen.add({static_cast<std::uint64_t>(ms - event::kSnowflakeEpochMs) << 22 | i % 10, 0}, ms);
        }
    };
    for (std::int64_t number = 0; number < 150; ++number)
        second(number);
    const std::uint64_t before = allocations;
    for (std::int64_t number = 150; number < 250; ++number)
        second(number);
    EXPECT_LE(allocations - before, 400U);
}

} // namespace
} // namespace xtap::continuity
