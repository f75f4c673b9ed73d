// Figures as text, the same in every locale. Knows nothing about terminals or streams.
#include "cli/stream/status_line.hpp"

#include "cli/base/readable.hpp"

#include <algorithm>

namespace xtap::cli {
namespace {

std::string megabytes(double bytes) { return with_one_decimal(bytes / 1e6, " MB"); }

std::string gaps_of(const Meter &meter) {
    return grouped(meter.gaps()) + (meter.gaps() == 1 ? " gap" : " gaps");
}

} // namespace

Meter::Meter(TimePoint start) noexcept : samples_() { samples_[0].when = start; }

void Meter::count(std::uint64_t events, std::uint64_t bytes) noexcept {
    events_ += events;
    bytes_ += bytes;
}

void Meter::sample(TimePoint now) noexcept {
    newest_ = (newest_ + 1) % samples_.size();
    samples_[newest_] = {now, events_, bytes_};
    filled_ = std::min(filled_ + 1, samples_.size());
}

double Meter::per_second(std::uint64_t Sample::*total) const noexcept {
    const Sample &newest = samples_[newest_];
    const Sample &oldest = samples_[(newest_ + samples_.size() + 1 - filled_) % samples_.size()];
    const double seconds = std::chrono::duration<double>(newest.when - oldest.when).count();
    return seconds > 0 ? static_cast<double>(newest.*total - oldest.*total) / seconds : 0;
}

double Meter::events_per_second() const noexcept { return per_second(&Sample::events); }
double Meter::bytes_per_second() const noexcept { return per_second(&Sample::bytes); }

std::string status_line(const std::string &state, const Meter &meter, std::optional<std::int64_t> lag_ms,
                        std::size_t columns) {
    const auto rate = static_cast<std::uint64_t>(meter.events_per_second() + 0.5);
    std::string line =
        state + " | " + grouped(rate) + " events/s | " + megabytes(meter.bytes_per_second()) + "/s | ";
    line += "lag " + (lag_ms ? readable_ms(*lag_ms) : "-") + " | " + grouped(meter.events()) + " events";
    if (meter.gaps() != 0) line += " | " + gaps_of(meter);
    // The state may hold a server's words: cut between characters, or the terminal shows rubbish at the edge.
    std::size_t end = std::min(line.size(), columns);
    while (end > 0 && end < line.size() && (static_cast<unsigned char>(line[end]) & 0xC0u) == 0x80u)
        --end;
    line.resize(end);
    return line;
}

std::string summary(const Meter &meter, std::chrono::milliseconds elapsed) {
    const double seconds = static_cast<double>(std::max<std::int64_t>(elapsed.count(), 1)) / 1000;
    const double events = static_cast<double>(meter.events());
    return grouped(meter.events()) + " events, " + megabytes(static_cast<double>(meter.bytes())) + " in " +
           with_one_decimal(seconds, " s") + " (" +
           grouped(static_cast<std::uint64_t>(events / seconds + 0.5)) + " events/s, " +
           megabytes(static_cast<double>(meter.bytes()) / seconds) + "/s)" +
           (meter.gaps() != 0 ? ", " + gaps_of(meter) : "");
}

} // namespace xtap::cli
