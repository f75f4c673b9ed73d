// The clocks behind Meter.
#include "meter.hpp"

#include <algorithm>
#include <ctime>
#include <fstream>
#include <limits>
#include <string>
#include <sys/resource.h>

namespace xtap::bench {
namespace {

double seconds_of(const timeval &time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

std::uint64_t monotonic_ns() {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(now.tv_nsec);
}

std::uint64_t peak_kib() {
    std::ifstream status("/proc/self/status");
    for (std::string word; status >> word;) {
        std::uint64_t peak = 0;
        if (word == "VmHWM:" && status >> peak) return peak;
    }
    return 0;
}

} // namespace

Meter::Mark Meter::mark(std::uint64_t events, std::uint64_t bytes) {
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    return {static_cast<double>(monotonic_ns()) * 1e-9, seconds_of(used.ru_utime) + seconds_of(used.ru_stime),
            events, bytes, allocations_so_far()};
}

void Meter::warmed_up(std::uint64_t events, std::uint64_t bytes) {
    start_ = mark(events, bytes);
    warm_ = true;
}

void Meter::done(std::uint64_t events, std::uint64_t bytes) { end_ = mark(events, bytes); }

Outcome Meter::outcome() const {
    Outcome outcome;
    outcome.seconds = end_.wall - start_.wall;
    outcome.cpu_seconds = end_.cpu - start_.cpu;
    outcome.bytes = static_cast<double>(end_.bytes - start_.bytes);
    outcome.events = static_cast<double>(end_.events - start_.events);
    outcome.allocations = static_cast<double>(end_.allocations - start_.allocations);
    outcome.all_events = end_.events;
    outcome.all_bytes = end_.bytes;
    outcome.peak_kib = peak_kib();
    return outcome;
}

Latencies::Latencies(std::uint64_t expected) { ns_.reserve(expected); }

void Latencies::add(std::uint64_t sent_ns) {
    const std::uint64_t passed = monotonic_ns() - sent_ns;
    const std::uint64_t most = std::numeric_limits<std::uint32_t>::max();
    if (ns_.size() < ns_.capacity()) ns_.push_back(static_cast<std::uint32_t>(std::min(passed, most)));
}

void Latencies::into(Outcome &outcome) {
    if (ns_.empty()) return;
    std::sort(ns_.begin(), ns_.end());
    const auto at = [&](double part) {
        return ns_[static_cast<std::size_t>(part * static_cast<double>(ns_.size() - 1))] * 1e-3;
    };
    outcome.p50_us = at(0.5);
    outcome.p99_us = at(0.99);
    outcome.p999_us = at(0.999);
    outcome.worst_us = at(1);
}

} // namespace xtap::bench
