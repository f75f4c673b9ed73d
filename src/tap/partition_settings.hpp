// What one partition of a stream is to keep and to ask for: the caller's request, the operation and what the
// server has refused before, as plain values.
#pragma once

#include "api/request.hpp"
#include "client/repairs.hpp"
#include "stream/continuity/continuity.hpp"
#include "stream/continuity/dedupe.hpp"
#include "tap/stream_settings.hpp"

#include <cstdint>

namespace xtap::tap {

struct PartitionSettings {
    std::uint32_t partition = 0;
    bool tells = true; // repairs and gaps become notices; false with continuity=off
    std::int64_t redundancy = 1;
    continuity::ContinuitySettings continuity = {};
    continuity::Dedupe::Settings dedupe = {};
};

PartitionSettings partition_settings(const api::Request &request, const StreamSettings &stream,
                                     const client::Repairs &repairs, std::uint32_t partition);

} // namespace xtap::tap
