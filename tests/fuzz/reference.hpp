// A classifier written the plain way, on simdjson's DOM: what the fast one must agree with.
#pragma once

#include "stream/event/classifier.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace xtap::test {

struct ReferenceColumn {
    ColumnKind kind = ColumnKind::absent;
    std::string text; // strings unescaped, everything else as simdjson writes it
};

struct ReferenceEvent {
    Kind kind;
    std::uint32_t flags;
    std::uint64_t id;
    std::int64_t time_ms;
    std::vector<ReferenceColumn> columns;
};

// Nothing when simdjson does not take the line for one object.
std::optional<ReferenceEvent> classify_by_reference(Kind expected, const std::vector<std::string> &pointers,
                                                    std::string_view line);

// A value written down the way simdjson does it, so that two spellings of one value compare equal.
std::optional<std::string> normalised(std::string_view json);

} // namespace xtap::test
