// A set of keys in open addressing: what it holds is what it costs. Knows nothing of time or of events.
#pragma once

#include "stream/continuity/key_fold.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <utility>

namespace xtap::continuity {

// Spreads keys over a table. Ids of posts have regular low bits, and ids of other events may be chosen by
// whoever made them: without the seed nobody can tell which of them meet.
class KeyMix {
public:
    explicit KeyMix(std::uint64_t seed) noexcept
        : left_(fold_words(seed ^ 0x6A09E667F3BCC909, kOdd)),
          right_(fold_words(~seed ^ kOdd, 0x3C6EF372FE94F82B) | 1) {}

    // Two multiplications: after one, some seeds crowd numbers with regular steps four to a place.
    std::uint32_t operator()(std::uint64_t word) const noexcept {
        return static_cast<std::uint32_t>(fold_words(fold_words(word ^ left_, kOdd), right_) >> 32);
    }
    std::uint32_t operator()(const Key &key) const noexcept {
        return (*this)(fold_words(key[0] ^ left_, key[1] ^ right_) ^ key[1]);
    }

private:
    static constexpr std::uint64_t kOdd = 0xA54FF53A5F1D36F1; // from the square root of 7

    std::uint64_t left_, right_;
};

// Slot: an unsigned integer or a Key; all zero bits mean an empty place, and such a key is kept beside the
// table. Places follow by linear probing, so a miss in a table filled to 7/8 reads two or three lines of
// memory in a row.
template <class Slot> class KeySet {
public:
    KeySet() = default;
    KeySet(KeySet &&other) noexcept { swap(other); }
    KeySet &operator=(KeySet &&other) noexcept {
        KeySet(std::move(other)).swap(*this);
        return *this;
    }
    KeySet(const KeySet &) = delete;
    KeySet &operator=(const KeySet &) = delete;
    ~KeySet() = default;

    std::size_t size() const noexcept { return count_ + (has_zero_ ? 1U : 0U); }
    std::size_t bytes() const noexcept { return std::size_t{capacity_} * sizeof(Slot); }

    bool contains(const Slot &key, const KeyMix &mix) const noexcept {
        if (is_zero(key)) return has_zero_;
        return capacity_ != 0 && same(slots_[place_of(key, mix)], key);
    }

    // False when it was there already. When memory is short, the set stays as it was.
    bool add(const Slot &key, const KeyMix &mix) {
        if (is_zero(key)) return !std::exchange(has_zero_, true);
        if (capacity_ != 0) {
            Slot &place = slots_[place_of(key, mix)];
            if (same(place, key)) return false;
            if (count_ < most_of(capacity_)) {
                place = key;
                ++count_;
                return true;
            }
        }
        rehash(std::max<std::size_t>(kSmallest, std::size_t{capacity_} + capacity_ / 2), mix);
        slots_[place_of(key, mix)] = key;
        ++count_;
        return true;
    }

    // Room for so many keys without another allocation.
    void reserve(std::size_t keys, const KeyMix &mix) {
        if (const std::size_t wanted = settled_capacity(keys); keys != 0 && wanted > capacity_)
            rehash(wanted, mix);
    }

    // Gives back what a table that hardly grows any more does not need; keeps all when memory is short.
    void settle(const KeyMix &mix) noexcept {
        const std::size_t wanted = settled_capacity(count_);
        if (wanted + wanted / 16 >= capacity_) return;
        if (Slots fresh{count_ == 0 ? nullptr : new (std::nothrow) Slot[wanted]()}; fresh || count_ == 0)
            move_to(std::move(fresh), count_ == 0 ? 0 : wanted, mix);
    }

    void swap(KeySet &other) noexcept {
        std::swap(slots_, other.slots_);
        std::swap(capacity_, other.capacity_);
        std::swap(count_, other.count_);
        std::swap(has_zero_, other.has_zero_);
    }

private:
    using Slots = std::unique_ptr<Slot[]>;

    static constexpr std::size_t kSmallest = 8;
    static constexpr std::size_t kLargest = UINT32_MAX;

    static constexpr std::size_t most_of(std::size_t capacity) noexcept { return capacity / 8 * 7; }
    static constexpr std::size_t settled_capacity(std::size_t keys) noexcept {
        return std::max(kSmallest, keys + keys / 5 + kSmallest);
    }

    // Without branches and calls: std::array compares by memcmp, which took twice the time of everything
    // else.
    static bool same(std::uint64_t one, std::uint64_t other) noexcept { return one == other; }
    static bool same(const Key &one, const Key &other) noexcept {
        return ((one[0] ^ other[0]) | (one[1] ^ other[1])) == 0;
    }
    static bool is_zero(const Slot &slot) noexcept { return same(slot, Slot{}); }

    // Where the key is, or the empty place where it would be. REQUIRES: an empty place.
    std::size_t place_of(const Slot &key, const KeyMix &mix) const noexcept {
        std::size_t at = static_cast<std::size_t>((std::uint64_t{mix(key)} * capacity_) >> 32);
        while (!same(slots_[at], key) && !is_zero(slots_[at]))
            at = at + 1 == capacity_ ? 0 : at + 1;
        return at;
    }

    void rehash(std::size_t capacity, const KeyMix &mix) {
        if (capacity > kLargest) throw std::bad_alloc();
        move_to(Slots(new Slot[capacity]()), capacity, mix);
    }

    void move_to(Slots fresh, std::size_t capacity, const KeyMix &mix) noexcept {
        std::swap(slots_, fresh);
        const std::size_t old = std::exchange(capacity_, static_cast<std::uint32_t>(capacity));
        for (std::size_t i = 0; i < old; ++i)
            if (!is_zero(fresh[i])) slots_[place_of(fresh[i], mix)] = fresh[i];
    }

    Slots slots_;
    std::uint32_t capacity_ = 0, count_ = 0;
    bool has_zero_ = false;
};

} // namespace xtap::continuity
