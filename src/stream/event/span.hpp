// A selected value: where it lies inside its line and what it is. The words that walk, columns and batch
// share.
#pragma once

#include "api/constants.hpp"

#include <cstdint>
#include <string_view>

namespace xtap::event {

// Raw text inside the line: strings without their quotes and not yet unescaped, everything else as written.
struct Span {
    const char *data = nullptr;
    std::uint32_t size = 0;
    ColumnKind kind = ColumnKind::absent;
    bool escaped = false; // a string with a backslash in it

    std::string_view text() const { return {data, size}; }
};

} // namespace xtap::event
