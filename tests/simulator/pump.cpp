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

bool wants_gzip(const FaultPlan &plan) {
    return std::ranges::any_of(plan,
                               [](const Fault &fault) { return fault.kind == FaultKind::gzip_corrupt; });
}

} // namespace

Pump::Pump(Parts parts)
    : parts_(std::move(parts)), from_connect_(wall_clock(), parts_.settings.rate),
      tailor_(make_tailor(*parts_.plan.operation, parts_.world, parts_.source)),
      encoder_(parts_.gzip || wants_gzip(parts_.faults), parts_.settings.chunk), next_(parts_.plan.first),
      last_sent_(std::chrono::steady_clock::now()) {
    for (const Fault &fault : parts_.faults)
        if (stage_of(fault.kind) == FaultStage::body) add_fault(fault);
}

void Pump::run() {
    try {
        pump();
    } catch (...) {
        // However it ended: what was sent is told before the connection counts as closed.
        parts_.connection.progress(bytes_, events_, next_ - 1);
        throw;
    }
}

void Pump::pump() {
    parts_.link.set_on_wake([this] { look_at_wishes(false); });
    if (parts_.plan.operation->family == Family::powerstream) {
        text_.clear();
        append_line("{\"type\":\"connection_metadata\",\"connection_id\":\"" +
                    std::to_string(parts_.connection.id()) + "\",\"local_dc\":\"sim1\"}");
        emit(text_, true);
    }
    for (;;) {
        look_at_wishes(true);
        fire_due();
        if (next_ > parts_.plan.last) finish("complete");
        if (silent_ || next_ > due())
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

std::uint64_t Pump::due() const {
    if (parts_.settings.rate <= 0) return UINT64_MAX;
    if (parts_.plan.from_connect) return parts_.plan.first + from_connect_.happened_by(wall_clock());
    return parts_.source.timeline().happened_by(wall_clock());
}

// The last number of the next batch as far as time, the plan and faults set a limit.
std::uint64_t Pump::batch_end() const {
    std::uint64_t end = std::min(due(), parts_.plan.last);
    for (const Pending &pending : pending_)
        if (pending.events_at > events_) end = std::min(end, next_ + (pending.events_at - events_) - 1);
    return end;
}

std::size_t Pump::batch_bytes() const {
    std::uint64_t bytes = kBatchBytes;
    for (const Pending &pending : pending_)
        if (pending.bytes_at > bytes_) bytes = std::min(bytes, pending.bytes_at - bytes_);
    return bytes;
}

void Pump::send_batch() {
    const std::uint64_t end = batch_end();
    const std::size_t enough = batch_bytes();
    const std::uint64_t first = next_;
    std::uint64_t sent = 0;
    text_.clear();
    while (next_ <= end && text_.size() < enough && next_ - first < kMostLookedAt)
        if (append_event(next_++)) ++sent;
    if (sent == 0) return rest();
    // At full speed a tail may wait for the next batch to fill its chunk; at a pace, or before a fault, it
    // may not.
    emit(text_, parts_.settings.rate > 0 || !pending_.empty());
    events_ += sent;
    parts_.connection.progress(bytes_, events_, next_ - 1);
}

void Pump::rest() {
    const auto now = std::chrono::steady_clock::now();
    if (now >= last_sent_ + std::chrono::milliseconds(parts_.settings.keep_alive_ms))
        emit(keep_alive_line(), true);
    parts_.connection.progress(bytes_, events_, next_ - 1);
    // Also where a client that has gone is noticed.
    if (parts_.settings.rate <= 0) parts_.link.wait_until(now + kRestAfterNone);
}

void Pump::idle() {
    const auto keep_alive_at = last_sent_ + std::chrono::milliseconds(parts_.settings.keep_alive_ms);
    auto until = keep_alive_at;
    if (!silent_) {
        const Timeline &line = parts_.plan.from_connect ? from_connect_ : parts_.source.timeline();
        const std::uint64_t number = parts_.plan.from_connect ? next_ - parts_.plan.first : next_;
        const Micros left = number == 0 ? 0 : line.time_of(number) - wall_clock();
        until = std::min(until, std::chrono::steady_clock::now() +
                                    std::chrono::microseconds(std::max<Micros>(left, 0)));
    }
    if (parts_.link.wait_until(until) == Link::Woke::wake) return;
    if (std::chrono::steady_clock::now() < keep_alive_at) return;
    emit(keep_alive_line(), true);
    parts_.connection.progress(bytes_, events_, next_ - 1);
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
    if (split_) return emit_split(text);
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
        const std::string_view piece = drip_ ? wire.substr(0, drip_->bytes) : wire;
        parts_.link.write(piece);
        bytes_ += piece.size();
        wire.remove_prefix(piece.size());
        last_sent_ = std::chrono::steady_clock::now();
        if (!drip_) continue;
        parts_.connection.progress(bytes_, events_, next_ - 1);
        const auto until = last_sent_ + std::chrono::milliseconds(drip_->interval_ms);
        while (parts_.link.wait_until(until) == Link::Woke::wake)
            look_at_wishes(false);
    }
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
