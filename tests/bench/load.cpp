// Makes the laps. An id is 4 digits, 5 of the lap, 10 of the place in the lap: it only grows, as X's do. The
// time in it passes as with 3,400 posts a second: more than a partition of the firehose has on a busy day,
// less than one had in its record second.
#include "load.hpp"

#include "child.hpp"
#include "sample_posts.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <stdexcept>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

namespace xtap::bench {
namespace {

constexpr std::size_t kIdDigits = 19, kLapAt = 4, kLapDigits = 5;
constexpr std::uint64_t kFirstLap = 88943; // so that ids and the posts' dates agree
constexpr std::uint64_t kInLap = 10'000'000'000;

std::string id_text(std::uint64_t number, std::size_t lap_events) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "1346%05u%010llu", static_cast<unsigned>(kFirstLap),
                  static_cast<unsigned long long>(number * (kInLap / lap_events)));
    return text.data();
}

std::string id_of(const std::string &post) {
    const std::size_t at = post.find("\"id\":\"") + 6;
    return post.substr(at, post.find('"', at) - at);
}

void replace_all(std::string &text, const std::string &from, const std::string &to) {
    for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
        text.replace(at, from.size(), to);
}

// The smallest post X sends: id, text, edit history.
std::string small_post(std::uint64_t number, std::size_t wanted) {
    const std::string full = test::sample_post(number);
    const std::string id = id_of(full);
    const std::string tail = R"(","edit_history_tweet_ids":[")" + id + R"("]}})";
    std::string post = R"({"data":{"id":")" + id + R"(","text":"こんにちは )";
    while (post.size() + tail.size() < wanted)
        post += "hello ";
    return post + tail;
}

// A large one carries the posts it refers to.
std::string large_post(std::uint64_t number, std::size_t wanted) {
    std::string post = test::sample_post(number);
    std::string referred;
    for (std::uint64_t other = number + 1; post.size() + referred.size() + 400 < wanted; ++other) {
        const std::string full = test::sample_post(other);
        if (!referred.empty()) referred += ',';
        referred += std::string_view(full).substr(8, full.find(R"(,"includes")") - 8);
    }
    if (!referred.empty()) post.insert(post.size() - 2, R"(,"tweets":[)" + referred + "]");
    return post;
}

std::string make_post(std::uint64_t number, const LoadShape &shape) {
    std::string post;
    if (shape.event_bytes == 0)
        post = test::sample_post(number);
    else if (shape.event_bytes < 600)
        post = small_post(number, shape.event_bytes);
    else
        post = large_post(number, shape.event_bytes);
    replace_all(post, id_of(post), id_text(number, shape.events));
    if (shape.stamped) {
        const std::string mark = "\"text\":\"";
        const std::string stamp = std::string(kStampMark).append(kStampDigits, '0').append(1, ' ');
        post.insert(post.find(mark) + mark.size(), stamp);
    }
    return post;
}

struct Lap {
    std::string body;
    std::vector<std::size_t> starts; // of the events
    std::vector<std::size_t> ids;    // everywhere an event's own id stands
};

Lap make_lap(const LoadShape &shape) {
    Lap lap;
    for (std::uint64_t number = 0; number < shape.events; ++number) {
        const std::string post = make_post(number, shape);
        const std::string id = id_text(number, shape.events);
        lap.starts.push_back(lap.body.size());
        for (std::size_t at = post.find(id); at != std::string::npos; at = post.find(id, at + kIdDigits))
            lap.ids.push_back(lap.body.size() + at);
        lap.body += post + "\r\n";
    }
    return lap;
}

// A stretch of one deflate stream that refers to nothing before it, so that it may follow itself. Flushed
// every 64 KiB, as a live stream is.
std::string deflated(const std::string &body) {
    z_stream stream{};
    if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        throw std::runtime_error("zlib cannot compress");
    std::string made;
    std::array<char, 1 << 16> out{};
    for (std::size_t at = 0; at < body.size(); at += out.size()) {
        const std::size_t size = std::min(out.size(), body.size() - at);
        stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(body.data() + at));
        stream.avail_in = static_cast<uInt>(size);
        const int flush = at + size == body.size() ? Z_FULL_FLUSH : Z_SYNC_FLUSH;
        do {
            stream.next_out = reinterpret_cast<Bytef *>(out.data());
            stream.avail_out = out.size();
            deflate(&stream, flush);
            made.append(out.data(), out.size() - stream.avail_out);
        } while (stream.avail_out == 0);
    }
    deflateEnd(&stream);
    return made;
}

// The chunked encoding, and where each byte of the body came to lie.
class Chunks {
public:
    void add(std::string_view bytes, std::size_t chunk_bytes) {
        for (std::size_t at = 0; at < bytes.size(); at += chunk_bytes) {
            const std::string_view part = bytes.substr(at, chunk_bytes);
            std::array<char, 32> head{};
            std::snprintf(head.data(), head.size(), "%zx\r\n", part.size());
            wire_ += head.data();
            parts_.push_back({body_, wire_.size()});
            wire_ += part;
            wire_ += "\r\n";
            body_ += part.size();
        }
    }
    std::size_t wire_at(std::size_t body_at) const {
        auto part = std::upper_bound(parts_.begin(), parts_.end(), body_at,
                                     [](std::size_t at, const Part &it) { return at < it.body; });
        --part;
        return part->wire + (body_at - part->body);
    }
    const std::string &wire() const { return wire_; }

private:
    struct Part {
        std::size_t body, wire;
    };
    std::string wire_;
    std::vector<Part> parts_;
    std::size_t body_ = 0;
};

