/* For LD_PRELOAD: makes getaddrinfo wait XTAP_SIM_RESOLVE_MS milliseconds, then go on as usual or, with
 * XTAP_SIM_RESOLVE_FAIL=1, fail. Nothing else of the program is touched. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <time.h>

typedef int (*resolver)(const char *, const char *, const struct addrinfo *, struct addrinfo **);

static void wait_ms(long ms) {
    struct timespec left = {ms / 1000, ms % 1000 * 1000000};
    while (nanosleep(&left, &left) != 0 && errno == EINTR) {
    }
}

/* NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name): glibc's names are reserved ones */
int getaddrinfo(const char *restrict node, const char *restrict service,
                const struct addrinfo *restrict hints, struct addrinfo **restrict result) {
    const char *ms = getenv("XTAP_SIM_RESOLVE_MS");
    const char *fail = getenv("XTAP_SIM_RESOLVE_FAIL");
    if (ms) wait_ms(strtol(ms, NULL, 10));
    if (fail && *fail == '1') return EAI_AGAIN;
    /* POSIX promises that a function survives the way through void *; ISO C does not, hence the union. */
    union {
        void *object;
        resolver function;
    } next = {dlsym(RTLD_NEXT, "getaddrinfo")};
    return next.function ? next.function(node, service, hints, result) : EAI_SYSTEM;
}
