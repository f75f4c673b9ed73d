// xtap-sim: puts the parts together and runs until it is told to end.
#include "api.hpp"
#include "control.hpp"
#include "events.hpp"
#include "options.hpp"
#include "relay.hpp"
#include "server.hpp"
#include "speed.hpp"
#include "tls.hpp"

#include <csignal>
#include <cstdio>
#include <iostream>
#include <optional>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace xtap::sim {
namespace {

int print_events(const Settings &settings) {
    TemplateStore store(settings.seed);
    const Operation &operation = *operation_by_name(settings.print);
    EventSource source(store, operation, operation.partitions > 0 ? settings.partition : 0,
                       Timeline(settings.base_time, settings.rate));
    const std::uint64_t first = settings.from > 0 ? settings.from : 1;
    std::string text;
    for (std::uint64_t number = first; number < first + settings.count; ++number) {
        source.append(text, number);
        text.push_back('\n');
        if (text.size() < 64 * 1024 && number + 1 < first + settings.count) continue;
        if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) return 1;
        text.clear();
    }
    return std::fflush(stdout) == 0 ? 0 : 1;
}

// Returns when SIGTERM or SIGINT came, or stdin ended where that counts.
void wait_for_the_end(int signals, bool until_eof) {
    for (;;) {
        pollfd fds[2] = {{signals, POLLIN, 0}, {until_eof ? STDIN_FILENO : -1, POLLIN, 0}};
        if (::poll(fds, 2, -1) < 0) continue;
        if (fds[0].revents != 0) return;
        char rest[256];
        if (fds[1].revents != 0 && ::read(STDIN_FILENO, rest, sizeof rest) <= 0) return;
    }
}

int serve(const Settings &settings) {
    // Blocked before any thread starts, so that only the descriptor hears of them.
    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    pthread_sigmask(SIG_BLOCK, &ends, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
    const int signals = signalfd(-1, &ends, SFD_CLOEXEC);
    if (settings.with_parent) {
        const pid_t parent = getppid();
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        if (getppid() != parent) return 0; // it ended in between
    }
    rlimit files{};
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
    }

    World world(settings);
    TemplateStore events(settings.seed);
    std::optional<TlsServer> tls;
    if (settings.tls) tls.emplace(settings.cert_out);
    HttpServer api("127.0.0.1", settings.speed), control("127.0.0.1", settings.speed);
    add_common(api.routes(), world);
    add_streams(api.routes(), world);
    Api operations(api.routes(), world);
    add_operations(operations);
    add_control(control.routes(), world);
    Relay relay(world, events, tls ? &*tls : nullptr, api.port());
    api.start();
    control.start();
    relay.start();
    world.player.start();

    std::cout << "xtap-sim ready URL=" << relay.own_url() << " CONTROL=http://127.0.0.1:" << control.port();
    if (settings.speed != 1) std::cout << speed_words();
    if (tls) std::cout << " CERT=" << tls->certificate_path();
    std::cout << std::endl;
    wait_for_the_end(signals, settings.until_eof);
    world.player.stop();
    world.connections.stop();
    world.recorder.stop();
    relay.stop();
    ::close(signals);
    return 0;
}

} // namespace
} // namespace xtap::sim

// httplib's library is not built for ThreadSanitizer, which therefore cannot see that its function-local
// statics are guarded. Only what that library itself reads and writes is left out; our handlers are still
// watched.
// The name is ThreadSanitizer's. NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming)
extern "C" const char *__tsan_default_suppressions();
extern "C" const char *__tsan_default_suppressions() { return "called_from_lib:libcpp-httplib.so\n"; }
// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming)

int main(int argc, char **argv) {
    int status = 0;
    const auto settings = xtap::sim::parse_command_line(argc, argv, status);
    if (!settings) return status;
    try {
        if (settings->speed != 1) xtap::sim::run_at_speed(settings->speed, argv);
        return settings->print.empty() ? xtap::sim::serve(*settings) : xtap::sim::print_events(*settings);
    } catch (const std::exception &error) {
        std::cerr << "xtap-sim: " << error.what() << "\n";
        return 1;
    }
}
