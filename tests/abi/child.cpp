// A program that misbehaves as real programs do: it returns from main, exits in a callback, or hangs in a
// resolver, with a stream open or a request under way. Run by the process tests: child CASE BASE_URL
// READ_AHEAD_BYTES.
#include "xtap/xtap.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dirent.h>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace {

using Clock = std::chrono::steady_clock;

struct Setup {
    const char *url, *read_ahead;
};

xtap_stream *open_stream(const Setup &setup) {
    xtap_config *config = nullptr;
    xtap_client *client = nullptr;
    xtap_request *request = nullptr;
    xtap_stream *stream = nullptr;
    xtap_error error = XTAP_ERROR_INIT;
    xtap_config_create(&config, &error);
    for (const auto &[name, value] : {std::pair{"base_url", setup.url},
                                      {"bearer_token", "AAAAchild"},
                                      {"allow_insecure", "on"},
                                      {"connect_budget", "0"},
                                      {"backoff_network_step_ms", "1"},
                                      {"read_ahead_bytes", setup.read_ahead}})
        xtap_config_set(config, name, value, &error);
    if (const char *ca = std::getenv("CHILD_CA_FILE")) xtap_config_set(config, "ca_file", ca, &error);
    if (xtap_client_open(config, &client, &error) != XTAP_OK ||
        xtap_request_create(client, "streamPostsSample", &request, &error) != XTAP_OK ||
        xtap_stream_open(request, &stream, &error) != XTAP_OK) {
        std::fprintf(stderr, "%s\n", error.message);
        std::exit(90);
    }
    return stream;
}

xtap_status read_some(xtap_stream *stream, std::uint32_t timeout_ms) {
    static char data[256 * 1024];
    static xtap_record records[64];
    xtap_batch batch = XTAP_BATCH_INIT;
    batch.data = data, batch.data_capacity = sizeof data;
    batch.records = records, batch.record_capacity = 64;
    return xtap_stream_read(stream, &batch, timeout_ms, nullptr);
}

bool state_is(xtap_stream *stream, const char *state) {
    char text[8192] = {};
    std::size_t size = 0;
    xtap_stream_stats(stream, text, sizeof text - 1, &size, nullptr);
    return std::strstr(text, (std::string("\"state\":\"") + state + "\"").c_str()) != nullptr;
}

xtap_flow exit_now(const xtap_event *, void *) { std::exit(7); }
xtap_flow go_on(const xtap_event *, void *) { return XTAP_CONTINUE; }

// Whatever is in the way must not keep cancel waiting. Prints the milliseconds it took.
int cancel_while_resolving(const Setup &setup) {
    xtap_stream *stream = open_stream(setup);
    Clock::time_point left;
    xtap_status status = XTAP_OK;
    std::thread runner([&] {
        status = xtap_stream_run(stream, nullptr);
        left = Clock::now();
    });
    while (!state_is(stream, "connecting"))
        std::this_thread::yield();
    const auto asked = Clock::now();
    xtap_stream_cancel(stream);
    runner.join();
    xtap_stream_close(stream);
    const auto closed = Clock::now();
    std::printf("%lld %lld\n", static_cast<long long>((left - asked) / std::chrono::milliseconds(1)),
                static_cast<long long>((closed - left) / std::chrono::milliseconds(1)));
    std::fflush(stdout);
    return status == XTAP_E_CANCELLED ? 0 : 1;
}

// Another thread is inside run when main returns.
int return_while_running(const Setup &setup) {
    xtap_stream *stream = open_stream(setup);
    xtap_stream_on_event(stream, go_on, nullptr);
    std::thread([stream] { xtap_stream_run(stream, nullptr); }).detach();
    while (!state_is(stream, "open"))
        std::this_thread::yield();
    return 0;
}

// Another thread waits for an answer when main returns.
int return_while_sending(const Setup &setup) {
    xtap_config *config = nullptr;
    xtap_client *client = nullptr;
    xtap_request *request = nullptr;
    xtap_config_create(&config, nullptr);
    xtap_config_set(config, "base_url", setup.url, nullptr);
    xtap_config_set(config, "bearer_token", "AAAAchild", nullptr);
    if (xtap_client_open(config, &client, nullptr) != XTAP_OK) return 94;
    xtap_request_create(client, "getUsersByUsername", &request, nullptr);
    xtap_request_set(request, "username", "a", nullptr);
    std::thread([request] {
        xtap_response *response = nullptr;
        xtap_request_send(request, &response, nullptr);
    }).detach();
    char text[4096] = {};
    while (std::strstr(text, "\"in_flight\":1") == nullptr) {
        std::size_t size = 0;
        xtap_client_stats(client, text, sizeof text, &size, nullptr);
    }
    return 0;
}

// Connections and event descriptors inherited through exec. Local sockets are not asked about: libcurl's own
// wake-up pair.
int list_descriptors() {
    DIR *folder = opendir("/proc/self/fd");
    while (const dirent *entry = readdir(folder)) {
        const int fd = std::atoi(entry->d_name);
        if (entry->d_name[0] == '.' || fd <= 2 || fd == dirfd(folder)) continue;
        char target[256] = {};
        int domain = AF_UNIX;
        socklen_t size = sizeof domain;
        getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size);
        const std::string path = "/proc/self/fd/" + std::string(entry->d_name);
        if (readlink(path.c_str(), target, sizeof target - 1) <= 0) continue;
        if (domain != AF_UNIX || std::strstr(target, "event")) std::printf("%d %s\n", fd, target);
    }
    closedir(folder);
    return 0;
}

} // namespace

int main(int argc, char **argv) {
    const std::string what = argc > 1 ? argv[1] : "";
    if (what == "descriptors") return list_descriptors();
    if (argc != 4) return 91;
    const Setup setup{argv[2], argv[3]};
    if (what == "resolving") return cancel_while_resolving(setup);
    if (what == "running") return return_while_running(setup);
    if (what == "sending") return return_while_sending(setup);
    xtap_stream *stream = open_stream(setup);
    if (what == "connecting") { // leaves at once, whatever state that is
        static_cast<void>(read_some(stream, 0));
        return 0;
    }
    if (what == "streaming") {
        for (int i = 0; i < 20; ++i)
            if (read_some(stream, XTAP_FOREVER) != XTAP_OK) return 92;
        return 0;
    }
    if (what == "exiting") {
        xtap_stream_on_event(stream, exit_now, nullptr);
        return static_cast<int>(xtap_stream_run(stream, nullptr));
    }
    return 93;
}
