// Brings the outcomes together: medians, ratios of the same round, a table for people, JSON for machines.
// Measures nothing.
#pragma once

#include "measures.hpp"

#include <cstdio>
#include <string>
#include <vector>

namespace xtap::bench {

struct Row {
    Measure measure;
    double bytes_per_event = 0;
    std::vector<Outcome> rounds; // one an interleaved round
};

struct Run {
    std::string command;
    double others_share = 0; // of the machine
};

struct Spread {
    double median = 0, least = 0, most = 0;
};
Spread spread_of(std::vector<double> values);

using Figure = double (*)(const Outcome &);
double events_per_second(const Outcome &outcome);
double events_per_cpu_second(const Outcome &outcome); // of the consumer's process alone
// Against the group's faster reference, round by round; empty for a group without one.
std::vector<double> ratios_of(const Row &row, const std::vector<Row> &all, Figure figure);
// Of the fastest rounds: what is left when others only ever slow one down.
double ratio_of_bests(const Row &row, const std::vector<Row> &all);

void print_table(std::FILE *out, const std::vector<Row> &rows);
void write_json(const std::string &file, const std::vector<Row> &rows, const Run &run);

} // namespace xtap::bench
