// See scenario.hpp.
#include "scenario.hpp"

#include "process.hpp"
#include "verdict.hpp"
#include "json/value.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <poll.h>
#include <random>
#include <spawn.h>
#include <stdexcept>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <system_error>
#include <thread>
#include <unistd.h>

extern char **environ;

namespace xtap::chaos {

namespace {

using sim::SimulatorProcess;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr const char *kOperation = "streamPostsFirehoseEn";
constexpr std::int64_t kLateMs = 60'000;
// With 2,000 events a fault over eight partitions, a connection lives for about a minute and a half of its
// own time. Were it much less, none would ever count as healthy, and all of them would sit out the longest
// waits.
constexpr double kFaultyRate = 20, kFaultySpeed = 50;
// The consumer begins a few minutes after event 0, so that there is a past to ask for.
constexpr std::int64_t kHeadStartMs = 10 * 60'000;

std::int64_t wall_ms() {
    return std::chrono::duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch())
        .count();
}

class Folder {
public:
    explicit Folder(const std::string &kept) : kept_(!kept.empty()) {
        path_ = kept_ ? std::filesystem::path(kept) : make();
        std::filesystem::create_directories(path_);
    }
    ~Folder() {
        std::error_code ignored;
        if (!kept_) std::filesystem::remove_all(path_, ignored);
    }
    Folder(const Folder &) = delete;
    Folder &operator=(const Folder &) = delete;
    std::string file(const std::string &name) const { return (path_ / name).string(); }

private:
    static std::filesystem::path make() {
        std::string name = (std::filesystem::temp_directory_path() / "xtap-chaos-XXXXXX").string();
        if (mkdtemp(name.data()) == nullptr) throw std::system_error(errno, std::generic_category(), name);
        return name;
    }
    bool kept_;
    std::filesystem::path path_;
};

// The consumer's process: one life.
class Life {
public:
    Life(const std::vector<std::string> &arguments, const std::vector<std::string> &variables) {
        std::vector<std::string> words = arguments, environment = variables;
        for (char **one = environ; *one != nullptr; ++one)
            environment.emplace_back(*one);
        std::vector<char *> argv, envp;
        for (std::string &word : words)
            argv.push_back(word.data());
        for (std::string &variable : environment)
            envp.push_back(variable.data());
        argv.push_back(nullptr);
        envp.push_back(nullptr);
        if (const int error = posix_spawn(&pid_, argv[0], nullptr, nullptr, argv.data(), envp.data());
            error != 0)
            throw std::system_error(error, std::generic_category(), argv[0]);
        pidfd_ = static_cast<int>(syscall(SYS_pidfd_open, pid_, 0));
        if (pidfd_ < 0) {
            const int error = errno;
            kill();
            throw std::system_error(error, std::generic_category(), "pidfd_open");
        }
    }
    ~Life() {
        if (pid_ > 0) kill();
        close(pidfd_);
    }
    Life(const Life &) = delete;
    Life &operator=(const Life &) = delete;

