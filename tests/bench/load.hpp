// What the load source sends: a lap of made-up posts as it goes over the wire, framed and perhaps compressed,
// to be sent again and again. Lives in a shared memory file, so that only the process that sends has it in
// its memory. Knows no socket.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace xtap::bench {

struct LoadShape {
    std::size_t events = 8000;           // different ones, a lap
    std::size_t chunk_bytes = 64 * 1024; // of the chunked encoding
    std::size_t event_bytes = 0;         // about so many each; 0: as posts come, about 1 KB
    bool gzip = false;                   // one stream; its ids repeat from lap to lap
    bool stamped = false;                // every event a chunk of its own, with room for the time it is sent
};

// Digits of an id that change from lap to lap: where, which of the five, how many.
struct LapDigits {
    std::uint32_t offset;
    std::uint16_t first;
    std::uint16_t count;
};

// A stamped event on the wire, and where its time goes.
struct StampedEvent {
    std::uint32_t offset, size, stamp;
};

inline constexpr std::size_t kStampDigits = 19;
inline constexpr const char kStampMark[] = "sent@"; // stands before the time, at the start of the text

// What the file begins with.
struct LoadHead {
    std::uint64_t lap_bytes = 0, lap_encoded = 0, lap_crc = 0;
    std::uint64_t wire_size = 0, digits_at = 0, digit_count = 0, events_at = 0, event_count = 0,
                  file_size = 0;
};

class Load {
public:
    explicit Load(const LoadShape &shape);
    ~Load();
    Load(const Load &) = delete;
    Load &operator=(const Load &) = delete;

    std::uint64_t lap_events() const { return shape_.events; }
    std::uint64_t lap_bytes() const { return head_.lap_bytes; }     // of the events, CRLF included
    std::uint64_t lap_encoded() const { return head_.lap_encoded; } // the same as sent: compressed or not
    bool gzip() const { return shape_.gzip; }
    std::uint64_t lap_crc() const { return head_.lap_crc; }

    // For the sending process alone.
    struct Wire {
        std::span<char> lap;
        std::span<const LapDigits> digits;
        std::span<const StampedEvent> events;
    };
    Wire map() const;

private:
    LoadShape shape_;
    LoadHead head_;
    int file_ = -1;
};

// Sets the digits of lap number `lap` in the bytes [from, to) of the wire; `next` goes on through
// wire.digits.
void set_lap(const Load::Wire &wire, std::uint64_t lap, std::size_t to, std::size_t &next);

void write_stamp(char *at, std::uint64_t nanoseconds);
std::uint64_t read_stamp(const char *at);

} // namespace xtap::bench
