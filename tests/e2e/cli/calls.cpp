// Command lines for the programs of this build.
#include "cli/calls.hpp"

namespace xtap::e2e {
namespace {

// The same in `--print` and in the served streams, or their bytes would differ.
std::vector<std::string> with_the_same_events(std::vector<std::string> words) {
    words.insert(words.end(), {"--base-time", "2026-07-20T12:00:00Z", "--seed", "7"});
    return words;
}

} // namespace

Simulator::Simulator(std::vector<std::string> words)
    : sim::SimulatorProcess(with_the_same_events(std::move(words))) {}

Call printing(const std::string &operation, std::uint64_t count, unsigned partition) {
    return {with_the_same_events({XTAP_SIM_PATH, "--print", operation, "--partition",
                                  std::to_string(partition), "--count", std::to_string(count)})};
}

Call xtap(std::vector<std::string> words) {
    words.insert(words.begin(), XTAP_PROGRAM_PATH);
    return {std::move(words), {{"XTAP_BEARER_TOKEN", kToken}}};
}

Call xtap_stream(const Simulator &simulator, const std::string &operation,
                 const std::vector<std::string> &words) {
    std::vector<std::string> all = {"stream", operation, "--base-url", simulator.url()};
    all.insert(all.end(), words.begin(), words.end());
    return xtap(std::move(all));
}

Call xtap_of_user(const Simulator &simulator, const std::string &config,
                  const std::vector<std::string> &words) {
    Call call = xtap(words);
    call.environment = {{"XDG_CONFIG_HOME", config}, {"XTAP_BASE_URL", simulator.url()}};
    return call;
}

std::size_t errors_in(const std::string &err) {
    std::size_t count = 0;
    for (std::size_t at = err.find("xtap: error:"); at != std::string::npos;
         at = err.find("xtap: error:", at + 1)) {
        count += at == 0 || err[at - 1] == '\n' ? 1 : 0;
    }
    return count;
}

} // namespace xtap::e2e
