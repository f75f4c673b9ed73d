// Do the brackets of a line pair up? Asked of the list that the scan made, apart from any walk.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace xtap::event {

constexpr std::size_t kMaxNesting = 1024;

// `brackets` are those of a line, in order and without anything between. True when each has its partner of
// the same kind and they are at most kMaxNesting levels deep. What follows the closer of the first bracket
// may be judged either way: nothing may follow it anyway.
bool brackets_pair_up(std::string_view brackets);

} // namespace xtap::event