    void kill() {
        ::kill(pid_, SIGKILL);
        wait(0);
    }
    // True when it ended by itself with status 0, false when it still lives then; throws when it failed.
    bool ends_before(steady_clock::time_point when) {
        for (;;) {
            const auto left = std::chrono::ceil<milliseconds>(when - steady_clock::now()).count();
            pollfd ended{pidfd_, POLLIN, 0};
            const int ready = poll(&ended, 1, static_cast<int>(std::max<std::int64_t>(left, 0)));
            if (ready > 0) return wait(WNOHANG);
            if (ready == 0) return false;
            if (errno != EINTR) throw std::system_error(errno, std::generic_category(), "poll");
        }
    }

private:
    bool wait(int how) {
        int status = 0;
        if (pid_ <= 0 || waitpid(pid_, &status, how) != pid_) return false;
        pid_ = -1;
        if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return true;
        if (how == WNOHANG) throw std::runtime_error("the consumer failed");
        return false;
    }
    pid_t pid_ = -1;
    int pidfd_ = -1; // readable once it has ended
};

struct Plan {
    Truth truth;
    std::uint64_t faults, kills;
    std::int64_t length_ms; // of what the consumer is to see
    std::vector<std::string> simulator;
};

std::size_t partition_count(const std::string &partitions) {
    const std::size_t dash = partitions.find('-');
    if (dash == std::string::npos) return 1;
    return std::stoul(partitions.substr(dash + 1)) - std::stoul(partitions.substr(0, dash)) + 1;
}

std::uint64_t scaled(std::uint64_t count, double scale) {
    return count == 0
               ? 0
               : std::max<std::uint64_t>(1, static_cast<std::uint64_t>(static_cast<double>(count) / scale));
}

std::string rfc3339(std::int64_t ms) {
    const std::time_t seconds = ms / 1000;
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    char text[32];
    std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
    return text;
}

double speed_of(const Scenario &scenario, const Options &options) {
    return scenario.speed > 0 ? scenario.speed : options.speed;
}

Plan plan_of(const Scenario &scenario, const Options &options) {
    Plan plan{};
    const double each = static_cast<double>(scenario.events) / options.scale /
                        static_cast<double>(partition_count(scenario.partitions));
    plan.length_ms = static_cast<std::int64_t>(each / scenario.rate * 1000);
    plan.faults = scaled(scenario.faults, options.scale);
    plan.kills = scaled(scenario.kills, options.scale);
    plan.truth.partitions = static_cast<std::uint32_t>(partition_count(scenario.partitions));
    plan.truth.rate = scenario.rate;
    plan.truth.base_ms = (wall_ms() - kHeadStartMs) / 1000 * 1000;
    plan.truth.until_ms = wall_ms() + plan.length_ms;
    plan.simulator = {"--rate",      std::to_string(scenario.rate),
                      "--base-time", rfc3339(plan.truth.base_ms),
                      "--speed",     std::to_string(speed_of(scenario, options))};
    if (plan.faults > 0) // the last fifth is quiet
        plan.simulator.insert(
            plan.simulator.end(),
            {"--random-faults",
             std::to_string(options.seed) + "," + std::to_string(plan.faults) + "," +
                 std::to_string(plan.length_ms * 4 / 5 / static_cast<std::int64_t>(plan.faults))});
    plan.simulator.insert(plan.simulator.end(), scenario.simulator.begin(), scenario.simulator.end());
    return plan;
}

std::vector<std::string> consumer_arguments(const Scenario &scenario, const Plan &plan,
                                            const std::string &url, const Folder &folder) {
    std::vector<std::string> arguments = {
        XTAP_CHAOS_CONSUMER,
        "--url",
        url,
        "--operation",
        kOperation,
        "--partitions",
        scenario.partitions,
        "--report",
        folder.file(scenario.name + ".report"),
        "--until-ms",
        std::to_string(plan.truth.until_ms + kLateMs)}; // late ones may come until then
    if (plan.kills > 0) {
        arguments.insert(arguments.end(), {"--checkpoint", folder.file(scenario.name + ".checkpoint")});
        arguments.insert(arguments.end(), {"--in-flight", std::to_string(scenario.in_flight)});
    }
    if (scenario.pause_ms > 0)
        arguments.insert(arguments.end(),
                         {"--pause-at-ms",
                          std::to_string(plan.truth.base_ms + kHeadStartMs + plan.length_ms / 5),
                          "--pause-ms", std::to_string(scenario.pause_ms)});
    for (const std::string &option : scenario.options)
        arguments.insert(arguments.end(), {"--option", option});
    return arguments;
}

// Life after life until the stream is covered to the end; the journals.
std::vector<std::string> live(const Scenario &scenario, const Plan &plan, const Options &options,
                              const SimulatorProcess &simulator, const Folder &folder) {
    std::mt19937_64 random(options.seed);
    std::vector<std::string> journals;
    const auto give_up = steady_clock::now() + std::chrono::minutes(20);
    const double speed = speed_of(scenario, options);
    const double wall = static_cast<double>(plan.length_ms) / speed;
    std::filesystem::remove(folder.file(scenario.name + ".checkpoint")); // of an earlier run that was kept
    for (std::uint64_t left = plan.kills;; --left) {
        journals.push_back(folder.file(scenario.name + ".journal." + std::to_string(journals.size())));
        std::filesystem::remove(journals.back());
        std::vector<std::string> arguments = consumer_arguments(scenario, plan, simulator.url(), folder);
        arguments.insert(arguments.end(), {"--journal", journals.back()});
        arguments.insert(arguments.end(), {"--life", std::to_string(journals.size() - 1)});
        Life life(arguments, simulator.clock_environment());
        // The kills are spread over the first four fifths, each at a random moment of its share.
        const double share = wall * 4 / 5 / static_cast<double>(std::max<std::uint64_t>(plan.kills, 1));
        const double until_death =
            scenario.down_ms > 0 ? wall / 10 : share * std::uniform_real_distribution<>(0.2, 1.8)(random);
        const auto death = steady_clock::now() + milliseconds(static_cast<std::int64_t>(until_death));
        if (life.ends_before(left > 0 ? std::min(death, give_up) : give_up)) return journals;
        if (steady_clock::now() >= give_up)
            throw std::runtime_error("it did not come to its end in 20 minutes");
        life.kill();
        // Its absence is what is tried: there is nothing to wait for but the time.
        std::this_thread::sleep_for(
            milliseconds(static_cast<std::int64_t>(static_cast<double>(scenario.down_ms) / speed)));
    }
}

void show(const char *what, double value, const char *unit = "") {
    std::printf("  %-34s %12.0f %s\n", what, value, unit);
}

} // namespace

