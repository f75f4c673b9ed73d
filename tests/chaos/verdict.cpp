// See verdict.hpp.
#include "verdict.hpp"

#include "xtap/xtap.h"

#include <algorithm>

namespace xtap::chaos {

namespace {

struct Gap {
    std::int64_t from_ms, to_ms;
};

// The very first to come may be a late one, from before the stream was opened: those around it were not
// promised.
constexpr std::uint64_t kFirstOnes = 50;

struct Partition {
    std::uint64_t seen = 0, first = 0;
    bool is_new = true; // nothing of it came before this life
    std::uint64_t highest_live = 0;
    std::vector<std::uint32_t> came; // by number
    std::vector<Gap> gaps;
};

using Partitions = std::map<std::uint32_t, Partition>;

void count(Partition &partition, std::uint64_t number) {
    if (partition.came.size() <= number) partition.came.resize(number * 3 / 2 + 1024);
    ++partition.came[number];
}

void judge_life(const std::vector<Entry> &life, std::uint64_t committed, const Truth &truth,
                std::int64_t late_ms, Partitions &partitions, Verdict &verdict) {
    for (auto &[number, partition] : partitions) {
        partition.highest_live = 0;
        partition.is_new = partition.seen == 0;
    }
    for (const Entry &entry : life) {
        if (entry.what == What::resumed) continue;
        if (entry.position > committed) {
            verdict.uncommitted += entry.what == What::event;
            continue;
        }
        Partition &partition = partitions[entry.partition];
        if (entry.what == What::gap) {
            partition.gaps.push_back({entry.from_ms, entry.to_ms});
            ++verdict.gaps;
            continue;
        }
        const auto flags = static_cast<std::uint32_t>(entry.from_ms);
        if (partition.seen++ < kFirstOnes && partition.is_new)
            partition.first = std::max(partition.first, entry.number);
        count(partition, entry.number);
        if ((flags & XTAP_FLAG_MAYBE_REPEATED) != 0) ++verdict.maybe_repeated;
        if ((flags & XTAP_FLAG_REPLAYED) != 0) {
            ++verdict.replayed;
            continue;
        }
        if (entry.number < partition.highest_live &&
            truth.time_of(partition.highest_live) - truth.time_of(entry.number) > late_ms)
            ++verdict.out_of_order;
        partition.highest_live = std::max(partition.highest_live, entry.number);
        verdict.worst_live_lag_ms = std::max(verdict.worst_live_lag_ms, entry.to_ms);
    }
}

void judge_partition(std::uint32_t number, const Partition &partition, const Truth &truth, Verdict &verdict) {
    for (std::uint64_t event = partition.first; truth.time_of(event) < truth.until_ms; ++event) {
        const std::uint32_t came = event < partition.came.size() ? partition.came[event] : 0;
        const std::int64_t time = truth.time_of(event);
        if (came > 0) {
            ++verdict.events;
            verdict.twice += came - 1;
        } else if (std::any_of(partition.gaps.begin(), partition.gaps.end(),
                               [&](const Gap &gap) { return gap.from_ms <= time && time <= gap.to_ms; })) {
            ++verdict.in_gaps;
        } else {
            if (verdict.lost++ == 0)
                verdict.first_lost = "event " + std::to_string(event) + " of partition " +
                                     std::to_string(number) + ", at " + std::to_string(time);
        }
    }
}

} // namespace

Verdict judge(const std::vector<std::string> &journals, bool commits, const Truth &truth,
              std::int64_t late_ms) {
    Verdict verdict;
    Partitions partitions;
    for (std::uint32_t number = 1; number <= truth.partitions; ++number)
        partitions[number]; // one that is silent for ever has lost everything
    std::vector<std::vector<Entry>> lives;
    for (const std::string &journal : journals)
        lives.push_back(read_journal(journal));
    // What a life committed is where the next one that came so far went on.
    std::vector<std::uint64_t> committed(lives.size(), commits ? 0 : UINT64_MAX);
    committed.back() = UINT64_MAX;
    for (const std::vector<Entry> &life : lives)
        for (const Entry &entry : life)
            if (entry.what == What::resumed) committed.at(entry.partition) = entry.number;
    for (std::size_t i = 0; i < lives.size(); ++i)
        judge_life(lives[i], committed[i], truth, late_ms, partitions, verdict);
    for (const auto &[number, partition] : partitions)
        judge_partition(number, partition, truth, verdict);
    return verdict;
}

} // namespace xtap::chaos
