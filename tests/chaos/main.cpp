// The trial by trouble: consumers of the library against a simulator that cuts, stalls, refuses and lies, in
// fast time, and the count of what they missed. `xtap-chaos` runs all of it, `xtap-chaos --only faults` one
// part,
// `--scale 20` a twentieth.
#include "scenario.hpp"
#include "test_size.hpp"

#include <CLI/CLI.hpp>
#include <cstdio>

namespace {
// A two hundredth of the whole, and where all tests run at full size, a fiftieth.
constexpr std::uint64_t kTestScale = 200, kFullTestScale = 50;
} // namespace

int main(int argc, char **argv) {
    using namespace xtap::chaos;
    Options options;
    std::string only;
    bool list = false, test = false;
    CLI::App app("puts consumers of libxtap through faults, kills and pauses, and counts what they miss");
    app.add_option("--only", only, "the scenario of this name alone");
    app.add_option("--scale", options.scale, "so many times fewer events, faults and kills")
        ->check(CLI::PositiveNumber);
    app.add_option("--speed", options.speed, "how many times as fast as the wall's the time runs")
        ->check(CLI::PositiveNumber);
    app.add_option("--seed", options.seed, "another seed, other faults");
    app.add_option("--keep", options.folder, "keep the journals and reports in this folder");
    app.add_flag("--list", list, "the scenarios");
    app.add_flag("--test", test, "as one of the tests: a short trial, whose scale ./dev test sets");
    CLI11_PARSE(app, argc, argv);
    if (test) {
        options.scale = static_cast<double>(kTestScale);
        if (xtap::test::test_size() == "full") options.scale = static_cast<double>(kFullTestScale);
        if (xtap::test::test_size() == "reduced")
            std::printf("\nREDUCED: the trial by trouble: 1/%llu of the whole, not 1/%llu\n",
                        static_cast<unsigned long long>(kTestScale),
                        static_cast<unsigned long long>(kFullTestScale));
    }
    bool good = true, any = false;
    for (const Scenario &scenario : scenarios()) {
        if (list) std::printf("%-18s %s\n", scenario.name.c_str(), scenario.about.c_str());
        if (list || (!only.empty() && scenario.name != only)) continue;
        any = true;
        try {
            good = run(scenario, options) && good;
        } catch (const std::exception &error) {
            std::printf("%s: FAILED: %s\n", scenario.name.c_str(), error.what());
            good = false;
        }
    }
    if (!list && !any) {
        std::fprintf(stderr, "there is no scenario '%s'; see --list\n", only.c_str());
        return 2;
    }
    return good ? 0 : 1;
}
