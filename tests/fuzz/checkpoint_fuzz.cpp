// Any text as a checkpoint: one Failure that says why, or a checkpoint that comes back as it is when it is
// written and read again. The bytes are taken for the whole text, for its end, for the payload of a frame
// that is right, and for the numbers of a checkpoint that is written, and then changed here and there. The
// text lies in memory of exactly its size, so that a sanitizer sees every byte too far.
#include "api/failure.hpp"
#include "stream/continuity/checkpoint.hpp"
#include "stream/continuity/checkpoint_bits.hpp"
#include "stream/continuity/crc32.hpp"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace {

using namespace xtap;
using namespace xtap::continuity;

[[noreturn]] void stop(const char *what, std::string_view text) {
    std::fprintf(stderr, "%s\n%.*s\n", what, static_cast<int>(text.size()), text.data());
    std::abort();
}

std::optional<Checkpoint> read(std::string_view text) {
    const std::unique_ptr<char[]> exact(new char[text.size()]);
    if (!text.empty()) std::memcpy(exact.get(), text.data(), text.size());
    try {
        return read_checkpoint({exact.get(), text.size()});
    } catch (const Failure &failure) {
        if (failure.status != Status::value || !failure.message.starts_with("the checkpoint is "))
            stop(failure.message.c_str(), text);
        return std::nullopt;
    }
}

void check(std::string_view text) {
    const std::optional<Checkpoint> first = read(text);
    if (first && read(write_checkpoint(*first)) != first) stop("another after a round trip", text);
}

std::string framed(std::string_view payload) {
    std::string text = "xtap-checkpoint.1." + std::to_string(payload.size()) + '.' + std::string(payload);
    char sum[10];
    std::snprintf(sum, sizeof sum, ".%08x", crc32_of(text));
    return text + sum;
}

// Takes numbers off a text, of one to eight bytes, until there are none left.
class Numbers {
public:
    explicit Numbers(std::string_view from) : from_(from) {}

    bool empty() const { return from_.empty(); }
    std::uint64_t next() {
        std::uint64_t number = 0;
        for (std::size_t left = byte() % 9; left != 0; --left)
            number = number << 8 | byte();
        return number;
    }

private:
    std::uint8_t byte() {
        if (from_.empty()) return 0;
        const auto first = static_cast<std::uint8_t>(from_.front());
        from_.remove_prefix(1);
        return first;
    }

    std::string_view from_;
};

Checkpoint made_of(std::string_view bytes) {
    Numbers numbers(bytes);
    Checkpoint made{std::string(bytes.substr(0, bytes.size() % 40)), {}};
    std::set<std::uint32_t> numbers_seen;
    while (!numbers.empty()) {
        PartitionCheckpoint partition;
        partition.partition = static_cast<std::uint32_t>(numbers.next());
        partition.through_ms = static_cast<std::int64_t>(numbers.next());
        for (std::uint64_t left = numbers.next() % 8; left != 0; --left)
            partition.holes.push_back(
                {static_cast<std::int64_t>(numbers.next()), static_cast<std::int64_t>(numbers.next())});
        for (std::uint64_t left = numbers.next() % 600; left != 0; --left)
            partition.keys.push_back({numbers.next(), numbers.next()});
        for (std::uint64_t left = numbers.next() % 8; left != 0; --left)
            partition.folds.push_back(numbers.next());
        // None has one twice: what is written of it is corrupt.
        if (numbers_seen.insert(partition.partition).second) made.partitions.push_back(partition);
    }
    return made;
}

// What is written must be readable, and reading it again must change nothing.
void check_written(std::string_view bytes) {
    const std::string text = write_checkpoint(made_of(bytes));
    const std::optional<Checkpoint> first = read(text);
    if (!first) stop("does not read what it wrote", text);
    if (write_checkpoint(*first) != text) stop("writes what it read in another way", text);
}

void mutate(std::string &text, Numbers numbers) {
    for (std::uint64_t left = 1 + numbers.next() % 3; left != 0; --left) {
        const std::size_t at = numbers.next() % (text.size() + 1);
        const std::uint64_t way = numbers.next() % 8;
        if (way == 0)
            text.resize(at);
        else if (way == 1)
            text.insert(at, 1, static_cast<char>(numbers.next()));
        else if (way == 2)
            text.erase(at, 1);
        else if (at < text.size())
            text[at] = "AB_xyz09"[numbers.next() % 8];
    }
}

// With a sum that no longer is right, and with one that is.
void check_mutated(std::string_view bytes) {
    std::string text = write_checkpoint(made_of(bytes));
    const std::size_t end = text.rfind('.'), begin = text.rfind('.', end - 1) + 1;
    std::string payload = text.substr(begin, end - begin);
    mutate(text, Numbers(bytes));
    check(text);
    mutate(payload, Numbers(bytes));
    check(framed(payload));
}

// Any bytes as characters that a payload may have.
std::string payload_of(std::string_view bytes) {
    std::string payload;
    BitWriter to(payload);
    for (const char c : bytes)
        to.put(static_cast<unsigned char>(c), 8);
    to.finish();
    return payload;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char *>(data), size);
    check(bytes);
    check("xtap-checkpoint." + std::string(bytes));
    check(framed(bytes));
    check(framed(payload_of(bytes)));
    check_written(bytes);
    check_mutated(bytes);
    check_mutated(bytes.substr(size / 2));
    check_mutated(bytes.substr(size - size % 16));
    return 0;
}
