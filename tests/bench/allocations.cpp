// Counts calls of malloc and its kin, of this programme and every library in it, by standing before glibc's.
// Left out under sanitizers, which stand there themselves.
#include "meter.hpp"

#include <atomic>
#include <cerrno>
#include <cstddef>

#if XTAP_BENCH_COUNT_ALLOCATIONS

namespace {
std::atomic<std::uint64_t> calls{0};
void count() { calls.fetch_add(1, std::memory_order_relaxed); }
} // namespace

namespace xtap::bench {
std::uint64_t allocations_so_far() { return calls.load(std::memory_order_relaxed); }
bool allocations_counted() { return true; }
} // namespace xtap::bench

// The names are glibc's, and so must these be.
// NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming,readability-inconsistent-declaration-parameter-name)
extern "C" {
void *__libc_malloc(std::size_t size);
void *__libc_calloc(std::size_t count, std::size_t size);
void *__libc_realloc(void *memory, std::size_t size);
void *__libc_memalign(std::size_t alignment, std::size_t size);
void __libc_free(void *memory);

void *malloc(std::size_t size) noexcept {
    count();
    return __libc_malloc(size);
}
void *calloc(std::size_t number, std::size_t size) noexcept {
    count();
    return __libc_calloc(number, size);
}
void *realloc(void *memory, std::size_t size) noexcept {
    count();
    return __libc_realloc(memory, size);
}
void *memalign(std::size_t alignment, std::size_t size) noexcept {
    count();
    return __libc_memalign(alignment, size);
}
void *aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
    count();
    return __libc_memalign(alignment, size);
}
int posix_memalign(void **memory, std::size_t alignment, std::size_t size) noexcept {
    count();
    *memory = __libc_memalign(alignment, size);
    return *memory != nullptr ? 0 : ENOMEM;
}
void free(void *memory) noexcept { __libc_free(memory); }
}
// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming,readability-inconsistent-declaration-parameter-name)

#else

namespace xtap::bench {
std::uint64_t allocations_so_far() { return 0; }
bool allocations_counted() { return false; }
} // namespace xtap::bench

#endif
