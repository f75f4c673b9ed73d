// See process.hpp. Static objects here are never destroyed: threads may outlive static destruction.
#include "edge/process.hpp"

#include "api/failure.hpp"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <curl/curl.h>
#include <mutex>
#include <pthread.h>
#include <simdjson.h>
#include <vector>

namespace xtap::edge {

namespace {

std::atomic<std::uint32_t> generation{1};
std::atomic<bool> exiting{false};

struct Listeners {
    std::mutex mutex;
    std::vector<ExitListener *> all;
};

Listeners &listeners() {
    static auto *const instance = new Listeners; // never freed: used by the exit handler
    return *instance;
}

void on_fork_child() { generation.fetch_add(1, std::memory_order_relaxed); }

void on_exit() {
    {
        // The list stays locked: a client that ends meanwhile waits in its destructor until its listener was
        // told.
        const std::lock_guard lock(listeners().mutex);
        for (ExitListener *listener : listeners().all)
            listener->on_exit();
    }
    // Only now: until here connections were closed in good order, from here on OpenSSL may be gone.
    exiting.store(true, std::memory_order_release);
}

// A forked child must find the list unlocked.
void before_fork() { listeners().mutex.lock(); }
void after_fork_in_parent() { listeners().mutex.unlock(); }
void after_fork_in_child() {
    on_fork_child();
    listeners().all.clear(); // the parent's threads are not here
    listeners().mutex.unlock();
}

bool start() {
    listeners();
    // Exit handlers run in reverse order. simdjson keeps its implementations in static objects made by their
    // first use: used first on the I/O thread they would be gone when our handler comes to stop that thread.
    [[maybe_unused]] const bool first_use = simdjson::validate_utf8("", 0);
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) return false;
    if (pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child) != 0) return false;
    // After curl_global_init, for the same reason: OpenSSL registered its own in there.
    return std::atexit(on_exit) == 0;
}

} // namespace

void start_process() {
    static const bool started = start();
    if (!started) throw Failure(Status::internal, "libcurl could not be started");
}

std::uint32_t process_generation() noexcept { return generation.load(std::memory_order_relaxed); }

bool process_exiting() noexcept { return exiting.load(std::memory_order_acquire); }

ExitListener::ExitListener() {
    const std::lock_guard lock(listeners().mutex);
    listeners().all.push_back(this);
}

ExitListener::~ExitListener() {
    const std::lock_guard lock(listeners().mutex);
    std::erase(listeners().all, this);
}

} // namespace xtap::edge
