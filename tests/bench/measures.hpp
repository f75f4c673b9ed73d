// The measures: what is run, against which load, beside which reference. Knows how to run one; order and
// repetition are the caller's.
#pragma once

#include "consumer.hpp"
#include "load.hpp"
#include "outcome.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace xtap::bench {

enum class LoadKind { plain, gzip, stamped, bytes_200, bytes_1000, bytes_10000 };

struct Measure {
    std::string group; // measured side by side, with references of their own
    std::string name;  // of the group's own words; "group/name" everywhere else
    std::string says;  // a line for the reader
    LoadKind load = LoadKind::plain;
    bool tls = false;

    bool reference = false; // what the others of its group are compared with
    long curl_buffer = 0;   // of curl; 0: the library
    bool curl_decompresses = false;
    bool ratio_base = true; // a reference that ratios may be taken against

    Way way = Way::run;
    bool indexed = true;
    bool continuity = true; // auto, as by default; else off
    bool aged = false;      // the process has run for some minutes
    bool read_ahead = false;
    std::uint32_t legs = 1; // partitions of the whole firehose, each with the load
    bool sliced = false;    // the load comes as it does for many legs: a little for each in turn
    std::vector<std::string> pointers;

    double events_per_second = 0;        // 0: as fast as it goes
    std::uint64_t fixed_events = 0;      // 0: as many as the round needs
    std::uint64_t fixed_warm_events = 0; // 0: a tenth

    std::string full_name() const { return group + "/" + name; }
};

const std::vector<Measure> &throughput_measures(); // repeated in rounds
std::vector<Measure> latency_measures(double seconds);
std::vector<Measure> memory_measures(std::uint64_t fewer, std::uint64_t more);
std::vector<Measure> allocation_measures(bool quick);

// Makes loads when they are first needed and runs measures, each in a process of its own against a server of
// its own.
class Bench {
public:
    // `profiles`: a folder where perf leaves what each consumer spent its time on; empty: none.
    Bench(std::size_t distinct_events, std::size_t chunk_bytes, std::string profiles);
    ~Bench();
    Bench(const Bench &) = delete;
    Bench &operator=(const Bench &) = delete;

    // At least `events`, rounded up to whole laps.
    Outcome run(const Measure &measure, std::uint64_t events);
    double bytes_per_event(const Measure &measure);

private:
    const Load &load(LoadKind kind);
    const std::string &certificate();
    std::string profile_file(const Measure &measure) const;
    Outcome consume(const Measure &measure, const Load &load, const std::string &url, std::uint64_t laps);
    Outcome discard(const Measure &measure, const Load &load, const std::string &url, std::uint64_t laps);
    std::size_t distinct_events_, chunk_bytes_;
    std::string profiles_;
    std::map<LoadKind, std::unique_ptr<Load>> loads_;
    std::string certificate_;
    int certificate_file_ = -1;
};

} // namespace xtap::bench
