// The load source of xtap-bench alone, for programs in other languages: for every number of laps on stdin one
// server, whose address it prints. The next one, or the end of stdin, ends it.
#include "load_source.hpp"

#include <cstdio>
#include <exception>
#include <memory>

int main() {
    using namespace xtap::bench;
    try {
        const Load load(LoadShape{});
        std::unique_ptr<LoadSource> source;
        unsigned long laps = 0;
        while (std::scanf("%lu", &laps) == 1) {
            source.reset();
            Serving serving;
            serving.load = &load;
            serving.laps = laps;
            source = std::make_unique<LoadSource>(serving);
            std::printf("URL=http://127.0.0.1:%u EVENTS=%llu BYTES=%llu\n", source->port(),
                        static_cast<unsigned long long>(laps * load.lap_events()),
                        static_cast<unsigned long long>(laps * load.lap_bytes()));
            std::fflush(stdout);
        }
        return 0;
    } catch (const std::exception &problem) {
        std::fprintf(stderr, "bindings_load: %s\n", problem.what());
        return 1;
    }
}
