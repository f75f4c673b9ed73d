// Posts as X sends them, made up from a seed: the same seed gives the same posts. For benchmarks and fuzzing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace xtap::test {

// A line of about 1 KB: id, text in one of several languages, entities, metrics, includes. `number` makes the
// id.
std::string sample_post(std::uint64_t number);

std::vector<std::string> sample_posts(std::size_t count);

} // namespace xtap::test
