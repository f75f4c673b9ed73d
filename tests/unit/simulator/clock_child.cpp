// Runs under fast_clock.c: waits in every way there is, and prints for each how long it took by the clock of
// this program and by the machine's own, in ms.
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <ctime>
#include <functional>
#include <mutex>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <thread>
#include <unistd.h>

namespace {

constexpr long kMs = 20'000;
constexpr std::chrono::milliseconds kLong(kMs);
const timespec kLongSpec{kMs / 1000, 0};

long long in_ms(const timespec &time) { return time.tv_sec * 1000LL + time.tv_nsec / 1'000'000; }

// Past whoever stands before clock_gettime.
long long machine_ms() {
    timespec now{};
    syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &now);
    return in_ms(now);
}

long long ms_of(clockid_t clock) {
    timespec now{};
    clock_gettime(clock, &now);
    return in_ms(now);
}

timespec soon(clockid_t clock) {
    timespec now{};
    clock_gettime(clock, &now);
    now.tv_sec += kMs / 1000;
    return now;
}

void measure(const char *name, const std::function<void()> &wait, clockid_t clock = CLOCK_MONOTONIC) {
    const long long real = machine_ms(), fast = ms_of(clock);
    wait();
    std::printf("%s %lld %lld\n", name, ms_of(clock) - fast, machine_ms() - real);
}

void measure_waits_for_descriptors() {
    measure("poll", [] { poll(nullptr, 0, kMs); });
    measure("ppoll", [] { ppoll(nullptr, 0, &kLongSpec, nullptr); });
    measure("select", [] {
        timeval timeout{kMs / 1000, 0};
        select(0, nullptr, nullptr, nullptr, &timeout);
    });
    measure("epoll_wait", [] {
        const int epoll = epoll_create1(EPOLL_CLOEXEC);
        epoll_event event{};
        epoll_wait(epoll, &event, 1, kMs);
        close(epoll);
    });
}

void measure_sleeps() {
    measure("nanosleep", [] { nanosleep(&kLongSpec, nullptr); });
    measure("clock_nanosleep", [] { clock_nanosleep(CLOCK_MONOTONIC, 0, &kLongSpec, nullptr); });
    measure("clock_nanosleep_until", [] {
        const timespec until = soon(CLOCK_REALTIME);
        clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &until, nullptr);
    });
    measure("sleep", [] { sleep(kMs / 1000); });
    measure("sleep_for", [] { std::this_thread::sleep_for(kLong); });
    measure(
        "boottime", [] { sleep(kMs / 1000); }, CLOCK_BOOTTIME);
}

void measure_waits_for_threads() {
    std::mutex mutex;
    std::condition_variable never;
    measure("condition_for", [&] {
        std::unique_lock lock(mutex);
        never.wait_for(lock, kLong, [] { return false; });
    });
    measure(
        "condition_until",
        [&] {
            std::unique_lock lock(mutex);
            never.wait_until(lock, std::chrono::system_clock::now() + kLong, [] { return false; });
        },
        CLOCK_REALTIME);
    measure("condition_of_monotonic", [] {
        pthread_condattr_t kind;
        pthread_condattr_init(&kind);
        pthread_condattr_setclock(&kind, CLOCK_MONOTONIC);
        pthread_cond_t condition;
        pthread_cond_init(&condition, &kind);
        pthread_mutex_t held = PTHREAD_MUTEX_INITIALIZER;
        pthread_mutex_lock(&held);
        const timespec until = soon(CLOCK_MONOTONIC);
        while (pthread_cond_timedwait(&condition, &held, &until) == 0) {
        }
        pthread_mutex_unlock(&held);
        pthread_cond_destroy(&condition);
    });
    measure(
        "semaphore",
        [] {
            sem_t semaphore;
            sem_init(&semaphore, 0, 0);
            const timespec until = soon(CLOCK_REALTIME);
            sem_timedwait(&semaphore, &until);
            sem_destroy(&semaphore);
        },
        CLOCK_REALTIME);
}

} // namespace

int main() {
    timeval now{};
    gettimeofday(&now, nullptr);
    std::printf("clocks %lld %lld %lld\n", ms_of(CLOCK_REALTIME), now.tv_sec * 1000LL + now.tv_usec / 1000,
                time(nullptr) * 1000LL);
    measure_waits_for_descriptors();
    measure_sleeps();
    measure_waits_for_threads();
}
