// See pump.hpp: pace, batches and bytes. The faults themselves are in pump_faults.cpp.
#include "pump.hpp"

#include <algorithm>
#include <chrono>

namespace xtap::sim {
namespace {

constexpr std::size_t kBatchBytes = 64 * 1024;
// Events looked at in one go when rules let few of them pass, and the rest after none did: a stream nobody is
// served by must not keep a processor busy.
constexpr std::uint64_t kMostLookedAt = 2000;
constexpr std::chrono::milliseconds kRestAfterNone{5};
// The kernel's buffer for a client that is watched for its slowness, and what it may grow to so that the last
// words find room behind what the client has not taken.
constexpr int kWatchedBuffer = 32 * 1024, kLastBuffer = 208 * 1024;

} // namespace

Pump::Pump(Parts parts)
    : parts_(std::move(parts)), sequence_(parts_.plan,
                                          Arrivals(parts_.source.timeline(), parts_.source.salt(),
                                                   parts_.settings.late_ms, parts_.settings.late_share),
                                          parts_.settings.replay_rate),
      tailor_(make_tailor(*parts_.plan.operation, parts_.world, parts_.source)),
      encoder_(parts_.gzip, parts_.settings.chunk), last_number_(parts_.plan.first - 1),
      last_sent_(std::chrono::steady_clock::now()) {
    for (const Fault &fault : parts_.faults)
        if (stage_of(fault.kind) == FaultStage::body) add_fault(fault);
}

void Pump::run() {
    try {
        pump();
    } catch (...) {
        // However it ended: what was sent is told before the connection counts as closed.
        tell_progress();
        throw;
    }
}

void Pump::pump() {
    parts_.link.set_on_wake([this] { look_at_wishes(false); });
    if (parts_.settings.slow_reader_ms > 0) watch_for_slow_reader();
    if (parts_.plan.operation->family == Family::powerstream) {
        text_.clear();
        append_line("{\"type\":\"connection_metadata\",\"connection_id\":\"" +
                    std::to_string(parts_.connection.id()) + "\",\"local_dc\":\"sim1\"}");
        emit(text_, true);
    }
    for (;;) {
        parts_.link.heed_stop();
        look_at_wishes(true);
        if (slow_reader_) cut_slow_reader();
        fire_due();
        const auto &next = sequence_.peek();
        if (!next) finish("complete");
        if (silent_ || (next->at != INT64_MIN && next->at > wall_clock()))
            idle();
        else
            send_batch();
    }
}

void Pump::finish(const std::string &how) {
    wire_.clear();
    encoder_.finish(wire_);
    send(wire_);
    throw Ended{how};
}

void Pump::tell_progress() { parts_.connection.progress(bytes_, events_, last_number_); }

// How many events the next batch may hold before a fault is due.
std::uint64_t Pump::batch_events() const {
    std::uint64_t most = UINT64_MAX;
    for (const Pending &pending : pending_)
        if (pending.events_at > events_) most = std::min(most, pending.events_at - events_);
    return most;
}

std::size_t Pump::batch_bytes() const {
    std::uint64_t bytes = kBatchBytes;
    for (const Pending &pending : pending_)
        if (pending.bytes_at > bytes_) bytes = std::min(bytes, pending.bytes_at - bytes_);
    return bytes;
}

void Pump::send_batch() {
    const std::uint64_t most = batch_events();
    const std::size_t enough = batch_bytes();
    const Micros now = wall_clock();
    std::uint64_t sent = 0;
    text_.clear();
    for (std::uint64_t looked_at = 0; looked_at < kMostLookedAt && sent < most && text_.size() < enough;
         ++looked_at) {
        const auto &next = sequence_.peek();
        if (!next || next->at > now) break;
        last_number_ = next->number;
        sequence_.take();
        if (append_event(last_number_)) ++sent;
    }
    if (sent == 0) return rest();
    // At full speed a tail may wait for the next batch to fill its chunk; at a pace, or before a fault, it
    // may not.
    emit(text_, parts_.settings.rate > 0 || !pending_.empty());
    events_ += sent;
    tell_progress();
}

void Pump::rest() {
    const auto now = std::chrono::steady_clock::now();
    if (now >= last_sent_ + std::chrono::milliseconds(parts_.settings.keep_alive_ms))
        emit(keep_alive_line(), true);
    tell_progress();
    // Also where a client that has gone is noticed.
    if (parts_.settings.rate <= 0) parts_.link.wait_until(now + kRestAfterNone);
}

void Pump::idle() {
    const auto keep_alive_at = last_sent_ + std::chrono::milliseconds(parts_.settings.keep_alive_ms);
    auto until = keep_alive_at;
    if (const auto &next = sequence_.peek(); next && !silent_)
        until = std::min(until, std::chrono::steady_clock::now() +
                                    std::chrono::microseconds(std::max<Micros>(next->at - wall_clock(), 0)));
    if (parts_.link.wait_until(until) == Link::Woke::wake) return;
    if (std::chrono::steady_clock::now() < keep_alive_at) return;
    emit(keep_alive_line(), true);
    tell_progress();
}

bool Pump::append_event(std::uint64_t number) {
    const std::size_t before = text_.size();
    if (parts_.settings.line_end == LineEnd::sse) text_.append("data: ");
    const std::size_t begin = text_.size();
    tailor_->append(text_, number);
    if (text_.size() == begin) {
        text_.resize(before);
        return false;
    }
    last_event_ = number;
    text_.append(parts_.settings.line_end == LineEnd::crlf ? "\r\n"
                 : parts_.settings.line_end == LineEnd::lf ? "\n"
                                                           : "\n\n");
    return true;
}

void Pump::append_unfinished() {
    text_.clear();
    const auto &next = sequence_.peek();
    append_event(next ? next->number : last_number_ + 1);
}

void Pump::append_line(std::string_view json) {
    if (parts_.settings.line_end == LineEnd::sse) text_.append("data: ");
    text_.append(json);
    text_.append(parts_.settings.line_end == LineEnd::crlf ? "\r\n"
                 : parts_.settings.line_end == LineEnd::lf ? "\n"
                                                           : "\n\n");
}

std::string_view Pump::keep_alive_line() const {
    return parts_.settings.line_end == LineEnd::crlf ? "\r\n" : "\n";
}

void Pump::emit(std::string_view text, bool flush) {
    if (split_until_ && std::chrono::steady_clock::now() >= *split_until_) split_until_.reset();
    if (split_until_) return emit_split(text);
    wire_.clear();
    encoder_.add(text, wire_, flush);
    send(wire_);
}

void Pump::send(std::string_view wire) {
    // A fault may be due inside these bytes: send up to it, let it act, go on if it allows.
    for (;;) {
        const auto next = std::ranges::find_if(pending_, [&](const Pending &p) {
            return p.exact && p.events_at <= events_ && p.bytes_at >= bytes_ &&
                   p.bytes_at < bytes_ + wire.size();
        });
        if (next == pending_.end()) return send_now(wire);
        const Fault fault = next->fault;
        const std::size_t before = next->bytes_at - bytes_;
        pending_.erase(next);
        send_now(wire.substr(0, before));
        wire.remove_prefix(before);
        const std::string rest(wire); // firing may use the buffer this points into
        fire(fault);
        return send(rest);
    }
}

void Pump::send_now(std::string_view wire) {
    while (!wire.empty()) {
        if (drip_ && drip_->until && std::chrono::steady_clock::now() >= *drip_->until) drip_.reset();
        const std::string_view piece = drip_ ? wire.substr(0, drip_->bytes) : wire;
        parts_.link.write(piece);
        bytes_ += piece.size();
        wire.remove_prefix(piece.size());
        last_sent_ = std::chrono::steady_clock::now();
        if (!drip_) continue;
        tell_progress();
        const auto until = last_sent_ + std::chrono::milliseconds(drip_->interval_ms);
        while (parts_.link.wait_until(until) == Link::Woke::wake)
            look_at_wishes(false);
    }
}

void Pump::watch_for_slow_reader() {
    parts_.link.set_send_buffer(kWatchedBuffer);
    parts_.link.set_patience(std::chrono::milliseconds(parts_.settings.slow_reader_ms), [this] {
        slow_reader_ = true;
        parts_.link.set_send_buffer(kLastBuffer);
    });
}

void Pump::cut_slow_reader() {
    disconnect_message("SlowReader");
    finish(kSlowReader);
}

void Pump::hold(std::uint64_t for_ms) {
    std::optional<SteadyTime> until;
    if (for_ms > 0) until = std::chrono::steady_clock::now() + std::chrono::milliseconds(for_ms);
    while (parts_.link.wait_until(until) == Link::Woke::wake) {
        look_at_wishes(false);
        if (close_wish_) throw Ended{"closed on request"};
    }
}

} // namespace xtap::sim
