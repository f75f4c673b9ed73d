// What clients cost that do nothing: how long one takes to open, and the memory and threads of a thousand,
// each with its user's token. A user of the public header alone.
#include "xtap/xtap.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

// "VmRSS:" in KiB, "Threads:" as they are counted.
long status_of_process(const std::string &key) {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with(key)) return std::strtol(line.c_str() + key.size(), nullptr, 10);
    throw std::runtime_error("/proc/self/status has no " + key);
}

xtap_config *config_of_user(int number) {
    xtap_config *config = nullptr;
    if (xtap_config_create(&config, nullptr) != XTAP_OK) throw std::runtime_error("no config");
    const std::string access = "access-token-of-user-" + std::to_string(number) + std::string(60, 'a');
    const std::string refresh = "refresh-token-of-user-" + std::to_string(number) + std::string(60, 'r');
    xtap_config_set(config, "oauth2_client_id", "client", nullptr);
    xtap_config_set(config, "oauth2_access_token", access.c_str(), nullptr);
    xtap_config_set(config, "oauth2_refresh_token", refresh.c_str(), nullptr);
    return config;
}

xtap_client *open_client(int number, std::vector<double> &took_us) {
    xtap_config *config = config_of_user(number);
    xtap_client *client = nullptr;
    xtap_error error = XTAP_ERROR_INIT;
    const auto before = Clock::now();
    if (xtap_client_open(config, &client, &error) != XTAP_OK) throw std::runtime_error(error.message);
    took_us.push_back(std::chrono::duration<double, std::micro>(Clock::now() - before).count());
    xtap_config_destroy(config);
    return client;
}

void measure(int count) {
    std::vector<double> took_us;
    std::vector<xtap_client *> clients{open_client(0, took_us)};
    const double first_ms = took_us.front() / 1000;
    took_us.clear();
    const long before_kib = status_of_process("VmRSS:");
    for (int number = 1; number <= count; ++number)
        clients.push_back(open_client(number, took_us));
    const long after_kib = status_of_process("VmRSS:"), threads = status_of_process("Threads:");
    for (xtap_client *client : clients)
        xtap_client_close(client);
    std::sort(took_us.begin(), took_us.end());
    std::printf("xtap_client_open, the first of a process  %8.2f ms\n", first_ms);
    std::printf("xtap_client_open, later ones              %8.2f us (median of %d; slowest %.0f us)\n",
                took_us[took_us.size() / 2], count, took_us.back());
    std::printf(
        "idle clients, each with a user's tokens   %8.1f KiB each (%d of them), %ld threads beside main\n",
        static_cast<double>(after_kib - before_kib) / count, count, threads - 1);
}

} // namespace

int main(int argc, char **argv) {
    const bool quick = argc == 2 && std::string(argv[1]) == "--quick";
    if (argc > 1 && !quick) {
        std::fprintf(stderr, "usage: clients_bench [--quick]\n");
        return 2;
    }
    try {
        measure(quick ? 10 : 1000);
    } catch (const std::exception &problem) {
        std::fprintf(stderr, "clients_bench: %s\n", problem.what());
        return 1;
    }
}
