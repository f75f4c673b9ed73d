// What a consumer of the chaos writes down before it commits anything, and what is read back when it is dead.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace xtap::chaos {

enum class What : std::uint32_t { event = 1, resumed = 2, gap = 3 };

struct Entry {
    What what;
    std::uint32_t partition;     // or the life that was resumed
    std::uint64_t number;        // of the event; the position that was resumed from
    std::uint64_t position;      // of the event
    std::int64_t from_ms, to_ms; // of the gap; of an event its flags and how late it was delivered
};
static_assert(sizeof(Entry) == 40);

class Journal {
public:
    explicit Journal(const std::string &path);
    ~Journal();
    Journal(const Journal &) = delete;
    Journal &operator=(const Journal &) = delete;

    void add(const Entry &entry) { entries_.push_back(entry); }
    void flush(); // what is flushed survives the death of the process

private:
    int fd_;
    std::vector<Entry> entries_;
};

// An entry cut off by death is left out.
std::vector<Entry> read_journal(const std::string &path);

} // namespace xtap::chaos
