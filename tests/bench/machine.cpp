// Reads /proc.
#include "machine.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <fstream>
#include <sstream>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

namespace xtap::bench {
namespace {

double seconds_of(int who) {
    rusage used{};
    getrusage(who, &used);
    return static_cast<double>(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
           static_cast<double>(used.ru_utime.tv_usec + used.ru_stime.tv_usec) * 1e-6;
}

} // namespace

std::string processor_name() {
    std::ifstream facts("/proc/cpuinfo");
    for (std::string line; std::getline(facts, line);)
        if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
    return "unknown";
}

unsigned processor_count() { return static_cast<unsigned>(std::max(1L, sysconf(_SC_NPROCESSORS_ONLN))); }

std::string kernel_release() {
    utsname system{};
    return uname(&system) == 0 ? system.release : "unknown";
}

// Of /proc/stat's first line: user, nice, system, idle, iowait, irq, softirq, steal, in ticks.
Others::Used Others::used() {
    std::ifstream facts("/proc/stat");
    std::string word;
    facts >> word;
    std::array<double, 8> ticks{};
    for (double &tick : ticks)
        facts >> tick;
    Used now;
    const auto a_second = static_cast<double>(sysconf(_SC_CLK_TCK));
    for (std::size_t i = 0; i < ticks.size(); ++i)
        if (i != 3 && i != 4) now.all += ticks[i] / a_second;
    now.own = seconds_of(RUSAGE_SELF) + seconds_of(RUSAGE_CHILDREN);
    now.passed = std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
    return now;
}

Others::Others() : start_(used()) {}

double Others::share() const {
    const Used now = used();
    const double whole = (now.passed - start_.passed) * processor_count();
    const double others = (now.all - start_.all) - (now.own - start_.own);
    return whole > 0 ? std::clamp(others / whole, 0.0, 1.0) : 0;
}

} // namespace xtap::bench
