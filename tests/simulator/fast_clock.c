/* For LD_PRELOAD: time runs XTAP_SIM_SPEED times as fast, from the moment XTAP_SIM_SPEED_SINCE (ns since
 * 1970) on, at which fast and real time are equal; so processes that have both from each other agree about
 * the time. Clocks are scaled where they are read and timeouts where they are waited for. Left alone: the
 * clocks of processors and threads, timers of the kernel (timerfd, timeouts of sockets) and whoever asks it
 * directly. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

/* Defines `next`, the function that this one stands before. POSIX promises that a function survives the way
 * through void *; ISO C does not, hence the union. Threads may look it up at once: they find the same. */
#define NEXT(type, name)                                                                                     \
    static _Atomic(type) next;                                                                               \
    if (!next) {                                                                                             \
        union {                                                                                              \
            void *object;                                                                                    \
            type function;                                                                                   \
        } found = {dlsym(RTLD_NEXT, name)};                                                                  \
        next = found.function;                                                                               \
    }

enum { clocks = 8 }; /* CLOCK_REALTIME 0 ... CLOCK_BOOTTIME 7 */
static const int64_t second = 1000000000;

static double speed = 1;
static int64_t since[clocks]; /* of each clock, the moment at which fast and real time are equal */
static int started;

double xtap_fast_clock_speed(void);

static int64_t ns_of(const struct timespec *time) { return time->tv_sec * second + time->tv_nsec; }

static struct timespec timespec_of(int64_t ns) {
    if (ns < 0) ns = 0;
    return (struct timespec){ns / second, ns % second};
}

static int is_scaled(clockid_t clock) {
    return clock >= 0 && clock < clocks && clock != CLOCK_PROCESS_CPUTIME_ID &&
           clock != CLOCK_THREAD_CPUTIME_ID;
}

static int real_time(clockid_t clock, struct timespec *time) {
    typedef int (*reader)(clockid_t, struct timespec *);
    NEXT(reader, "clock_gettime")
    return next(clock, time);
}

/* Also called by whoever asks for the time before the constructors have run. */
__attribute__((constructor)) static void start(void) {
    if (started) return;
    started = 1;
    const char *wanted = getenv("XTAP_SIM_SPEED"), *from = getenv("XTAP_SIM_SPEED_SINCE");
    struct timespec now;
    if (!wanted || !from || strtod(wanted, NULL) <= 0 || real_time(CLOCK_REALTIME, &now) != 0) return;
    const int64_t ago = ns_of(&now) - strtoll(from, NULL, 10);
    for (clockid_t clock = 0; clock < clocks; ++clock)
        if (is_scaled(clock) && real_time(clock, &now) == 0) since[clock] = ns_of(&now) - ago;
    speed = strtod(wanted, NULL);
}

/* How a program finds out that it runs under this. */
double xtap_fast_clock_speed(void) {
    start();
    return speed;
}

static int64_t fast_of(clockid_t clock, int64_t real) {
    return since[clock] + (int64_t)((double)(real - since[clock]) * speed);
}

static int64_t real_of(clockid_t clock, int64_t fast) {
    return since[clock] + (int64_t)((double)(fast - since[clock]) / speed);
}

/* Never less than asked for: whoever waits for a moment must find that it has come. */
static int64_t shorter(int64_t ns) { return ns <= 0 ? ns : (int64_t)((double)ns / speed) + 1; }

/* NOLINTBEGIN(readability-inconsistent-declaration-parameter-name): glibc's names are reserved ones */
/* NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming): so are those of the checked
 * variants */

int clock_gettime(clockid_t clock, struct timespec *time) {
    start();
    const int result = real_time(clock, time);
    if (result == 0 && is_scaled(clock)) *time = timespec_of(fast_of(clock, ns_of(time)));
    return result;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    struct timespec time;
    if (zone) *(struct timezone *)zone = (struct timezone){0, 0};
    if (clock_gettime(CLOCK_REALTIME, &time) != 0) return -1;
    *now = (struct timeval){time.tv_sec, time.tv_nsec / 1000};
    return 0;
}

time_t time(time_t *out) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (out) *out = now.tv_sec;
    return now.tv_sec;
}

int ppoll(struct pollfd *fds, nfds_t count, const struct timespec *timeout, const sigset_t *mask) {
    typedef int (*poller)(struct pollfd *, nfds_t, const struct timespec *, const sigset_t *);
    start();
    NEXT(poller, "ppoll")
    struct timespec real;
    if (timeout) real = timespec_of(shorter(ns_of(timeout)));
    return next(fds, count, timeout ? &real : NULL, mask);
}

int poll(struct pollfd *fds, nfds_t count, int timeout_ms) {
    const struct timespec timeout = timespec_of((int64_t)timeout_ms * 1000000);
    return ppoll(fds, count, timeout_ms < 0 ? NULL : &timeout, NULL);
}

/* What poll() and ppoll() become in programs that are compiled with checks of their buffers. */
int __poll_chk(struct pollfd *fds, nfds_t count, int timeout_ms, size_t size);
int __poll_chk(struct pollfd *fds, nfds_t count, int timeout_ms, size_t size) {
    if (size / sizeof *fds < count) abort();
    return poll(fds, count, timeout_ms);
}

