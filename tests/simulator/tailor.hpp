// What stands between the endless events of a stream and what its reader asked for by rules or subscriptions:
// drops events, or makes them fit. One per connection. Knows no sockets.
#pragma once

#include "events.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace xtap::sim {

struct World;

class Tailor {
public:
    virtual ~Tailor() = default;
    // Appends event `number`, or nothing when it is not wanted.
    virtual void append(std::string &out, std::uint64_t number) = 0;
};

// Every event as it is, unless the stream's rules or subscriptions say otherwise; they may do so at any time.
std::unique_ptr<Tailor> make_tailor(const Operation &operation, const World &world, EventSource &source);

} // namespace xtap::sim
