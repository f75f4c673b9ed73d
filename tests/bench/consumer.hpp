// A user of the library: takes a stream from a load source by the public header alone, by read or by run,
// looks at every record once and checks that all of them came.
#pragma once

#include "outcome.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace xtap::bench {

enum class Way { read, run };

struct Consumer {
    Way way = Way::run;
    std::string base_url;
    std::string operation = "streamPostsFirehoseJa", partitions = "1";
    std::vector<std::pair<std::string, std::string>> options;
    std::vector<std::string> pointers;
    std::size_t batch_bytes = 256 * 1024; // of read
    std::size_t aged_bytes = 0;           // memory that the process had and gave back before
    bool indexed = true;                  // ids are there
    bool growing_ids = true;              // and grow, in each partition
    bool stamped = false;
    std::uint64_t warm_events = 0;
    std::uint64_t expected_events = 0;
    std::uint64_t expected_bytes = 0; // line ends included
};

Outcome run_consumer(const Consumer &consumer);

} // namespace xtap::bench
