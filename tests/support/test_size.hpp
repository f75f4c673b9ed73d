// How large a test is whose size is arbitrary: ./dev test says it in XTAP_TEST_SIZE, and names at its end
// what it reduced.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace xtap::test {

inline std::string_view test_size() {
    const char *size = std::getenv("XTAP_TEST_SIZE");
    return size != nullptr ? size : "usual";
}

// Says so on a line of its own, which scripts/tally.py looks for.
inline void tell_reduced(const char *what, std::uint64_t reduced, std::uint64_t full) {
    std::printf("\nREDUCED: %s: %llu of %llu\n", what, static_cast<unsigned long long>(reduced),
                static_cast<unsigned long long>(full));
}

// `full`, except in a run that is asked to be short.
inline std::uint64_t full_unless_reduced(const char *what, std::uint64_t full, std::uint64_t reduced) {
    if (test_size() != "reduced") return full;
    tell_reduced(what, reduced, full);
    return reduced;
}

} // namespace xtap::test
