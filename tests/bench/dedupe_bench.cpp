// What remembering keys costs, per event and per key, and what a checkpoint does. Reaches inside the library.
#include "stream/continuity/checkpoint.hpp"
#include "stream/continuity/dedupe.hpp"
#include "stream/event/event_time.hpp"
#include "tap/delivered_log.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using namespace xtap::continuity;
using namespace xtap::event;
using Seen = Dedupe::Seen;

constexpr std::int64_t kStartMs = 1'700'000'000'000;
constexpr std::int64_t kWindowMs = 600'000;
constexpr std::size_t kMaxBytes = std::size_t{64} << 20;

struct Event {
    Key key;
    std::int64_t time_ms;
};

// Of this thread: what else the machine does counts little.
double cpu_ns() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

// Posts as X numbers them: the millisecond, one of 40 machines, a sequence that starts again each
// millisecond. They come in the order of their milliseconds.
std::vector<Event> posts(std::int64_t from_ms, std::int64_t to_ms, std::uint64_t per_second) {
    std::mt19937_64 random(static_cast<std::uint64_t>(from_ms));
    std::vector<Event> made;
    const std::uint64_t count = static_cast<std::uint64_t>(to_ms - from_ms) * per_second / 1000;
    made.reserve(count);
    for (std::uint64_t i = 0; i < count; ++i) {
        const std::int64_t ms = from_ms + static_cast<std::int64_t>(i * 1000 / per_second);
        const std::uint64_t machine = 320 + random() % 40, sequence = i % (per_second / 1000 + 1);
        made.push_back(
            {{static_cast<std::uint64_t>(ms - kSnowflakeEpochMs) << 22 | machine << 12 | sequence, 0}, ms});
    }
    return made;
}

std::vector<Event> others(std::int64_t from_ms, std::int64_t to_ms, std::uint64_t per_second) {
    std::mt19937_64 random(static_cast<std::uint64_t>(from_ms));
    std::vector<Event> made = posts(from_ms, to_ms, per_second);
    for (Event &event : made)
        event.key = {random(), random() | 1};
    return made;
}

// The average time of an add, and how many were not known.
struct Cost {
    double ns;
    std::uint64_t fresh;
};

Cost add_all(Dedupe &seen, const std::vector<Event> &events) {
    std::uint64_t fresh = 0;
    const double start = cpu_ns();
    for (const Event &event : events)
        fresh += seen.add(event.key, event.time_ms) != Seen::known ? 1U : 0U;
    return {(cpu_ns() - start) / static_cast<double>(events.size()), fresh};
}

void expect(bool right, const char *what) {
    if (!right) throw std::runtime_error(std::string("wrong: ") + what);
}

void measure_stream(const char *name, const std::vector<Event> &events, std::int64_t minutes) {
    Dedupe seen({kWindowMs, kMaxBytes, 1});
    const Cost fresh = add_all(seen, events);
    std::printf("%s, %zu in %lld minutes\n", name, events.size(), static_cast<long long>(minutes));
    std::printf("  add, fresh                                %8.1f ns\n", fresh.ns);
    std::printf("  bytes per key                             %8.2f (%.1f MiB for %llu keys)\n",
                static_cast<double>(seen.bytes()) / static_cast<double>(seen.size()),
                static_cast<double>(seen.bytes()) / 1048576, static_cast<unsigned long long>(seen.size()));
    std::vector<Event> last(events.begin() + static_cast<std::ptrdiff_t>(events.size() / 2), events.end());
    const Cost known = add_all(seen, last);
    std::printf("  add, known: the last half again           %8.1f ns\n", known.ns);
    std::shuffle(last.begin(), last.end(), std::mt19937_64(2));
    const Cost shuffled = add_all(seen, last);
    std::printf("  add, known: the same in random order      %8.1f ns\n", shuffled.ns);
    for (Event &event : last)
        event.key[0] ^= 0x800;
    last.resize(last.size() / 50);
    const Cost missed = add_all(seen, last);
    std::printf("  add, fresh in old buckets, random order   %8.1f ns\n", missed.ns);
    expect(known.fresh + shuffled.fresh == 0, "a known key was fresh");
    expect(seen.bytes() <= kMaxBytes, "more memory than allowed");
}

