// Event number n of (seed, operation, partition) as one line of JSON: a pure function, so any number can be
// made again at any time and nothing is stored. Knows no sockets.
#pragma once

#include "moment.hpp"
#include "operations.hpp"
#include "template.hpp"
#include "timeline.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace xtap::sim {

using Templates = std::vector<Template>;

// The templates of every operation, each made when first asked for and shared by all connections.
class TemplateStore {
public:
    explicit TemplateStore(std::uint64_t seed) : seed_(seed) {}
    std::uint64_t seed() const { return seed_; }
    const Templates &of(const Operation &operation);

private:
    std::uint64_t seed_;
    std::array<std::once_flag, 16> made_;
    std::array<Templates, 16> templates_;
};

class EventSource {
public:
    EventSource(TemplateStore &store, const Operation &operation, unsigned partition, Timeline timeline);

    // Appends the event's JSON, without a line end.
    void append(std::string &out, std::uint64_t number);
    // Unique in its operation and partition; ordered by time.
    std::uint64_t snowflake(std::uint64_t number) const;
    const Timeline &timeline() const { return timeline_; }
    // What tells the choices made for this operation and partition from those for others.
    std::uint64_t salt() const { return salt_; }
    // How many shapes of events there are, and which of them a number has.
    std::size_t shapes() const { return templates_->size(); }
    std::size_t shape_of(std::uint64_t number) const;

private:
    const Templates *templates_;
    const Operation *operation_;
    unsigned partition_;
    std::uint64_t salt_;
    Timeline timeline_;
    MomentWriter moments_;
};

// A well-mixed 64-bit function; the only source of variety.
constexpr std::uint64_t mix(std::uint64_t x) {
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

} // namespace xtap::sim
