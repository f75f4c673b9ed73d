// The list, and how one is run.
#include "measures.hpp"

#include "child.hpp"
#include "load_source.hpp"
#include "profile.hpp"
#include "reference.hpp"

#include <algorithm>
#include <stdexcept>
#include <sys/mman.h>
#include <unistd.h>

namespace xtap::bench {
namespace {

constexpr long kSmallBuffer = 16 * 1024,
               kLargeBuffer = 128 * 1024; // curl's default, and what the library asks for
constexpr std::size_t kGzipEnds = 20;     // bytes before the first lap and after the last
// Without read-ahead, room for what twenty legs read in one round, 128 KiB each: the rest would be copied
// twice.
constexpr std::size_t kManyLegsBatchBytes = 4 * 1024 * 1024;
constexpr std::size_t kAgedBytes = 128 * 1024 * 1024; // more than a few million keys take
constexpr std::size_t kTurnBytes = 64 * 1024;         // for a connection, before the next one's turn
const std::vector<std::string> kThree = {"/data/id", "/data/created_at", "/data/text"};

Measure curl(const std::string &group, LoadKind load, long buffer, bool decompress = false,
             bool base = true) {
    Measure made;
    made.group = group;
    const std::string size = std::to_string(buffer / 1024);
    made.name = std::string("curl-").append(size).append(decompress ? "k-inflating" : "k");
    made.says = std::string("curl, buffer ").append(size).append(" KiB, ");
    made.says += decompress ? "decompresses, throws the bytes away" : "throws the bytes away";
    made.load = load;
    made.reference = true;
    made.curl_buffer = buffer;
    made.curl_decompresses = decompress;
    made.ratio_base = base;
    return made;
}

enum class Work { off, full, three };

Measure library(const std::string &group, LoadKind load, Way way, Work work, bool read_ahead = false) {
    Measure made;
    made.group = group;
    const std::string verb = way == Way::read ? "read" : "run";
    const std::string what = work == Work::off ? "off" : work == Work::full ? "full" : "three";
    made.name = std::string(verb).append(1, '-').append(what).append(read_ahead ? "-ahead" : "");
    made.says = verb + ", " + (work == Work::three ? "id, created_at and text selected" : "index=" + what) +
                (read_ahead ? ", read-ahead" : "");
    made.load = load;
    made.way = way;
    made.indexed = work != Work::off;
    made.continuity = false; // what it costs stands in groups of its own
    made.read_ahead = read_ahead;
    if (work == Work::three) made.pointers = kThree;
    return made;
}

// What continuity costs: the same with it and without.
void add_continuity(std::vector<Measure> &all) {
    for (const bool read_ahead : {false, true})
        for (const bool continuity : {false, true}) {
            const std::string group = read_ahead ? "continuity-ahead" : "continuity";
            all.push_back(library(group, LoadKind::plain, Way::read, Work::full, read_ahead));
            all.back().name = continuity ? "auto" : "off";
            all.back().says += continuity ? ", continuity=auto" : ", continuity=off";
            all.back().continuity = continuity;
            all.back().aged = true;
            all.back().reference = !continuity;
        }
}

// What an event costs when it comes over one of twenty connections.
void add_legs(std::vector<Measure> &all) {
    for (const bool read_ahead : {false, true})
        for (const std::uint32_t legs : {1U, 20U}) {
            all.push_back(library(read_ahead ? "legs-ahead" : "legs", LoadKind::plain, Way::read, Work::full,
                                  read_ahead));
            all.back().name = legs == 1 ? "one" : "twenty";
            all.back().says += legs == 1 ? ", partition=1" : ", partition=1-20";
            all.back().legs = legs;
            all.back().continuity = true; // as by default
            all.back().aged = all.back().sliced = true;
            all.back().reference = legs == 1;
        }
}

std::vector<Measure> all_throughput() {
    std::vector<Measure> all;
    const auto both = [&](const std::string &group, LoadKind load, Work work, bool read_ahead = false) {
        all.push_back(library(group, load, Way::read, work, read_ahead));
        all.push_back(library(group, load, Way::run, work, read_ahead));
    };
    all.push_back(curl("plain", LoadKind::plain, kSmallBuffer));
    all.push_back(curl("plain", LoadKind::plain, kLargeBuffer));
    for (const bool read_ahead : {false, true})
        for (const Work work : {Work::off, Work::full, Work::three})
            both("plain", LoadKind::plain, work, read_ahead);

    all.push_back(curl("gzip", LoadKind::gzip, kLargeBuffer, false, false));
    all.back().says = "curl, buffer 128 KiB, throws the compressed bytes away";
    all.push_back(curl("gzip", LoadKind::gzip, kSmallBuffer, true));
    all.push_back(curl("gzip", LoadKind::gzip, kLargeBuffer, true));
    both("gzip", LoadKind::gzip, Work::full);
    both("gzip", LoadKind::gzip, Work::full, true);

    const std::size_t before_tls = all.size();
    all.push_back(curl("tls", LoadKind::plain, kSmallBuffer));
    all.push_back(curl("tls", LoadKind::plain, kLargeBuffer));
    both("tls", LoadKind::plain, Work::full);
    both("tls", LoadKind::plain, Work::full, true);
    for (std::size_t i = before_tls; i < all.size(); ++i)
        all[i].tls = true;

    const auto sized = [&](const std::string &group, LoadKind load) {
        all.push_back(curl(group, load, kSmallBuffer));
        all.push_back(curl(group, load, kLargeBuffer));
        for (const Work work : {Work::off, Work::full, Work::three})
            both(group, load, work);
    };
    sized("200B", LoadKind::bytes_200);
    sized("1KB", LoadKind::bytes_1000);
    sized("10KB", LoadKind::bytes_10000);
    add_continuity(all);
    add_legs(all);
    return all;
}

// Slower than this is not slow but stuck.
int limit_s(std::uint64_t events, double rate) {
    return 30 + static_cast<int>(static_cast<double>(events) / (rate > 0 ? rate / 2 : 5'000));
}

LoadShape shape_of(LoadKind kind, std::size_t events, std::size_t chunk_bytes) {
    LoadShape shape;
    shape.events = events;
    shape.chunk_bytes = chunk_bytes;
    switch (kind) {
    case LoadKind::plain:
        break;
    case LoadKind::gzip:
        shape.gzip = true;
        break;
    case LoadKind::stamped:
        shape.stamped = true;
        break;
    case LoadKind::bytes_200:
        shape.event_bytes = 200;
        break;
    case LoadKind::bytes_1000:
        shape.event_bytes = 1000;
        break;
    case LoadKind::bytes_10000:
        shape.event_bytes = 10'000;
        shape.events = std::max<std::size_t>(1, events / 10);
        break;
    }
    return shape;
}

} // namespace

const std::vector<Measure> &throughput_measures() {
    static const std::vector<Measure> all = all_throughput();
    return all;
}

std::vector<Measure> latency_measures(double seconds) {
    constexpr double kRate = 10'000;
    std::vector<Measure> all = {curl("latency", LoadKind::stamped, kLargeBuffer),
                                library("latency", LoadKind::stamped, Way::run, Work::full, false),
                                library("latency", LoadKind::stamped, Way::run, Work::full, true)};
    all[1].continuity = all[2].continuity = true; // as by default
    for (Measure &measure : all) {
        measure.events_per_second = kRate;
        measure.fixed_events = static_cast<std::uint64_t>(seconds * kRate);
    }
    return all;
}

std::vector<Measure> memory_measures(std::uint64_t fewer, std::uint64_t more) {
    std::vector<Measure> all;
    for (const std::uint64_t events : {fewer, more}) {
        std::vector<Measure> some = {curl("memory", LoadKind::plain, kLargeBuffer)};
        for (const bool read_ahead : {false, true})
            for (const Way way : {Way::read, Way::run})
                some.push_back(library("memory", LoadKind::plain, way, Work::three, read_ahead));
        for (Measure &measure : some) {
            measure.ratio_base = measure.continuity = false;
            measure.name.append(1, '-').append(std::to_string(events));
            measure.fixed_events = events;
            all.push_back(measure);
        }
        all.push_back(some[1]);
        all.back().name.insert(all.back().name.find_last_of('-'), "-auto");
        all.back().says += ", continuity=auto";
        all.back().continuity = true;
    }
    return all;
}

std::vector<Measure> allocation_measures(bool quick) {
    std::vector<Measure> all;
    for (const bool read_ahead : {false, true})
        for (const Way way : {Way::read, Way::run})
            all.push_back(library("allocations", LoadKind::plain, way, Work::three, read_ahead));
    for (Measure &measure : all) {
        measure.fixed_warm_events = quick ? 1'000 : 100'000;
        measure.fixed_events = quick ? 5'000 : 1'100'000;
    }
    return all;
}

Bench::Bench(std::size_t distinct_events, std::size_t chunk_bytes, std::string profiles)
    : distinct_events_(distinct_events), chunk_bytes_(chunk_bytes), profiles_(std::move(profiles)) {}

Bench::~Bench() {
    if (certificate_file_ >= 0) close(certificate_file_);
}

std::string Bench::profile_file(const Measure &measure) const {
    return profiles_ + "/" + measure.group + "-" + measure.name + ".perf";
}

const Load &Bench::load(LoadKind kind) {
    std::unique_ptr<Load> &made = loads_[kind];
    if (made == nullptr) made = std::make_unique<Load>(shape_of(kind, distinct_events_, chunk_bytes_));
    return *made;
}

// A file in memory, inherited by the processes: nothing is left behind, however the run ends.
const std::string &Bench::certificate() {
    if (certificate_.empty()) {
        certificate_file_ = memfd_create("xtap-bench-certificate", MFD_CLOEXEC);
        if (certificate_file_ < 0) throw std::runtime_error("no memory file for the certificate");
        certificate_ = "/proc/self/fd/" + std::to_string(certificate_file_);
        make_certificate(certificate_);
    }
    return certificate_;
}

double Bench::bytes_per_event(const Measure &measure) {
    const Load &used = load(measure.load);
    return static_cast<double>(used.lap_bytes()) / static_cast<double>(used.lap_events());
}

Outcome Bench::run(const Measure &measure, std::uint64_t events) {
    const Load &used = load(measure.load);
    const std::uint64_t lap_events = used.lap_events() * measure.legs; // over all connections
    Serving serving;
    serving.load = &used;
    serving.connections = measure.legs;
    if (measure.sliced) serving.slice_bytes = kTurnBytes;
    serving.laps = std::max<std::uint64_t>(1, (events + lap_events - 1) / lap_events);
    serving.events_per_second = measure.events_per_second;
    if (measure.tls) serving.certificate = certificate();
    const LoadSource source(serving);
    const std::string url =
        (measure.tls ? "https" : "http") + std::string("://127.0.0.1:") + std::to_string(source.port());
    return outcome_of(
        [&] {
            const Profile profile(profiles_.empty() ? std::string() : profile_file(measure));
            return measure.curl_buffer != 0 ? discard(measure, used, url, serving.laps)
                                            : consume(measure, used, url, serving.laps);
        },
        limit_s(serving.laps * lap_events, measure.events_per_second));
}

Outcome Bench::consume(const Measure &measure, const Load &load, const std::string &url, std::uint64_t laps) {
    Consumer consumer;
    consumer.way = measure.way;
    consumer.base_url = url;
    consumer.options.emplace_back("index", measure.indexed ? "full" : "off");
    // The ids of a compressed load repeat: they would be dropped.
    if (!measure.continuity || load.gzip()) consumer.options.emplace_back("continuity", "off");
    consumer.options.emplace_back("compression", load.gzip() ? "on" : "off");
    if (!measure.read_ahead) consumer.options.emplace_back("read_ahead_bytes", "0");
    if (measure.tls) consumer.options.emplace_back("ca_file", certificate_);
    if (measure.sliced) {
        consumer.operation = "streamPostsFirehose";
        consumer.batch_bytes = kManyLegsBatchBytes;
    }
    if (measure.legs > 1) consumer.partitions = "1-" + std::to_string(measure.legs);
    if (measure.aged) consumer.aged_bytes = kAgedBytes;
    consumer.pointers = measure.pointers;
    consumer.indexed = measure.indexed;
    consumer.growing_ids = !load.gzip();
    consumer.stamped = measure.events_per_second > 0;
    consumer.expected_events = laps * load.lap_events() * measure.legs;
    consumer.expected_bytes = laps * load.lap_bytes() * measure.legs;
    consumer.warm_events =
        measure.fixed_warm_events != 0 ? measure.fixed_warm_events : consumer.expected_events / 10;
    return run_consumer(consumer);
}

Outcome Bench::discard(const Measure &measure, const Load &load, const std::string &url, std::uint64_t laps) {
    const bool encoded = load.gzip() && !measure.curl_decompresses;
    const std::uint64_t lap_bytes = encoded ? load.lap_encoded() : load.lap_bytes();
    Reference reference;
    reference.url = url + "/2/tweets/firehose/stream/lang/ja?partition=1";
    if (measure.tls) reference.ca_file = certificate_;
    reference.buffer_bytes = measure.curl_buffer;
    reference.decompress = measure.curl_decompresses;
    reference.stamped = measure.events_per_second > 0;
    reference.expected_bytes = laps * lap_bytes + (encoded ? kGzipEnds : 0);
    reference.expected_events = laps * load.lap_events();
    reference.events_per_byte = static_cast<double>(load.lap_events()) / static_cast<double>(lap_bytes);
    reference.warm_bytes = reference.expected_bytes / 10;
    return run_reference(reference);
}

} // namespace xtap::bench
