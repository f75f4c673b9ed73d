// The second pass over a line: one walk that finds every value of a Trie. It looks at colons only where
// something is wanted and passes over everything else by counting brackets. Must not know what a value means.
#pragma once

#include "stream/event/scan.hpp"
#include "stream/event/span.hpp"
#include "stream/event/trie.hpp"

#include <cstdint>
#include <vector>

namespace xtap::event {

// A line and its masks. Its strings are closed and its brackets pair up.
struct ScannedLine {
    const char *data;
    std::uint32_t size;
    const BlockBits *blocks;
};

// What a walk found. `facts` holds only those whose bit in `found` is set; `columns` must come in as absent.
struct Findings {
    std::uint64_t found = 0;
    Span *facts;
    Span *columns;

    bool has(unsigned fact) const { return (found >> fact & 1) != 0; }
};

constexpr unsigned kMaxFacts = 64;

// The memory of walks over one tree, used again and again: no allocation per line.
class WalkMemory {
public:
    explicit WalkMemory(const Trie &trie) : seen_(trie.size(), 0) {}
    // A number for an object that is gone into, never given twice.
    std::uint64_t next_visit() { return ++visit_; }
    // True the first time within a visit: a repeated key is not looked at again.
    bool first_time(std::uint32_t node, std::uint64_t visit) {
        const bool first = seen_[node] != visit;
        seen_[node] = visit;
        return first;
    }

private:
    std::vector<std::uint64_t> seen_;
    std::uint64_t visit_ = 0;
};

// False when the line is not one object with nothing but white space around it.
bool walk(const Trie &trie, WalkMemory &memory, const ScannedLine &line, Findings &findings);

} // namespace xtap::event
