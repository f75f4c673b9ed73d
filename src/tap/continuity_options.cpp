// Options to plain values; see continuity_options.hpp.
#include "tap/continuity_options.hpp"

#include "api/options.hpp"

namespace xtap::tap {

namespace {

// Backfill comes in whole minutes: a repair may reach so much further back than it has to.
constexpr std::int64_t kBackfillStepMs = 60'000;
constexpr std::int64_t kClockSlackMs = 2'000;

} // namespace

ContinuityOptions continuity_options(const api::Options &options) {
    using api::Option;
    ContinuityOptions settings;
    settings.tells = options.text(Option::continuity) != "off";
    settings.recovers = options.text(Option::continuity) == "auto";
    settings.late_ms = options.integer(Option::late_ms);
    settings.redundancy = options.integer(Option::redundancy);
    settings.dedupe_window_ms = options.integer(Option::dedupe_window_ms);
    settings.dedupe_max_bytes = static_cast<std::size_t>(options.integer(Option::dedupe_max_bytes));
    settings.keys_ms =
        settings.late_ms + options.integer(Option::connect_timeout_ms) + kBackfillStepMs + kClockSlackMs;
    return settings;
}

} // namespace xtap::tap