double resident_mib() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("VmRSS:")) return std::strtod(line.c_str() + 6, nullptr) / 1024;
    throw std::runtime_error("/proc/self/status has no VmRSS");
}

// What the allocator keeps beside what is counted, after many buckets came and went.
void measure_memory(std::uint64_t rate, std::int64_t minutes) {
    const double before = resident_mib();
    Dedupe seen({kWindowMs, kMaxBytes, 1});
    double most = 0;
    for (std::int64_t second = 0; second < minutes * 60; ++second) {
        const std::int64_t from_ms = kStartMs + second * 1000;
        add_all(seen, posts(from_ms, from_ms + 1000, rate));
        if (second % 60 == 59) most = std::max(most, resident_mib() - before);
    }
    std::printf("posts of %lld minutes, the last ten kept\n", static_cast<long long>(minutes));
    std::printf("  resident memory, at most                  %8.1f MiB (%.1f counted)\n", most,
                static_cast<double>(seen.bytes()) / 1048576);
}

// As a stream does it: every event delivered is noted, and a checkpoint is made of what was noted.
void measure_checkpoint(const char *name, const std::vector<Event> &events, std::uint32_t partitions) {
    constexpr std::int64_t kKeepMs = 132'000;
    xtap::tap::DeliveredLog log(kKeepMs);
    std::uint32_t partition = 0;
    double start = cpu_ns();
    for (const Event &event : events) {
        Record record{};
        record.key[0] = event.key[0];
        record.key[1] = event.key[1];
        record.time_ms = event.time_ms;
        record.kind = static_cast<std::uint32_t>(xtap::Kind::event_post);
        record.partition = partition = partition % partitions + 1;
        log.delivered(record, event.time_ms);
    }
    const double note_ns = (cpu_ns() - start) / static_cast<double>(events.size());
    for (; partition > 0; --partition)
        log.covered(partition, {events.back().time_ms, {}}, {}, events.size());
    start = cpu_ns();
    const Checkpoint checkpoint{"streamPostsFirehose", log.at(log.position())};
    const double gather_ms = (cpu_ns() - start) / 1e6;
    start = cpu_ns();
    const std::string text = write_checkpoint(checkpoint);
    const double write_ms = (cpu_ns() - start) / 1e6;
    start = cpu_ns();
    const Checkpoint read = read_checkpoint(text);
    const double read_ms = (cpu_ns() - start) / 1e6;
    std::size_t keys = 0;
    for (const PartitionCheckpoint &one : read.partitions)
        keys += one.keys.size() + one.folds.size();
    expect(keys == events.size(), "keys in the checkpoint");
    std::printf("checkpoint of %zu %s, partitions: %u\n", keys, name, partitions);
    std::printf("  noting what is delivered                  %8.1f ns\n", note_ns);
    std::printf("  characters                                %8zu (%.2f per key)\n", text.size(),
                static_cast<double>(text.size()) / static_cast<double>(keys));
    std::printf("  gather, write, read                       %8.1f, %.1f, %.1f ms\n", gather_ms, write_ms,
                read_ms);
}

void measure(bool quick) {
    const std::uint64_t rate = quick ? 200 : 10'000;
    const std::int64_t end_ms = kStartMs + kWindowMs;
    measure_memory(rate, quick ? 12 : 60);
    measure_stream("posts", posts(kStartMs, end_ms, rate), 10);
    measure_stream("keys of 128 bits", others(kStartMs, end_ms, rate), 10);
    measure_checkpoint("posts of 120 s", posts(kStartMs, kStartMs + 120'000, rate), 1);
    measure_checkpoint("posts of 120 s", posts(kStartMs, kStartMs + 120'000, rate), 20);
    measure_checkpoint("keys of 128 bits of 120 s", others(kStartMs, kStartMs + 120'000, rate), 1);
}

} // namespace

int main(int argc, char **argv) {
    const bool quick = argc == 2 && std::string(argv[1]) == "--quick";
    if (argc > 1 && !quick) {
        std::fprintf(stderr, "usage: dedupe_bench [--quick]\n");
        return 2;
    }
    try {
        measure(quick);
    } catch (const std::exception &problem) {
        std::fprintf(stderr, "dedupe_bench: %s\n", problem.what());
        return 1;
    }
}
