// The frame of the text and the order of its fields; see checkpoint.hpp.
#include "stream/continuity/checkpoint.hpp"

#include "api/failure.hpp"
#include "stream/continuity/checkpoint_bits.hpp"
#include "stream/continuity/crc32.hpp"
#include "stream/continuity/key_codec.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>
#include <system_error>

namespace xtap::continuity {
namespace {

constexpr std::string_view kMagic = "xtap-checkpoint.";
constexpr std::uint64_t kVersion = 1;
constexpr std::size_t kCrcDigits = 8;

// Numbers near zero, of either sign, in few bits.
std::uint64_t unsigned_of(std::int64_t value) {
    const auto bits = static_cast<std::uint64_t>(value);
    return bits << 1 ^ (value < 0 ? UINT64_MAX : 0);
}

std::int64_t signed_of(std::uint64_t bits) {
    return static_cast<std::int64_t>(bits >> 1 ^ ((bits & 1) != 0 ? UINT64_MAX : 0));
}

std::int64_t in_range(std::int64_t ms) { return std::clamp(ms, kEarliestMs, kLatestMs); }

// As they are read: without empty ones, ascending, those that touch joined.
std::vector<Interval> in_order(std::vector<Interval> holes) {
    for (Interval &hole : holes)
        hole = {in_range(hole.from_ms), in_range(hole.to_ms)};
    std::erase_if(holes, [](const Interval &hole) { return hole.empty(); });
    std::sort(holes.begin(), holes.end(),
              [](const Interval &a, const Interval &b) { return a.from_ms < b.from_ms; });
    std::vector<Interval> joined;
    for (const Interval &hole : holes) {
        if (!joined.empty() && hole.from_ms <= joined.back().to_ms)
            joined.back().to_ms = std::max(joined.back().to_ms, hole.to_ms);
        else
            joined.push_back(hole);
    }
    return joined;
}

void put_partition(const PartitionCheckpoint &partition, BitWriter &to) {
    to.put_number(partition.partition);
    to.put_number(unsigned_of(in_range(partition.through_ms)));
    const std::vector<Interval> holes = in_order(partition.holes);
    to.put_number(holes.size());
    for (const Interval &hole : holes) {
        to.put_number(unsigned_of(hole.from_ms));
        to.put_number(static_cast<std::uint64_t>(hole.to_ms - hole.from_ms));
    }
    std::vector<std::uint64_t> posts, folds = partition.folds;
    posts.reserve(partition.keys.size());
    for (const Key &key : partition.keys)
        is_post_key(key) ? posts.push_back(key[0]) : folds.push_back(fold_key(key));
    sort_unique(posts);
    put_ascending(posts, to);
    sort_unique(folds);
    put_ascending(folds, to);
}

std::int64_t take_time(BitReader &from) {
    const std::int64_t ms = signed_of(from.take_number());
    if (ms < kEarliestMs || ms > kLatestMs)
        throw_corrupt("it holds a time of " + std::to_string(ms) + " ms, which is not in 2006 to 2099");
    return ms;
}

Interval take_hole(BitReader &from) {
    const std::int64_t start = take_time(from);
    const std::uint64_t length = from.take_number();
    if (length == 0 || length > static_cast<std::uint64_t>(kLatestMs - start))
        throw_corrupt("one of its stretches of time has no end");
    return {start, start + static_cast<std::int64_t>(length)};
}

PartitionCheckpoint take_partition(BitReader &from) {
    PartitionCheckpoint partition;
    const std::uint64_t number = from.take_number();
    if (number > UINT32_MAX) throw_corrupt("it holds a partition that none has");
    partition.partition = static_cast<std::uint32_t>(number);
    partition.through_ms = take_time(from);
    for (std::uint64_t left = from.take_number(); left != 0; --left)
        partition.holes.push_back(take_hole(from));
    partition.holes = in_order(std::move(partition.holes)); // 0.1.0 wrote them as they came to be known
    const std::vector<std::uint64_t> posts = take_ascending(from);
    partition.keys.reserve(posts.size());
    for (const std::uint64_t id : posts)
        partition.keys.push_back({id, 0});
    partition.folds = take_ascending(from);
    return partition;
}

std::string hex(std::uint32_t crc) {
    std::string digits(kCrcDigits, '0');
    for (auto at = digits.rbegin(); at != digits.rend(); ++at, crc >>= 4)
        *at = "0123456789abcdef"[crc & 15];
    return digits;
}

[[noreturn]] void fail(const std::string &why) { throw Failure(Status::value, "the checkpoint " + why); }

// The digits before the next dot; both are taken off the text.
std::uint64_t take_decimal(std::string_view &text) {
    const std::size_t dot = text.find('.');
    if (dot == std::string_view::npos && text.find_first_not_of("0123456789") == std::string_view::npos)
        fail("is truncated: it ends inside its head");
    const std::string_view digits = text.substr(0, dot);
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (digits.empty() || error != std::errc{} || end != digits.data() + digits.size() || dot == text.npos)
        throw_corrupt("its head is no number");
    text.remove_prefix(dot + 1);
    return value;
}

// The payload of a text whose frame is whole.
std::string_view unframe(std::string_view text) {
    text = text.substr(0, text.find_last_not_of(" \t\r\n") + 1);
    if (text.empty()) fail("is empty");
    if (text.size() < kMagic.size() && kMagic.starts_with(text))
        fail("is truncated: it ends inside its head");
    if (!text.starts_with(kMagic)) fail("is none: it does not begin with " + std::string(kMagic));
    std::string_view rest = text.substr(kMagic.size());
    const std::uint64_t version = take_decimal(rest);
    if (version > kVersion)
        fail("is of version " + std::to_string(version) + ", newer than this library, which reads " +
             std::to_string(kVersion));
    if (version == 0) throw_corrupt("there is no version 0");
    const std::uint64_t length = take_decimal(rest);
    constexpr std::size_t tail = 1 + kCrcDigits;
    if (length > rest.size() || rest.size() - length < tail)
        fail("is truncated: " + std::to_string(rest.size()) + " characters after its head, " +
             std::to_string(length) + " + " + std::to_string(tail) + " promised");
    if (rest.size() - length > tail) throw_corrupt("it is longer than it says");
    const std::string_view checked = text.substr(0, text.size() - tail);
    if (rest[length] != '.' || rest.substr(length + 1) != hex(crc32_of(checked)))
        throw_corrupt("its sum (CRC-32) does not match");
    return rest.substr(0, length);
}

} // namespace

std::string write_checkpoint(const Checkpoint &checkpoint) {
    std::string payload;
    BitWriter to(payload);
    to.put_number(checkpoint.operation.size());
    for (const char c : checkpoint.operation)
        to.put(static_cast<unsigned char>(c), 8);
    to.put_number(checkpoint.partitions.size());
    for (const PartitionCheckpoint &partition : checkpoint.partitions)
        put_partition(partition, to);
    to.finish();
    std::string text(kMagic);
    text += std::to_string(kVersion) + '.' + std::to_string(payload.size()) + '.' + payload;
    text += '.' + hex(crc32_of(text));
    return text;
}

Checkpoint read_checkpoint(std::string_view text) {
    BitReader from(unframe(text));
    Checkpoint checkpoint;
    for (std::uint64_t left = from.take_number(); left != 0; --left)
        checkpoint.operation += static_cast<char>(from.take(8));
    std::set<std::uint32_t> numbers;
    for (std::uint64_t left = from.take_number(); left != 0; --left) {
        checkpoint.partitions.push_back(take_partition(from));
        const std::uint32_t number = checkpoint.partitions.back().partition;
        if (!numbers.insert(number).second)
            throw_corrupt("it holds partition " + std::to_string(number) + " twice");
    }
    from.expect_end();
    return checkpoint;
}

} // namespace xtap::continuity
