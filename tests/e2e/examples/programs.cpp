// See programs.hpp.
#include "examples/programs.hpp"

#include <sstream>

namespace xtap::e2e {

Call example(const std::string &name, std::vector<std::string> words, const std::string &base_url,
             const Environment &credentials) {
    words.insert(words.begin(), std::string(XTAP_EXAMPLES_PATH) + "/" + name);
    Call call{std::move(words), credentials};
    call.environment["XTAP_BASE_URL"] = base_url;
    return call;
}

std::vector<std::string> lines_of(const std::string &text) {
    std::vector<std::string> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);)
        lines.push_back(line);
    return lines;
}

std::vector<std::string> requests_of(sim::SimulatorProcess &simulator) {
    std::vector<std::string> all;
    const Json answer = simulator.control("GET", "/requests");
    for (const Json &request : answer["list"])
        all.push_back(request["method"].get<std::string>() + " " + request["target"].get<std::string>() +
                      " " + std::to_string(request["status"].get<int>()));
    return all;
}

} // namespace xtap::e2e