bool run(const Scenario &scenario, const Options &options) {
    const auto begun = steady_clock::now();
    std::printf("%s: %s\n", scenario.name.c_str(), scenario.about.c_str());
    std::fflush(stdout);
    const Folder folder(options.folder);
    Plan plan = plan_of(scenario, options);
    SimulatorProcess simulator(plan.simulator);
    const std::vector<std::string> journals = live(scenario, plan, options, simulator, folder);
    const Json state = simulator.state();
    const Verdict verdict = judge(journals, plan.kills > 0, plan.truth, kLateMs);
    std::ifstream report_file(folder.file(scenario.name + ".report"));
    const Json report = Json::parse(std::string(std::istreambuf_iterator<char>(report_file), {}));
    const Json *random = state.pointed("/faults/random");
    const std::uint64_t played = random == nullptr ? 0 : random->value("played", std::uint64_t{0});
    const bool passed =
        verdict.lost == 0 && verdict.twice == 0 && verdict.out_of_order == 0 && verdict.events > 0 &&
        (scenario.gaps ? verdict.in_gaps < verdict.events / 4 : verdict.gaps == 0) && played >= plan.faults &&
        journals.size() == plan.kills + 1 &&
        (scenario.most_live_lag_ms == 0 || verdict.worst_live_lag_ms <= scenario.most_live_lag_ms);
    show("events delivered", static_cast<double>(verdict.events));
    show("lost", static_cast<double>(verdict.lost));
    if (!verdict.first_lost.empty()) std::printf("    the first: %s\n", verdict.first_lost.c_str());
    show("twice", static_cast<double>(verdict.twice));
    show("out of order", static_cast<double>(verdict.out_of_order));
    show("missing inside named gaps", static_cast<double>(verdict.in_gaps));
    show("gaps named", static_cast<double>(verdict.gaps));
    show("faults played", static_cast<double>(played));
    show("connections made", state["connections"].get<double>());
    if (plan.kills > 0) {
        show("kills", static_cast<double>(journals.size() - 1));
        show("delivered, not committed", static_cast<double>(verdict.uncommitted));
        show("checkpoints of the last life", report["checkpoints"].get<double>());
        show("largest checkpoint", report["largest_checkpoint"].get<double>(), "bytes");
    }
    show("replayed events delivered", static_cast<double>(verdict.replayed));
    show("known events dropped", report["duplicates"].get<double>());
    show("marked maybe repeated", static_cast<double>(verdict.maybe_repeated));
    show("worst lag of a live event", static_cast<double>(verdict.worst_live_lag_ms), "ms of its time");
    show("peak memory of the consumer", report["peak_kib"].get<double>() / 1024, "MiB");
    show("of it keys at most", report["most_key_bytes"].get<double>() / 1024, "KiB");
    std::printf("  notices %s\n", report["notices_by_kind"].dump().c_str());
    std::printf("  %s after %lld s\n\n", passed ? "passed" : "FAILED",
                static_cast<long long>(
                    std::chrono::duration_cast<std::chrono::seconds>(steady_clock::now() - begun).count()));
    std::fflush(stdout);
    return passed;
}

std::vector<Scenario> scenarios() {
    const std::vector<std::string> late = {"--late-ms", "50000", "--late-share", "1"};
    const auto with = [](std::vector<std::string> first, const std::vector<std::string> &second) {
        first.insert(first.end(), second.begin(), second.end());
        return first;
    };
    return {
        {.name = "faults",
         .about = "every kind of fault, backfill and recovery allowed: nothing lost, nothing twice, no gap",
         .simulator = late,
         .events = 2'000'000,
         .faults = 1000,
         .rate = kFaultyRate,
         .speed = kFaultySpeed},
        {.name = "order",
         .about = "the same without late events: each partition's order is kept",
         .events = 400'000,
         .faults = 200,
         .rate = kFaultyRate,
         .speed = kFaultySpeed},
        {.name = "refused",
         .about = "the same with backfill and recovery refused: what does not come is inside a named gap",
         .simulator = with(late, {"--refuse", "backfill,recovery"}),
         .events = 2'000'000,
         .faults = 1000,
         .rate = kFaultyRate,
         .speed = kFaultySpeed,
         .gaps = true},
        {.name = "redundant",
         .about = "two connections a partition",
         .simulator = late,
         .options = {"redundancy=2"},
         .events = 400'000,
         .faults = 400,
         .rate = kFaultyRate,
         .speed = kFaultySpeed},
        {.name = "kills",
         .about = "killed at random moments; each batch is committed before the next is read",
         .simulator = late,
         .events = 800'000,
         .faults = 50,
         .kills = 100},
        {.name = "kills-in-flight",
         .about = "killed at random moments with three batches in flight",
         .simulator = late,
         .events = 800'000,
         .faults = 50,
         .kills = 100,
         .in_flight = 3},
        {.name = "pause",
         .about = "the consumer stands still for 30 minutes and is cut off as a slow reader",
         .simulator = with(late, {"--slow-reader-ms", "60000"}),
         .options = {"read_ahead_bytes=16MiB", "max_event_bytes=1MiB"},
         .events = 3'200'000,
         .pause_ms = 30 * 60'000},
        {.name = "slow-recovery",
         .about = "away for 90 minutes; the recovery crawls and does not hold up what happens now",
         .simulator = with(late, {"--replay-rate", "200"}),
         .options = {"recovery_jobs=1"},
         .partitions = "1-2",
         .events = 288'000,
         .kills = 1,
         .down_ms = 90 * 60'000,
         .rate = 20,
         .speed = 60,
         .most_live_lag_ms = 150'000},
    };
}

} // namespace xtap::chaos
