// See sources.hpp.
#include "edge/sources.hpp"

#include "api/failure.hpp"
#include "edge/clock.hpp"

#include <cerrno>
#include <cstring>
#include <sys/random.h>

namespace xtap::edge {
namespace {

void fill(std::span<char> bytes) {
    while (!bytes.empty()) {
        const ssize_t got = getrandom(bytes.data(), bytes.size(), 0);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0)
            throw Failure(Status::internal,
                          std::string("the kernel gives no random bytes: ") + std::strerror(errno));
        bytes = bytes.subspan(static_cast<std::size_t>(got));
    }
}

} // namespace

Sources system_sources() {
    return {[] { return now().wall_ms; }, fill};
}

} // namespace xtap::edge
