// Where keys are kept, when they are forgotten; see dedupe.hpp.
#include "stream/continuity/dedupe.hpp"

#include "stream/event/event_time.hpp"

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <utility>

namespace xtap::continuity {
namespace {

constexpr std::int64_t kStepBits = 10;                     // 1024 ms: 2^32 snowflakes, of 2^22 a millisecond
constexpr std::int64_t kEndOfTime = std::int64_t{1} << 60; // far enough, and sums of two still fit
constexpr std::size_t kHotBuckets = 64;      // a minute: later than that X delivers 1 post in 100
constexpr std::size_t kAllocationBytes = 16; // what malloc adds

std::int64_t start_of(std::int64_t number) noexcept {
    return event::kSnowflakeEpochMs + number * (1 << kStepBits);
}
std::int64_t number_of(std::int64_t ms) noexcept { return (ms - event::kSnowflakeEpochMs) >> kStepBits; }

void widen(Interval &stretch, std::int64_t ms) noexcept {
    const bool empty = stretch.empty();
    stretch.from_ms = empty ? ms : std::min(stretch.from_ms, ms);
    stretch.to_ms = empty ? ms + 1 : std::max(stretch.to_ms, ms + 1);
}

} // namespace

// A bucket counts twice, because a vector has up to twice the places it needs.
std::size_t Dedupe::Bucket::bytes() const noexcept {
    const std::size_t tables = (posts.bytes() == 0 ? 0U : 1U) + (others.bytes() == 0 ? 0U : 1U);
    return 2 * sizeof(Bucket) + posts.bytes() + others.bytes() + tables * kAllocationBytes;
}

Interval Dedupe::Bucket::stretch() const noexcept { return {start_of(number), start_of(number + 1)}; }

Dedupe::Dedupe(const Settings &settings)
    : settings_(settings), mix_(settings.seed), front_ms_(event::kTimeUnknown),
      unsure_until_ms_(event::kTimeUnknown) {
    settings_.window_ms = std::clamp<std::int64_t>(settings.window_ms, 0, kEndOfTime);
}

Dedupe::Seen Dedupe::add(const Key &key, std::int64_t time_ms) {
    const Place place = place_of(key, time_ms);
    if (came_before(key)) return Seen::known;
    if (keeps_by_time(place)) {
        Bucket *bucket = find(place.number);
        if (!add_to(bucket != nullptr ? *bucket : open(place.number), key, place)) return Seen::known;
    } else {
        if (const Bucket *bucket = place.time_ms == event::kTimeUnknown ? nullptr : find(place.number))
            if (place.is_post ? bucket->posts.contains(static_cast<std::uint32_t>(key[0]), mix_)
                              : bucket->others.contains(key, mix_))
                return Seen::known;
        add_arrival(key, place);
    }
    ++size_;
    const bool forgotten = place.time_ms == event::kTimeUnknown ? front_ms_ < unsure_until_ms_
                                                                : forgotten_.contains(place.time_ms);
    if (bytes_ > settings_.max_bytes) make_room();
    return forgotten ? Seen::maybe : Seen::fresh;
}

Dedupe::Place Dedupe::place_of(const Key &key, std::int64_t time_ms) noexcept {
    if (is_post_key(key)) {
        if (const std::int64_t made_ms = event::snowflake_ms(key[0]); made_ms != event::kTimeUnknown)
            return {made_ms, static_cast<std::int64_t>(key[0] >> 32), true};
    }
    if (time_ms == event::kTimeUnknown) return {event::kTimeUnknown, 0, false};
    const std::int64_t ms = std::clamp(time_ms, -kEndOfTime, kEndOfTime);
    return {ms, number_of(ms), false};
}

bool Dedupe::came_before(const Key &key) const noexcept {
    for (std::size_t i = arrivals_.size(); i != 0; --i)
        if (arrivals_[i - 1].keys.contains(key, mix_)) return true;
    return restored_.folds.size() != 0 && restored_.folds.contains(fold_key(key), mix_);
}

bool Dedupe::is_near(std::int64_t ms, std::int64_t other_ms) const noexcept {
    return std::abs(ms - other_ms) <= settings_.window_ms;
}

// Whether the event is kept by its own time. The front follows it.
bool Dedupe::keeps_by_time(const Place &place) noexcept {
    if (place.time_ms == event::kTimeUnknown) return false;
    if (front_ms_ == event::kTimeUnknown) {
        jump_front(place.time_ms);
        return true;
    }
    if (is_near(place.time_ms, front_ms_)) {
        far_run_ = 0;
        if (place.time_ms > front_ms_) move_front(place.time_ms);
        return true;
    }
    const bool pinned = is_pinned({place.time_ms, place.time_ms + 1});
    if (pinned && place.time_ms < front_ms_) return true; // the past, which a repair brings
    if (far_run_ == 0 || !is_near(place.time_ms, far_ms_)) far_run_ = 0;
    far_ms_ = place.time_ms;
    if (++far_run_ < kRunThatMovesFront) return pinned;
    jump_front(place.time_ms);
    return true;
}

void Dedupe::move_front(std::int64_t time_ms) noexcept {
    const bool next_bucket = number_of(time_ms) != number_of(front_ms_);
    front_ms_ = time_ms;
    if (next_bucket) forget_aged();
}

// What came without a time of its own came just before: it does not age by the jump.
void Dedupe::jump_front(std::int64_t time_ms) noexcept {
    for (Arrivals &each : arrivals_)
        each.came = {time_ms, time_ms};
    front_ms_ = time_ms;
    far_run_ = 0;
    forget_aged();
}

// Numbers are whole and none comes twice, so that the ends leave few places for one; without holes a single
// one.
std::size_t Dedupe::lower_bound(std::int64_t number) const noexcept {
    if (buckets_.empty() || number <= buckets_.front().number) return 0;
    const auto count = static_cast<std::int64_t>(buckets_.size());
    const std::int64_t low = std::max<std::int64_t>(0, count - 1 - (buckets_.back().number - number));
    const std::int64_t high = std::min(count, number - buckets_.front().number);
    if (low >= high) return static_cast<std::size_t>(std::min(low, count));
    const auto at = std::lower_bound(buckets_.begin() + low, buckets_.begin() + high, number,
                                     [](const Bucket &bucket, std::int64_t n) { return bucket.number < n; });
    return static_cast<std::size_t>(at - buckets_.begin());
}

Dedupe::Bucket *Dedupe::find(std::int64_t number) noexcept {
    const std::size_t at = lower_bound(number);
    return at < buckets_.size() && buckets_[at].number == number ? &buckets_[at] : nullptr;
}

// A new bucket gets the room its neighbour needed, and the one that is now a minute back is packed.
Dedupe::Bucket &Dedupe::open(std::int64_t number) {
    const std::size_t at = lower_bound(number);
    Bucket fresh{number, {}, {}};
    if (at != 0) {
        fresh.posts.reserve(buckets_[at - 1].posts.size(), mix_);
        fresh.others.reserve(buckets_[at - 1].others.size(), mix_);
    }
    bytes_ += buckets_.insert(buckets_.begin() + static_cast<std::ptrdiff_t>(at), std::move(fresh))->bytes();
    if (at >= kHotBuckets) {
        Bucket &cold = buckets_[at - kHotBuckets];
        bytes_ -= cold.bytes();
        cold.posts.settle(mix_);
        cold.others.settle(mix_);
        bytes_ += cold.bytes();
    }
    return buckets_[at];
}

bool Dedupe::add_to(Bucket &bucket, const Key &key, const Place &place) {
    const std::size_t before = bucket.bytes();
    const bool added = place.is_post ? bucket.posts.add(static_cast<std::uint32_t>(key[0]), mix_)
                                     : bucket.others.add(key, mix_);
    bytes_ += bucket.bytes() - before;
    return added;
}

// A new table now and then, so that the oldest can be forgotten.
void Dedupe::add_arrival(const Key &key, const Place &place) {
    if (arrivals_.empty() || arrivals_.back().keys.bytes() > settings_.max_bytes / 8 ||
        front_ms_ - arrivals_.back().came.from_ms > settings_.window_ms / 4) {
        arrivals_.push_back({{front_ms_, front_ms_}, {}, {}, {}});
    }
    Arrivals &newest = arrivals_.back();
    const std::size_t before = newest.keys.bytes();
    newest.keys.add(key, mix_);
    bytes_ += newest.keys.bytes() - before;
    arrivals_bytes_ += newest.keys.bytes() - before;
    newest.came.to_ms = front_ms_;
    if (place.time_ms != event::kTimeUnknown)
        widen(place.time_ms < front_ms_ ? newest.before : newest.after, place.time_ms);
}

void Dedupe::pin(std::vector<Interval> stretches) {
    pins_ = std::move(stretches);
    if (front_ms_ != event::kTimeUnknown) forget_aged();
}

bool Dedupe::is_pinned(const Interval &stretch) const noexcept {
    return std::any_of(pins_.begin(), pins_.end(),
                       [&](const Interval &pin) { return pin.overlaps(stretch); });
}

void Dedupe::seed(std::span<const std::uint64_t> folds, Interval stretch) {
    const std::size_t before = restored_.folds.bytes(), had = restored_.folds.size();
    KeySet<std::uint64_t> &kept = restored_.folds;
    kept.reserve(had + folds.size(), mix_);
    for (const std::uint64_t fold : folds)
        kept.add(fold, mix_);
    bytes_ += kept.bytes() - before;
    size_ += kept.size() - had;
    stretch = {std::max(stretch.from_ms, -kEndOfTime), std::min(stretch.to_ms, kEndOfTime)};
    if (restored_.stretch.empty()) restored_.stretch = stretch;
    restored_.stretch.from_ms = std::min(restored_.stretch.from_ms, stretch.from_ms);
    restored_.stretch.to_ms = std::max(restored_.stretch.to_ms, stretch.to_ms);
    if (bytes_ > settings_.max_bytes) make_room();
}

void Dedupe::forget_aged() noexcept {
    const std::int64_t horizon = front_ms_ - settings_.window_ms;
    drop_buckets(lower_bound(number_of(horizon)),
                 [this](const Bucket &each) { return !is_pinned(each.stretch()); });
    while (!arrivals_.empty() && arrivals_.front().came.to_ms < horizon)
        drop_oldest_arrivals();
    if (restored_.stretch.to_ms <= horizon && !is_pinned(restored_.stretch)) drop_restored();
}

// A little more than is needed: with many small buckets each call walks over all of them.
void Dedupe::make_room() noexcept {
    const std::size_t enough = settings_.max_bytes - settings_.max_bytes / 64;
    const auto too_many = [&] { return bytes_ > enough; };
    const auto drop_arrivals = [&](std::size_t down_to) {
        while (too_many() && arrivals_bytes_ > down_to) {
            unsure_until_ms_ = std::max(unsure_until_ms_, arrivals_.front().came.to_ms + settings_.window_ms);
            drop_oldest_arrivals();
        }
    };
    // Events with wild times must not push out those whose times are right.
    drop_arrivals(settings_.max_bytes / 4);
    const auto expendable = [&](const Bucket &each) { return too_many() && !is_pinned(each.stretch()); };
    drop_buckets(lower_bound(number_of(restored_.stretch.to_ms)), expendable);
    if (too_many() && !is_pinned(restored_.stretch)) drop_restored();
    drop_buckets(buckets_.size(), expendable);
    drop_arrivals(0);
    if (too_many()) drop_restored();
    drop_buckets(buckets_.size(), [&](const Bucket &) { return too_many(); });
}

template <class Condition> void Dedupe::drop_buckets(std::size_t end, Condition condition) noexcept {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < end; ++i) {
        if (condition(std::as_const(buckets_[i])))
            drop(buckets_[i]);
        else if (kept++ != i)
            buckets_[kept - 1] = std::move(buckets_[i]);
    }
    const auto first = buckets_.begin();
    buckets_.erase(first + static_cast<std::ptrdiff_t>(kept), first + static_cast<std::ptrdiff_t>(end));
}

void Dedupe::drop(const Bucket &bucket) noexcept {
    if (bucket.size() != 0) forgotten_.add(bucket.stretch());
    size_ -= bucket.size();
    bytes_ -= bucket.bytes();
}

void Dedupe::drop_oldest_arrivals() noexcept {
    const Arrivals &oldest = arrivals_.front();
    forgotten_.add(oldest.before);
    forgotten_.add(oldest.after);
    size_ -= oldest.keys.size();
    bytes_ -= oldest.keys.bytes();
    arrivals_bytes_ -= oldest.keys.bytes();
    arrivals_.erase(arrivals_.begin());
}

void Dedupe::drop_restored() noexcept {
    if (restored_.folds.size() == 0) return;
    forgotten_.add(restored_.stretch);
    size_ -= restored_.folds.size();
    bytes_ -= restored_.folds.bytes();
    restored_ = {};
}

void Dedupe::forget_all() noexcept {
    drop_buckets(buckets_.size(), [](const Bucket &) { return true; });
    while (!arrivals_.empty()) {
        unsure_until_ms_ = std::max(unsure_until_ms_, arrivals_.front().came.to_ms + settings_.window_ms);
        drop_oldest_arrivals();
    }
    drop_restored();
}

} // namespace xtap::continuity
