// The keys of the events seen, by the time of the events; bounded in time and in bytes. One per partition.
// No clock: time passes as the events' times do.
#pragma once

#include "stream/continuity/dedupe_forgotten.hpp"
#include "stream/continuity/interval.hpp"
#include "stream/continuity/key_fold.hpp"
#include "stream/continuity/key_set.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace xtap::continuity {

// Keys lie in buckets of 1024 ms. That is the step at which the upper half of a snowflake id counts, so a
// post's bucket says the upper half and 4 bytes say the rest: exact. All other keys take 16 bytes, exact as
// well. With the room a hash table needs, a post costs 4.6 to 6.9 bytes while its bucket fills and 4.8 a
// minute later.
//
// The front is the latest event time. Buckets older than `window_ms` before it are forgotten. One event with
// a wild time must not make it jump: what lies more than a window away from the front (and is not pinned),
// and what has no time at all, is kept by when it came instead (16 bytes). Only kRunThatMovesFront such
// events in a row, as after a long outage, take the front with them.
//
// add() has the strong guarantee: when memory is short it throws and the key is as unknown as before.
class Dedupe {
public:
    struct Settings {
        std::int64_t window_ms;
        std::size_t max_bytes;
        std::uint64_t seed = 0; // a random number, so that nobody can choose ids that crowd in a table
    };
    enum class Seen : std::uint8_t {
        fresh,
        known,
        maybe // fresh as far as known, but keys of that time were forgotten
    };

    explicit Dedupe(const Settings &settings);

    // Remembers the key. `time_ms`: the event's own, always the same for the same key (a post's is read from
    // its id), or kTimeUnknown: an event without a time of its own would come again under another arrival's.
    Seen add(const Key &key, std::int64_t time_ms);

    // Keys of these stretches are not forgotten for their age, and for `max_bytes` only after all others.
    // Each call replaces the last one's.
    void pin(std::vector<Interval> stretches);

    // From a checkpoint: keys of 128 bits of which only the fold is known (keys of posts go through add()).
    // They are forgotten together, as the end of `stretch` leaves the window.
    void seed(std::span<const std::uint64_t> folds, Interval stretch);

    // What came in `stretch` is unknown here, though it may have been delivered: events of that time are
    // `maybe`.
    void forget(Interval stretch) noexcept { forgotten_.add(stretch); }
    // Drops every key; their times count as forgotten.
    void forget_all() noexcept;

    std::uint64_t size() const noexcept { return size_; }
    // What all of it takes. Above max_bytes only while one table grows.
    std::size_t bytes() const noexcept { return bytes_; }

    static constexpr std::uint32_t kRunThatMovesFront = 64;

private:
    // The keys of one step of 1024 ms.
    struct Bucket {
        std::int64_t number;
        KeySet<std::uint32_t> posts;
        KeySet<Key> others;

        std::size_t size() const noexcept { return posts.size() + others.size(); }
        std::size_t bytes() const noexcept;
        Interval stretch() const noexcept;
    };
    // Keys by when they came, as the front tells it.
    struct Arrivals {
        Interval came;
        Interval before, after; // the events' own times, before and after the front
        KeySet<Key> keys;
    };
    struct Restored {
        Interval stretch;
        KeySet<std::uint64_t> folds;
    };
    // Where an event belongs.
    struct Place {
        std::int64_t time_ms, number;
        bool is_post;
    };

    static Place place_of(const Key &key, std::int64_t time_ms) noexcept;
    bool keeps_by_time(const Place &place) noexcept;
    bool is_near(std::int64_t ms, std::int64_t other_ms) const noexcept;
    void move_front(std::int64_t time_ms) noexcept;
    void jump_front(std::int64_t time_ms) noexcept;

    std::size_t lower_bound(std::int64_t number) const noexcept;
    Bucket *find(std::int64_t number) noexcept;
    Bucket &open(std::int64_t number);
    bool add_to(Bucket &bucket, const Key &key, const Place &place);
    bool came_before(const Key &key) const noexcept;
    void add_arrival(const Key &key, const Place &place);

    bool is_pinned(const Interval &stretch) const noexcept;
    void forget_aged() noexcept;
    void make_room() noexcept;
    template <class Condition> void drop_buckets(std::size_t end, Condition condition) noexcept;
    void drop(const Bucket &bucket) noexcept;
    void drop_oldest_arrivals() noexcept;
    void drop_restored() noexcept;

    Settings settings_;
    KeyMix mix_;
    std::vector<Bucket> buckets_;    // ascending by number
    std::vector<Arrivals> arrivals_; // ascending by when they came
    Restored restored_;
    std::vector<Interval> pins_;
    Forgotten forgotten_;
    std::int64_t front_ms_;
    std::int64_t unsure_until_ms_; // until the front is here, an event without a time may have been forgotten
    std::int64_t far_ms_ = 0;      // near which the last far_run_ events lay
    std::uint32_t far_run_ = 0;
    std::uint64_t size_ = 0;
    std::size_t bytes_ = 0, arrivals_bytes_ = 0;
};

} // namespace xtap::continuity
