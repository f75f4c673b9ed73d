// xtap-bench: measures libxtap beside curl. Options, and the order in which things are run.
#include "machine.hpp"
#include "meter.hpp"
#include "report.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <stdexcept>
#include <string_view>

namespace xtap::bench {
namespace {

constexpr const char kHelp[] =
    R"(usage: xtap-bench [options]

Measures libxtap beside curl throwing the bytes away, on loopback, against a load source of its own. Rounds are
interleaved; ratios are taken inside a round and against the faster of curl's two buffer sizes, or, for continuity
and legs, against the library without it.

  --only NAME     only these: a group (plain, gzip, tls, 200B, 1KB, 10KB, continuity, continuity-ahead, legs, legs-ahead,
                  latency, memory, allocations) or group/name; may be given several times; a group's references
                  always run with it
  --rounds N      interleaved rounds (5)
  --seconds S     length of one measure in a round (1)
  --events N      events of one measure in a round, instead of a length
  --chunk BYTES   of the server's chunked encoding (65536)
  --distinct N    different events before they come again with larger ids (8000)
  --perf FOLDER   record a profile of each consumer with perf (which must be installed), into FOLDER
  --quick         a short run of everything, to see that it works; its figures mean nothing
  --json FILE     write the figures there, too
  --list          name the measures
  --help          this text
)";

struct Options {
    std::vector<std::string> only;
    std::size_t rounds = 5;
    double seconds = 1;
    std::uint64_t events = 0;
    std::size_t chunk_bytes = 64 * 1024, distinct = 8000;
    bool quick = false, list = false, help = false;
    std::string json, perf, command = "xtap-bench";
};

std::uint64_t number(const std::string &name, const std::string &text, std::uint64_t least,
                     std::uint64_t most) {
    char *end = nullptr;
    const unsigned long long value = std::strtoull(text.c_str(), &end, 10);
    if (text.empty() || *end != '\0' || text[0] == '-' || value < least || value > most)
        throw std::invalid_argument(name + " takes a number from " + std::to_string(least) + " to " +
                                    std::to_string(most) + ", not '" + text + "'");
    return value;
}

Options parse(const std::vector<std::string> &arguments) {
    Options options;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string &name = arguments[i];
        options.command += " " + name;
        const auto value = [&]() -> std::string {
            if (i + 1 >= arguments.size()) throw std::invalid_argument(name + " needs a value");
            options.command += " " + arguments[i + 1];
            return arguments[++i];
        };
        if (name == "--only")
            options.only.push_back(value());
        else if (name == "--rounds")
            options.rounds = number(name, value(), 1, 1000);
        else if (name == "--seconds")
            options.seconds = static_cast<double>(number(name, value(), 1, 60));
        else if (name == "--events")
            options.events = number(name, value(), 1, 100'000'000);
        else if (name == "--chunk")
            options.chunk_bytes = number(name, value(), 1, 1 << 24);
        else if (name == "--distinct")
            options.distinct = number(name, value(), 10, 100'000);
        else if (name == "--json")
            options.json = value();
        else if (name == "--perf")
            options.perf = value();
        else if (name == "--quick")
            options.quick = true;
        else if (name == "--list")
            options.list = true;
        else if (name == "--help" || name == "-h")
            options.help = true;
        else
            throw std::invalid_argument("unknown option '" + name + "'; --help lists them");
    }
    return options;
}

bool wanted(const Options &options, const Measure &measure) {
    if (options.only.empty()) return true;
    return std::any_of(options.only.begin(), options.only.end(), [&](const std::string &name) {
        if (measure.group == name || measure.full_name() == name) return true;
        return measure.reference && name.starts_with(measure.group + "/");
    });
}

std::vector<Row> rows_of(const std::vector<Measure> &measures, const Options &options, Bench &bench) {
    std::vector<Row> rows;
    for (const Measure &measure : measures)
        if (wanted(options, measure)) rows.push_back({measure, bench.bytes_per_event(measure), {}});
    return rows;
}

Outcome run_checked(Bench &bench, const Measure &measure, std::uint64_t events) {
    const Outcome outcome = bench.run(measure, events);
    if (outcome.failed()) throw std::runtime_error(measure.full_name() + ": " + outcome.failure.data());
    return outcome;
}

// How many events each measure needs for its time, from a short run that also warms the machine.
std::vector<std::uint64_t> calibrate(const std::vector<Row> &rows, const Options &options, Bench &bench) {
    std::vector<std::uint64_t> events;
    for (const Row &row : rows) {
        if (options.events != 0 || row.measure.fixed_events != 0) {
            events.push_back(row.measure.fixed_events != 0 ? row.measure.fixed_events : options.events);
            continue;
        }
        const auto few = static_cast<std::uint64_t>(2e8 / row.bytes_per_event);
        const double rate = events_per_second(run_checked(bench, row.measure, few));
        events.push_back(static_cast<std::uint64_t>(rate * options.seconds / 0.9) + 1);
    }
    return events;
}

void run_rounds(std::vector<Row> &rows, std::size_t rounds, const Options &options, Bench &bench) {
    const std::vector<std::uint64_t> events = calibrate(rows, options, bench);
    for (std::size_t round = 0; round < rounds; ++round) {
        for (std::size_t i = 0; i < rows.size(); ++i)
            rows[i].rounds.push_back(run_checked(bench, rows[i].measure, events[i]));
        if (!rows.empty()) std::fprintf(stderr, "xtap-bench: round %zu of %zu\n", round + 1, rounds);
    }
}

int measure_all(Options options) {
    if (options.quick) {
        options.events = options.events != 0 ? options.events : 5'000;
        options.distinct = std::min<std::size_t>(options.distinct, 1000);
        options.rounds = 1;
    }
    const Others others;
    Bench bench(options.distinct, options.chunk_bytes, options.perf);
    std::vector<Row> all;
    const auto take = [&](const std::vector<Measure> &measures, std::size_t rounds) {
        std::vector<Row> rows = rows_of(measures, options, bench);
        run_rounds(rows, rounds, options, bench);
        all.insert(all.end(), rows.begin(), rows.end());
    };
    const bool quick = options.quick;
    take(throughput_measures(), options.rounds);
    take(latency_measures(quick ? 0.2 : 5), quick ? 1 : 3);
    take(memory_measures(quick ? 5'000 : 1'000'000, quick ? 10'000 : 10'000'000), 1);
    if (allocations_counted()) take(allocation_measures(quick), 1);
    if (all.empty()) throw std::invalid_argument("--only names no measure; --list names them");
    print_table(stdout, all);
    std::printf("\nother processes took %.0f%% of the machine meanwhile\n", others.share() * 100);
    if (!options.json.empty()) write_json(options.json, all, {options.command, others.share()});
    return 0;
}

void list_measures() {
    const auto list = [](const std::vector<Measure> &measures) {
        for (const Measure &measure : measures)
            std::printf("%-28s %s\n", measure.full_name().c_str(), measure.says.c_str());
    };
    list(throughput_measures());
    list(latency_measures(5));
    list(memory_measures(1'000'000, 10'000'000));
    list(allocation_measures(false));
}

int run(const std::vector<std::string> &arguments) {
    const Options options = parse(arguments);
    if (options.help) return std::fputs(kHelp, stdout) < 0;
    if (options.list) return list_measures(), 0;
    return measure_all(options);
}

} // namespace
} // namespace xtap::bench

int main(int argc, char **argv) {
    try {
        return xtap::bench::run({argv + 1, argv + argc});
    } catch (const std::invalid_argument &problem) {
        std::fprintf(stderr, "xtap-bench: %s\n", problem.what());
        return 2;
    } catch (const std::exception &problem) {
        std::fprintf(stderr, "xtap-bench: %s\n", problem.what());
        return 1;
    }
}
