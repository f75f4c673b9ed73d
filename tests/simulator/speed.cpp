// See speed.hpp.
#include "speed.hpp"

#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <dlfcn.h>
#include <filesystem>
#include <stdexcept>
#include <system_error>
#include <unistd.h>

namespace xtap::sim {
namespace {

constexpr const char *kLibrary = "libxtap_fast_clock.so";
constexpr const char *kSelf = "/proc/self/exe";

// 0: not under the fast clock.
double speed_now() {
    void *found = dlsym(RTLD_DEFAULT, "xtap_fast_clock_speed");
    return found ? reinterpret_cast<double (*)()>(found)() : 0;
}

std::filesystem::path library() {
    auto beside = std::filesystem::read_symlink(kSelf).parent_path() / kLibrary;
    if (std::filesystem::exists(beside)) return beside;
    auto installed = std::filesystem::path(XTAP_SIM_PRELOAD_DIR) / kLibrary;
    if (std::filesystem::exists(installed)) return installed;
    throw std::runtime_error("--speed needs " + std::string(kLibrary) +
                             ", which is neither beside this program nor in " + XTAP_SIM_PRELOAD_DIR);
}

// Puts a text before what the variable holds already.
void put_before(const char *name, const std::string &text, char separator) {
    const char *held = std::getenv(name);
    setenv(name, held && *held ? (text + separator + held).c_str() : text.c_str(), 1);
}

} // namespace

void run_at_speed(double speed, char **argv) {
    if (const double now = speed_now(); now == speed)
        return;
    else if (now > 0)
        throw std::runtime_error("time runs at a speed of " + std::to_string(now) + " already");
    if (std::getenv("XTAP_SIM_SPEED_SINCE"))
        throw std::runtime_error(std::string("XTAP_SIM_SPEED_SINCE is set, but ") + kLibrary +
                                 " is not loaded");
    using namespace std::chrono;
    const auto since = duration_cast<nanoseconds>(system_clock::now().time_since_epoch()).count();
    char digits[32] = {}; // the shortest text that reads as the same number
    std::to_chars(digits, digits + sizeof digits - 1, speed);
    setenv("XTAP_SIM_SPEED", digits, 1);
    setenv("XTAP_SIM_SPEED_SINCE", std::to_string(since).c_str(), 1);
    put_before("LD_PRELOAD", library(), ':');
#ifdef __SANITIZE_ADDRESS__
    put_before("ASAN_OPTIONS", "verify_asan_link_order=0", ':'); // it wants to be the first library itself
#endif
    execv(kSelf, argv);
    throw std::system_error(errno, std::generic_category(), "cannot start again with --speed");
}

std::string speed_words() {
    const char *speed = std::getenv("XTAP_SIM_SPEED"), *since = std::getenv("XTAP_SIM_SPEED_SINCE");
    if (!speed || !since) return "";
    return std::string(" SPEED=") + speed + " SPEED_SINCE=" + since;
}

} // namespace xtap::sim