int __ppoll_chk(struct pollfd *fds, nfds_t count, const struct timespec *timeout, const sigset_t *mask,
                size_t size);
int __ppoll_chk(struct pollfd *fds, nfds_t count, const struct timespec *timeout, const sigset_t *mask,
                size_t size) {
    if (size / sizeof *fds < count) abort();
    return ppoll(fds, count, timeout, mask);
}

int epoll_pwait(int epoll, struct epoll_event *events, int most, int timeout_ms, const sigset_t *mask) {
    typedef int (*poller)(int, struct epoll_event *, int, int, const sigset_t *);
    start();
    const int64_t ns = shorter((int64_t)timeout_ms * 1000000);
    if (timeout_ms > 0) {
        const struct timespec timeout = timespec_of(ns);
        const long found =
            syscall(SYS_epoll_pwait2, epoll, events, most, &timeout, mask, (size_t)(_NSIG / 8));
        if (found >= 0 || errno != ENOSYS) return (int)found;
        timeout_ms = (int)((ns + 999999) / 1000000);
    }
    NEXT(poller, "epoll_pwait")
    return next(epoll, events, most, timeout_ms, mask);
}

int epoll_wait(int epoll, struct epoll_event *events, int most, int timeout_ms) {
    return epoll_pwait(epoll, events, most, timeout_ms, NULL);
}

int select(int count, fd_set *restrict to_read, fd_set *restrict to_write, fd_set *restrict to_except,
           struct timeval *restrict timeout) {
    typedef int (*selector)(int, fd_set *, fd_set *, fd_set *, struct timeval *);
    start();
    NEXT(selector, "select")
    struct timeval real;
    if (timeout) {
        const int64_t us = (shorter((timeout->tv_sec * 1000000 + timeout->tv_usec) * 1000) + 999) / 1000;
        real = (struct timeval){us / 1000000, us % 1000000};
    }
    return next(count, to_read, to_write, to_except, timeout ? &real : NULL);
}

int clock_nanosleep(clockid_t clock, int flags, const struct timespec *wanted, struct timespec *left) {
    typedef int (*sleeper)(clockid_t, int, const struct timespec *, struct timespec *);
    start();
    NEXT(sleeper, "clock_nanosleep")
    if (!is_scaled(clock)) return next(clock, flags, wanted, left);
    const int absolute = (flags & TIMER_ABSTIME) != 0;
    const struct timespec real =
        timespec_of(absolute ? real_of(clock, ns_of(wanted)) + 1 : shorter(ns_of(wanted)));
    const int result = next(clock, flags, &real, left);
    if (result == EINTR && left && !absolute) *left = timespec_of((int64_t)((double)ns_of(left) * speed));
    return result;
}

int nanosleep(const struct timespec *wanted, struct timespec *left) {
    const int result = clock_nanosleep(CLOCK_MONOTONIC, 0, wanted, left);
    if (result == 0) return 0;
    errno = result;
    return -1;
}

int usleep(useconds_t us) {
    const struct timespec wanted = timespec_of((int64_t)us * 1000);
    return nanosleep(&wanted, NULL);
}

unsigned sleep(unsigned seconds) {
    struct timespec left = {seconds, 0};
    return nanosleep(&left, &left) == 0 ? 0 : (unsigned)left.tv_sec;
}

int pthread_cond_clockwait(pthread_cond_t *restrict condition, pthread_mutex_t *restrict mutex,
                           clockid_t clock, const struct timespec *restrict deadline) {
    typedef int (*waiter)(pthread_cond_t *, pthread_mutex_t *, clockid_t, const struct timespec *);
    start();
    NEXT(waiter, "pthread_cond_clockwait")
    if (!is_scaled(clock)) return next(condition, mutex, clock, deadline);
    const struct timespec real = timespec_of(real_of(clock, ns_of(deadline)) + 1);
    return next(condition, mutex, clock, &real);
}

/* The condition knows which clock its deadlines are of and does not tell; the nearer one it is, for one
 * counts from 1970 and the other from the start of the machine. */
int pthread_cond_timedwait(pthread_cond_t *restrict condition, pthread_mutex_t *restrict mutex,
                           const struct timespec *restrict deadline) {
    struct timespec real, monotonic;
    clock_gettime(CLOCK_REALTIME, &real);
    clock_gettime(CLOCK_MONOTONIC, &monotonic);
    const int64_t wanted = ns_of(deadline);
    const int is_real = llabs(wanted - ns_of(&real)) < llabs(wanted - ns_of(&monotonic));
    return pthread_cond_clockwait(condition, mutex, is_real ? CLOCK_REALTIME : CLOCK_MONOTONIC, deadline);
}

int sem_timedwait(sem_t *restrict semaphore, const struct timespec *restrict deadline) {
    typedef int (*waiter)(sem_t *, const struct timespec *);
    start();
    NEXT(waiter, "sem_timedwait")
    const struct timespec real = timespec_of(real_of(CLOCK_REALTIME, ns_of(deadline)) + 1);
    return next(semaphore, &real);
}

/* NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming) */
/* NOLINTEND(readability-inconsistent-declaration-parameter-name) */
