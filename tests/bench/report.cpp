// Tables. Ratios are taken inside a round, because on a shared machine a minute is not like the next.
#include "report.hpp"

#include "machine.hpp"

#include <algorithm>
#include <cinttypes>
#include <curl/curl.h>
#include <stdexcept>
#include <xtap/xtap.h>

namespace xtap::bench {
namespace {

#ifdef __clang__
constexpr const char kCompiler[] = "Clang " __clang_version__;
#else
constexpr const char kCompiler[] = "GCC " __VERSION__;
#endif

std::vector<double> each(const Row &row, Figure figure) {
    std::vector<double> values;
    for (const Outcome &outcome : row.rounds)
        values.push_back(figure(outcome));
    return values;
}

double megabytes_per_second(const Outcome &outcome) { return outcome.bytes_per_second() * 1e-6; }
double cpu_per_million(const Outcome &outcome) {
    return outcome.events > 0 ? outcome.cpu_seconds / outcome.events * 1e6 : 0;
}
double allocations_per_event(const Outcome &outcome) {
    return outcome.events > 0 ? outcome.allocations / outcome.events : 0;
}
double peak_mib(const Outcome &outcome) { return static_cast<double>(outcome.peak_kib) / 1024; }

std::vector<double> ratios_between(const Row &row, const Row &base, Figure figure) {
    std::vector<double> ratios;
    for (std::size_t i = 0; i < std::min(row.rounds.size(), base.rounds.size()); ++i)
        ratios.push_back(figure(row.rounds[i]) / figure(base.rounds[i]));
    return ratios;
}

// The faster of the group's references, compared round by round too: a slow minute may hit just one of them.
const Row *base_of(const Row &row, const std::vector<Row> &all) {
    const Row *base = nullptr;
    for (const Row &other : all) {
        if (!other.measure.reference || !other.measure.ratio_base || other.measure.group != row.measure.group)
            continue;
        if (base == nullptr || spread_of(ratios_between(other, *base, &events_per_second)).median > 1)
            base = &other;
    }
    return base;
}

// Names are our own and need no escaping; the machine's is cleaned.
std::string quoted(const std::string &text) {
    std::string made = "\"";
    for (const char c : text)
        if (c >= ' ' && c != '"' && c != '\\') made += c;
    return made + "\"";
}

void write_spread(std::FILE *out, const char *name, const std::vector<double> &values) {
    const Spread spread = spread_of(values);
    std::fprintf(out, ", \"%s\": {\"median\": %.6g, \"min\": %.6g, \"max\": %.6g}", name, spread.median,
                 spread.least, spread.most);
}

void write_row(std::FILE *out, const Row &row, const std::vector<Row> &all) {
    std::fprintf(out, "    {\"group\": %s, \"name\": %s, \"says\": %s, \"reference\": %s, \"rounds\": %zu",
                 quoted(row.measure.group).c_str(), quoted(row.measure.name).c_str(),
                 quoted(row.measure.says).c_str(), row.measure.reference ? "true" : "false",
                 row.rounds.size());
    std::fprintf(out, ", \"events\": %" PRIu64 ", \"bytes_per_event\": %.1f", row.rounds.front().all_events,
                 row.bytes_per_event);
    write_spread(out, "events_per_second", each(row, &events_per_second));
    write_spread(out, "mb_per_second", each(row, &megabytes_per_second));
    write_spread(out, "cpu_seconds_per_million", each(row, &cpu_per_million));
    write_spread(out, "allocations_per_event", each(row, &allocations_per_event));
    write_spread(out, "peak_mib", each(row, &peak_mib));
    if (const std::vector<double> ratios = ratios_of(row, all, &events_per_second); !ratios.empty()) {
        write_spread(out, "ratio", ratios);
        std::fprintf(out, ", \"ratio_of_bests\": %.6g", ratio_of_bests(row, all));
        write_spread(out, "cpu_ratio", ratios_of(row, all, &events_per_cpu_second));
    }
    if (row.measure.events_per_second > 0) {
        write_spread(out, "p50_us", each(row, [](const Outcome &it) { return it.p50_us; }));
        write_spread(out, "p99_us", each(row, [](const Outcome &it) { return it.p99_us; }));
        write_spread(out, "p999_us", each(row, [](const Outcome &it) { return it.p999_us; }));
        write_spread(out, "worst_us", each(row, [](const Outcome &it) { return it.worst_us; }));
    }
    std::fprintf(out, "}");
}

void print_throughput(std::FILE *out, const Row &row, const std::vector<Row> &all) {
    std::fprintf(out, "%-26s %9.0f %7.0f ", row.measure.full_name().c_str(),
                 spread_of(each(row, &events_per_second)).median,
                 spread_of(each(row, &megabytes_per_second)).median);
    if (const std::vector<double> ratios = ratios_of(row, all, &events_per_second); !ratios.empty()) {
        const Spread ratio = spread_of(ratios);
        std::fprintf(out, "%6.3f (%5.3f-%5.3f) %6.3f %7.3f", ratio.median, ratio.least, ratio.most,
                     ratio_of_bests(row, all), spread_of(ratios_of(row, all, &events_per_cpu_second)).median);
    } else {
        std::fprintf(out, "%6s %13s %6s %7s", "", "", "", "");
    }
    std::fprintf(out, " %8.3f %9.5f %7.1f\n", spread_of(each(row, &cpu_per_million)).median,
                 spread_of(each(row, &allocations_per_event)).median, spread_of(each(row, &peak_mib)).median);
}

void print_latency(std::FILE *out, const Row &row) {
    const auto median = [&](Figure figure) { return spread_of(each(row, figure)).median; };
    std::fprintf(out, "%-24s p50 %8.1f us  p99 %8.1f us  p99.9 %8.1f us  worst %8.1f us\n",
                 row.measure.full_name().c_str(), median([](const Outcome &it) { return it.p50_us; }),
                 median([](const Outcome &it) { return it.p99_us; }),
                 median([](const Outcome &it) { return it.p999_us; }),
                 median([](const Outcome &it) { return it.worst_us; }));
}

} // namespace

Spread spread_of(std::vector<double> values) {
    if (values.empty()) return {};
    std::sort(values.begin(), values.end());
    const std::size_t half = values.size() / 2;
    const double median = values.size() % 2 != 0 ? values[half] : (values[half - 1] + values[half]) / 2;
    return {median, values.front(), values.back()};
}

double events_per_second(const Outcome &outcome) {
    return outcome.seconds > 0 ? outcome.events / outcome.seconds : 0;
}

double events_per_cpu_second(const Outcome &outcome) {
    return outcome.cpu_seconds > 0 ? outcome.events / outcome.cpu_seconds : 0;
}

std::vector<double> ratios_of(const Row &row, const std::vector<Row> &all, Figure figure) {
    const Row *base = row.measure.events_per_second > 0 ? nullptr : base_of(row, all);
    return base != nullptr ? ratios_between(row, *base, figure) : std::vector<double>{};
}

double ratio_of_bests(const Row &row, const std::vector<Row> &all) {
    const Row *base = base_of(row, all);
    if (base == nullptr) return 0;
    return spread_of(each(row, &events_per_second)).most / spread_of(each(*base, &events_per_second)).most;
}

void print_table(std::FILE *out, const std::vector<Row> &rows) {
    std::string group;
    for (const Row &row : rows) {
        if (row.rounds.empty()) continue;
        const bool latency = row.measure.events_per_second > 0;
        if (row.measure.group != group) {
            group = row.measure.group;
            if (latency)
                std::fprintf(out, "\nfrom before the server's write to the callback, %.0f events/s\n",
                             row.measure.events_per_second);
            else
                std::fprintf(out, "\n%-26s %9s %7s %20s %6s %7s %8s %9s %7s\n", "", "events/s", "MB/s",
                             "ratio    (min-max)", "best", "by CPU", "CPU s/M", "allocs/ev", "peak MiB");
        }
        if (latency)
            print_latency(out, row);
        else
            print_throughput(out, row, rows);
    }
    std::fflush(out);
}

void write_json(const std::string &file, const std::vector<Row> &rows, const Run &run) {
    std::FILE *out = std::fopen(file.c_str(), "w");
    if (out == nullptr) throw std::runtime_error("cannot write " + file);
    std::fprintf(out, "{\n  \"command\": %s,\n", quoted(run.command).c_str());
    std::fprintf(out,
                 "  \"machine\": {\"processor\": %s, \"cores\": %u, \"kernel\": %s, \"others\": %.3f},\n",
                 quoted(processor_name()).c_str(), processor_count(), quoted(kernel_release()).c_str(),
                 run.others_share);
    std::fprintf(out,
                 "  \"versions\": {\"libxtap\": %s, \"libcurl\": %s, \"compiler\": %s},\n  \"rows\": [\n",
                 quoted(xtap_version()).c_str(), quoted(curl_version()).c_str(), quoted(kCompiler).c_str());
    bool first = true;
    for (const Row &row : rows) {
        if (row.rounds.empty()) continue;
        if (!first) std::fprintf(out, ",\n");
        first = false;
        write_row(out, row, rows);
    }
    std::fprintf(out, "\n  ]\n}\n");
    if (std::fclose(out) != 0) throw std::runtime_error("cannot write " + file);
}

} // namespace xtap::bench