// A chunk may end inside the digits: they become two places then.
std::vector<LapDigits> places_of(const Lap &lap, const Chunks &chunks) {
    std::vector<LapDigits> places;
    for (const std::size_t id : lap.ids) {
        for (std::size_t digit = 0; digit < kLapDigits; ++digit) {
            const auto at = static_cast<std::uint32_t>(chunks.wire_at(id + kLapAt + digit));
            if (digit > 0 && places.back().offset + places.back().count == at)
                ++places.back().count;
            else
                places.push_back({at, static_cast<std::uint16_t>(digit), 1});
        }
    }
    return places;
}

std::uint64_t aligned(std::uint64_t size) { return (size + 63) & ~std::uint64_t{63}; }

constexpr std::uint64_t kWireAt = 4096; // page by page, as a server's own buffer would lie

std::vector<StampedEvent> add_stamped(const Lap &lap, Chunks &chunks) {
    std::vector<StampedEvent> events;
    for (std::size_t i = 0; i < lap.starts.size(); ++i) {
        const std::size_t from = lap.starts[i];
        const std::size_t to = i + 1 < lap.starts.size() ? lap.starts[i + 1] : lap.body.size();
        const std::string_view event = std::string_view(lap.body).substr(from, to - from);
        const std::size_t before = chunks.wire().size();
        chunks.add(event, event.size());
        const std::size_t stamp = chunks.wire_at(from + event.find(kStampMark) + sizeof(kStampMark) - 1);
        events.push_back({static_cast<std::uint32_t>(before),
                          static_cast<std::uint32_t>(chunks.wire().size() - before),
                          static_cast<std::uint32_t>(stamp)});
    }
    return events;
}

void write_at(int file, std::uint64_t at, const void *bytes, std::size_t size) {
    if (pwrite(file, bytes, size, static_cast<off_t>(at)) != static_cast<ssize_t>(size))
        throw std::runtime_error("the load cannot be written");
}

// Fills the file: the head, the wire, the digits' places, the stamped events.
void write_load(int file, const LoadShape &shape) {
    const Lap lap = make_lap(shape);
    const std::string encoded = shape.gzip ? deflated(lap.body) : lap.body;
    Chunks chunks;
    std::vector<StampedEvent> events;
    if (shape.stamped)
        events = add_stamped(lap, chunks);
    else
        chunks.add(encoded, shape.chunk_bytes);
    const std::vector<LapDigits> digits = shape.gzip ? std::vector<LapDigits>{} : places_of(lap, chunks);

    LoadHead head;
    head.lap_bytes = lap.body.size();
    head.lap_encoded = encoded.size();
    head.lap_crc =
        crc32(0, reinterpret_cast<const Bytef *>(lap.body.data()), static_cast<uInt>(lap.body.size()));
    head.wire_size = chunks.wire().size();
    head.digits_at = kWireAt + aligned(head.wire_size);
    head.digit_count = digits.size();
    head.events_at = aligned(head.digits_at + digits.size() * sizeof(LapDigits));
    head.event_count = events.size();
    head.file_size = head.events_at + aligned(events.size() * sizeof(StampedEvent));
    if (ftruncate(file, static_cast<off_t>(head.file_size)) != 0)
        throw std::runtime_error("no memory for the load");
    write_at(file, 0, &head, sizeof(head));
    write_at(file, kWireAt, chunks.wire().data(), head.wire_size);
    write_at(file, head.digits_at, digits.data(), digits.size() * sizeof(LapDigits));
    write_at(file, head.events_at, events.data(), events.size() * sizeof(StampedEvent));
}

} // namespace

Load::Load(const LoadShape &shape) : shape_(shape) {
    file_ = memfd_create("xtap-bench-load", MFD_CLOEXEC);
    if (file_ < 0) throw std::runtime_error("no memory file for the load");
    // In a process of its own: what a consumer inherits must not hold the making of the load.
    const bool made = await_child(start_child([&] { write_load(file_, shape_); }));
    if (!made || pread(file_, &head_, sizeof(head_), 0) != sizeof(head_))
        throw std::runtime_error("the load could not be made");
}

Load::~Load() {
    if (file_ >= 0) close(file_);
}

Load::Wire Load::map() const {
    void *memory =
        mmap(nullptr, head_.file_size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, file_, 0);
    if (memory == MAP_FAILED) throw std::runtime_error("the load cannot be mapped");
    char *at = static_cast<char *>(memory);
    return {{at + kWireAt, head_.wire_size},
            {reinterpret_cast<const LapDigits *>(at + head_.digits_at), head_.digit_count},
            {reinterpret_cast<const StampedEvent *>(at + head_.events_at), head_.event_count}};
}

void set_lap(const Load::Wire &wire, std::uint64_t lap, std::size_t to, std::size_t &next) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%05u", static_cast<unsigned>((kFirstLap + lap) % 100'000));
    for (; next < wire.digits.size() && wire.digits[next].offset < to; ++next) {
        const LapDigits &place = wire.digits[next];
        std::memcpy(wire.lap.data() + place.offset, text.data() + place.first, place.count);
    }
}

void write_stamp(char *at, std::uint64_t nanoseconds) {
    for (std::size_t i = kStampDigits; i-- > 0; nanoseconds /= 10)
        at[i] = static_cast<char>('0' + nanoseconds % 10);
}

std::uint64_t read_stamp(const char *at) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < kStampDigits; ++i)
        value = value * 10 + static_cast<std::uint64_t>(at[i] - '0');
    return value;
}

} // namespace xtap::bench
